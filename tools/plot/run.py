"""Draws the curves of a demo's report: what is meant (gold) above what is optimised (proxy), over time.

    pip install -r requirements.txt
    python run.py report.json run.svg
"""

import datetime
import json
import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "preflow"  # the same report gives the same file
import matplotlib.pyplot as plt


def main():
    report = json.load(open(sys.argv[1]))
    curve = report["curve"]
    times = [datetime.datetime.fromisoformat(point["at"].replace("Z", "+00:00")) for point in curve]
    minutes = [(time - times[0]).total_seconds() / 60 for time in times]
    figure, (gold, proxy) = plt.subplots(2, 1, sharex=True, figsize=(7, 4.2), layout="constrained")
    gold.plot(minutes, [100 * point["gold"] for point in curve], color="#b8860b", marker="o", markersize=3)
    gold.set_ylabel("gold:\nclean images, %")
    gold.set_ylim(0, 100)
    proxy.plot(minutes, [point["proxy"] for point in curve], color="#4169e1", marker="o", markersize=3)
    proxy.set_ylabel("proxy: VP-Score\nabove the base")
    proxy.set_xlabel("minutes since the start of the evaluation")
    for axis in (gold, proxy):
        axis.grid(alpha=0.3)
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(sys.argv[2], metadata={"Date": None})


if __name__ == "__main__":
    main()
