package dev.preflow.annotators.judge;

/** How the endpoint is told the form of the reply; not every server knows every way. */
public enum ResponseFormat {
    /** {@code response_format: json_schema}: the server holds the model to the schema. */
    JSON_SCHEMA,
    /** {@code response_format: json_object}: the server holds the model to JSON, the words name the form. */
    JSON_OBJECT,
    /** Nothing is sent, and the words ask for the plain-text form of the paper (section F.2). */
    NONE
}
