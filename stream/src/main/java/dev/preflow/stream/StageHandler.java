package dev.preflow.stream;

import io.vertx.core.Future;

/**
 * What a stage does with a record. It is called on the stage's Vert.x context and must not block.
 *
 * @param <T> the record
 */
@FunctionalInterface
public interface StageHandler<T> {

    /**
     * Handles one record. It may be called again for the same record, after a failure or a crash: everything it does must be
     * idempotent, by deterministic ids.
     *
     * @param delivery the record
     * @return completes when every result is acknowledged; fails with {@link RetriableException} (or an I/O or time-out
     *     failure) to be tried again, with {@link NonRetriableException} or anything else to give the record up
     */
    Future<Void> handle(Delivery<T> delivery);
}
