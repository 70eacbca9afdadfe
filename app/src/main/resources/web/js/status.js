import * as api from "./api.js";
import { lineChart } from "./chart.js";
import { byId, element } from "./dom.js";

const POLL_MILLIS = 3000;
const percent = (value) => `${Math.round(100 * value)} %`;
const decimal = (value) => (Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(1));

/** The counters and the curves. */
export class Status {
  start() {
    setInterval(() => this.#poll(), POLL_MILLIS);
    this.#poll();
  }

  async #poll() {
    if (document.hidden) return;
    try {
      this.#show(await api.status());
    } catch {
      // The line that says whether the stream is live tells of it; the figures stay as they were.
    }
  }

  #show(view) {
    counters(view);
    policy(view);
    reward(view);
  }
}

function counters({ counts, prompts, policy: releases, caughtUp }) {
  const figures = [
    ["prompts", counts.prompts],
    ["images", counts.images],
    ["judged", prompts.states.judged],
    ["given up", prompts.states["dead-lettered"]],
    ["scores", counts.scores],
    ["policy release", releases.at(-1)?.number],
  ];
  byId("counters").replaceChildren(
    ...figures.map(([name, value]) => {
      const pair = element("div");
      pair.append(element("dt", "", name), element("dd", "", value === undefined ? "–" : value.toLocaleString("en")));
      return pair;
    }),
  );
  byId("counters").title = caughtUp ? "" : "The topics are still being read";
}

function policy({ curve, parted, policy: releases }) {
  const marks = releases
    .filter((release) => release.metrics.begunAnew)
    .map((release) => ({ x: release.number, text: "begun anew" }));
  byId("parted").hidden = !parted;
  byId("policy-note").textContent = note(curve, parted);
  lineChart(byId("gold-chart"), {
    points: curve.map((point) => ({ x: point.policyRelease, y: point.gold })),
    title: "gold: clean images by the judge",
    className: "gold",
    xLabel: "policy release",
    format: percent,
    low: 0,
    high: 1,
    marks,
  });
  lineChart(byId("proxy-chart"), {
    points: curve.map((point) => ({ x: point.policyRelease, y: point.proxy })),
    title: "proxy: VP-Score above the base",
    className: "proxy",
    xLabel: "policy release",
    format: decimal,
    marks,
  });
}

function note(curve, parted) {
  if (parted) return "VP-Score holds or rises while the judge sees fewer clean images: the policy exploits its reward.";
  return curve.length === 0 ? "No evaluation yet." : "";
}

function reward({ reward: releases }) {
  const measured = releases.filter((release) => release.metrics.heldOutAccuracy !== undefined);
  byId("reward-note").textContent = measured.length === 0 ? "No release yet." : "";
  lineChart(byId("reward-chart"), {
    points: measured.map((release) => ({ x: release.number, y: release.metrics.heldOutAccuracy })),
    title: "accuracy",
    className: "accuracy",
    xLabel: "VP-Score release",
    format: percent,
    low: 0.5,
    high: 1,
  });
}
