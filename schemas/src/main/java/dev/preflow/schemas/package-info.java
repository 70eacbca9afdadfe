/**
 * The contracts between the stages: the records that travel on the topics, how they become bytes, the topics, and the
 * identities that make redelivery harmless.
 */
@NullMarked
package dev.preflow.schemas;

import org.jspecify.annotations.NullMarked;
