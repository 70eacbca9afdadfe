"""Times repeated work as dev.preflow.bench.Timings does."""

import statistics
import time

import torch


def show(name, runs, work):
    wall, processor = [], []
    for _ in range(runs):
        started, used = time.perf_counter(), time.process_time()
        work()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        processor.append(time.process_time() - used)
        wall.append(time.perf_counter() - started)
    print(
        f"python {name}: {statistics.median(processor):.3f} s of processor,"
        f" {statistics.median(wall):.3f} s of wall clock",
        flush=True,
    )
