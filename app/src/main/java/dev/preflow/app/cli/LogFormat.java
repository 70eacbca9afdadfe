package dev.preflow.app.cli;

/** How log lines look. */
public enum LogFormat {
    /** For people. */
    TEXT,
    /** One JSON object per line, for log collectors. */
    JSON
}
