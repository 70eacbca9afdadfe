package dev.preflow.demo.judge;

/**
 * The judge cannot tell, because the prompt names nothing that it can look for. Not a low rating.
 *
 * @param reason why, for people
 */
public record Refusal(String reason) implements Judgement {}
