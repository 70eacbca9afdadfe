/** A real Kafka broker of one node, in this JVM for tests or as a child process for a whole system on one machine. */
@NullMarked
package dev.preflow.broker;

import org.jspecify.annotations.NullMarked;
