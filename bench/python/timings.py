"""Times repeated work as dev.preflow.bench.Timings does."""

import statistics
import time


def show(name, runs, work):
    wall, processor = [], []
    for _ in range(runs):
        started, used = time.perf_counter(), time.process_time()
        work()
        processor.append(time.process_time() - used)
        wall.append(time.perf_counter() - started)
    print(
        f"python {name}: {statistics.median(processor):.2f} s of processor,"
        f" {statistics.median(wall):.2f} s of wall clock",
        flush=True,
    )
