package dev.preflow.demo.endpoint;

/** What can go wrong with a request on purpose. */
enum Fault {
    NONE,
    RATE_LIMITED,
    SERVER_ERROR,
    MALFORMED,
    SLOW_DRIP,
    REFUSAL
}
