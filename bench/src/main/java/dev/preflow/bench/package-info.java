/** Benchmarks at full size beside Python, and what Preflow drew for Python to draw again; see bench/README.md. */
@org.jspecify.annotations.NullMarked
package dev.preflow.bench;
