package dev.preflow.demo.scene;

/**
 * A prompt with what it means.
 *
 * @param text the English sentence
 * @param spec what it asks for
 */
public record ScenePrompt(String text, SceneSpec spec) {}
