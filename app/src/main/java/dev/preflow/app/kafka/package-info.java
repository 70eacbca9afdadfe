/** The first contact with Kafka: is it there, and are its topics. */
@NullMarked
package dev.preflow.app.kafka;

import org.jspecify.annotations.NullMarked;
