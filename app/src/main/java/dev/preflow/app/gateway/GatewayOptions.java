package dev.preflow.app.gateway;

import dev.preflow.producers.plan.PromptRules;

/**
 * How the gateway listens and what it takes.
 *
 * @param host address to bind; loopback unless told otherwise
 * @param port to bind; 0 for a free one
 * @param maxBodyBytes longest request body
 * @param maxBatch most prompts in one request
 * @param maxSubscribers most score streams at once
 * @param rules what makes the words of a prompt fit to be drawn
 */
public record GatewayOptions(
        String host, int port, long maxBodyBytes, int maxBatch, int maxSubscribers, PromptRules rules) {

    /** Checks the ranges. */
    public GatewayOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("A port is from 0 to 65535, not " + port);
        }
        if (maxBodyBytes < 1 || maxBatch < 1 || maxSubscribers < 1) {
            throw new IllegalArgumentException("The gateway's limits must be at least 1");
        }
    }
}
