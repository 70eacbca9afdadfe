import { byId, element, shortId } from "./dom.js";

const ASPECTS = [
  ["prompt-following", "follows prompt"],
  ["aesthetic", "aesthetic"],
  ["fidelity", "fidelity"],
  ["harmlessness", "harmless"],
];
const BEST_RATING = 5;
const SMALL_IMAGE = 160;

/** Makes the card of a scored image. */
export function card(event) {
  const made = byId("card").content.firstElementChild.cloneNode(true);
  const { image } = event;
  const picture = made.querySelector(".picture");
  picture.href = image.url;
  picture.dataset.score = event.value.toFixed(2);
  const pixels = picture.querySelector("img");
  pixels.src = image.url;
  pixels.alt = `${event.promptText}, drawn by ${image.generator}, scored ${event.value.toFixed(2)}`;
  pixels.classList.toggle("small", image.width <= SMALL_IMAGE);
  made.querySelector(".words").textContent = event.promptText;
  made.querySelector(".words").title = event.promptText;
  made.querySelector(".origin").textContent = origin(image);
  rate(made, image.ratings);
  return made;
}

/** Shows the ratings on a card; an aspect that was not rated has no bar. */
export function rate(made, ratings) {
  const bars = made.querySelector(".aspects");
  const reasons = made.querySelector(".why dl");
  bars.replaceChildren();
  reasons.replaceChildren();
  ASPECTS.forEach(([aspect, label], i) => {
    const given = ratings.filter((rating) => rating.aspect === aspect);
    if (given.length === 0) return;
    const mean = given.reduce((sum, rating) => sum + rating.score, 0) / given.length;
    bars.append(element("dt", "", label), bar(mean, i + 1), element("dd", "value", trimmed(mean)));
    bars.lastChild.title = given.map((rating) => rating.rationale).join("\n");
    for (const rating of given) {
      reasons.append(element("dt", "", `${label}: ${rating.score} (${rating.annotator})`));
      reasons.append(element("dd", "", rating.rationale));
    }
  });
  if (ratings.length === 0 && made.dataset.purpose !== "rollout") {
    bars.append(element("dt", "", "not rated yet"));
  }
  made.querySelector(".why").hidden = ratings.length === 0;
}

function bar(mean, number) {
  const outer = element("dd", `bar aspect-${number}`);
  const inner = element("i");
  inner.style.width = `${(100 * mean) / BEST_RATING}%`;
  outer.append(inner);
  return outer;
}

const trimmed = (mean) => (Number.isInteger(mean) ? String(mean) : mean.toFixed(1));

function origin(image) {
  const parts = [image.generator];
  if (image.policyRelease) parts.push(`release ${shortId(image.policyRelease)}`);
  if (image.purpose === "rollout") parts.push("training");
  parts.push(`guidance ${Number(image.guidanceScale.toFixed(1))}`);
  return parts.join(" · ");
}
