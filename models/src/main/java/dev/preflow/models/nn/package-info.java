/** Layers and blocks shared by the networks: functions over named parameters, and their initial values. */
@org.jspecify.annotations.NullMarked
package dev.preflow.models.nn;
