/** Benchmarks at full size beside Python, what Preflow drew for Python to draw again, and trials of settings; see bench/README.md. */
@org.jspecify.annotations.NullMarked
package dev.preflow.bench;
