package dev.preflow.scorer.train;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** The meters of VP-Score's training. A figure that was not measured yet is NaN. */
final class TrainingMetrics {

    private final Timer steps;
    private final Counter releases;
    private final Counter rejected;
    private final Counter unreadable;
    private final Counter alarms;
    private final AtomicReference<Double> loss;
    private final AtomicReference<Double> heldOutAccuracy;
    private final AtomicReference<Double> policyAccuracy;
    private final AtomicReference<Double> alarm;

    TrainingMetrics(MeterRegistry registry, TrainingData data) {
        steps = Timer.builder("preflow.reward.steps")
                .description("Optimiser steps")
                .register(registry);
        releases = counter(registry, "preflow.reward.releases", "Releases published");
        rejected = counter(registry, "preflow.reward.rejected", "Weights that the gate did not let pass");
        unreadable =
                counter(registry, "preflow.reward.pairs.unreadable", "Pairs passed over, an image could not be read");
        alarms = counter(
                registry, "preflow.reward.alarms", "Times that accuracy on the policy's newest images fell behind");
        loss = gauge(registry, "preflow.reward.loss", "Bradley-Terry loss of the last step");
        heldOutAccuracy = gauge(registry, "preflow.reward.accuracy.held.out", "Accuracy on pairs of held-out prompts");
        policyAccuracy = gauge(
                registry, "preflow.reward.accuracy.policy", "The same on the newest pairs with images of the policy");
        alarm = gauge(registry, "preflow.reward.alarm", "1 while accuracy on the policy's newest images is far behind");
        Gauge.builder("preflow.reward.pairs.train", data, TrainingData::trainPairs)
                .description("Pairs to train on")
                .register(registry);
        Gauge.builder("preflow.reward.pairs.held.out", data, pairs -> pairs.heldOut()
                        .all()
                        .size())
                .description("Pairs that the gate measures with")
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private static AtomicReference<Double> gauge(MeterRegistry registry, String name, String description) {
        var value = new AtomicReference<>(Double.NaN);
        Gauge.builder(name, value, AtomicReference::get)
                .description(description)
                .register(registry);
        return value;
    }

    void step(Duration took, double newLoss) {
        steps.record(took);
        loss.set(newLoss);
    }

    void measured(double heldOut, double policy) {
        heldOutAccuracy.set(heldOut);
        policyAccuracy.set(policy);
    }

    void alarm(boolean on) {
        if (on && alarm.get() != 1) {
            alarms.increment();
        }
        alarm.set(on ? 1.0 : 0.0);
    }

    void released() {
        releases.increment();
    }

    void rejected() {
        rejected.increment();
    }

    void unreadable() {
        unreadable.increment();
    }
}
