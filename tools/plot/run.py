"""Draws the curves of a demo's report: what is meant (gold) above what is optimised (proxy), over time.

    pip install -r requirements.txt
    python run.py report.json run.svg [--control control.json]

A control is what `preflow eval --policy DIR --quick --guidance 1 --output control.json` says of the base trained on by itself
for as long: the same images as the curves'.
"""

import argparse
import datetime
import json

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "preflow"  # the same report gives the same file
import matplotlib.pyplot as plt

OBJECTS = {"one": "#b8860b", "two": "#2e8b57", "three": "#c0504d"}
PROXY = "#4169e1"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("report")
    parser.add_argument("output")
    parser.add_argument("--control")
    arguments = parser.parse_args()
    curve = json.load(open(arguments.report))["curve"]
    times = [datetime.datetime.fromisoformat(point["at"].replace("Z", "+00:00")) for point in curve]
    minutes = [(time - times[0]).total_seconds() / 60 for time in times]
    figure, (gold, proxy) = plt.subplots(
        2, 1, sharex=True, figsize=(7, 5), layout="constrained", gridspec_kw={"height_ratios": [2, 1]}
    )
    for objects, colour in OBJECTS.items():
        shares = [100 * point[objects] for point in curve]
        gold.plot(minutes, shares, color=colour, marker="o", markersize=3)
        gold.annotate(objects, (minutes[-1], shares[-1]), (6, -3), textcoords="offset points", color=colour)
    if arguments.control:
        (entry,) = json.load(open(arguments.control))["entries"]
        for objects, colour in OBJECTS.items():
            shares = [100 * entry[figures][objects] for figures in ("base", "policy")]
            gold.plot([minutes[0], minutes[-1]], shares, color=colour, linestyle=":")
        gold.plot([], [], color="#777777", linestyle=":", label="the base, trained on by itself")
        gold.legend(frameon=False, loc="center right", bbox_to_anchor=(1, 0.36))
    gold.set_ylabel("gold: clean images, %,\nby number of objects")
    gold.set_ylim(0, 100)
    proxy.plot(minutes, [point["proxy"] for point in curve], color=PROXY, marker="o", markersize=3)
    proxy.set_ylabel("proxy: VP-Score above\nthe base, deviations")
    proxy.set_xlabel("minutes since the start of the evaluation")
    for axis in (gold, proxy):
        axis.grid(alpha=0.3)
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(arguments.output, metadata={"Date": None})


if __name__ == "__main__":
    main()
