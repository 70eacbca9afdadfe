package dev.preflow.demo.judge;

/** What the judge says about a picture: a verdict, or that it cannot tell. */
public sealed interface Judgement permits Verdict, Refusal {}
