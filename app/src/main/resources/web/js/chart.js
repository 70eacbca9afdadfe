import { svg } from "./dom.js";

const WIDTH = 340;
const HEIGHT = 150;
const LEFT = 42;
const RIGHT = 10;
const TOP = 22;
const BOTTOM = 30;

/**
 * Draws one curve into a box: points of {x, y}, a title, words for the axis, a way to write values, and marks of {x, text}
 * where something happened. A box without points stays empty.
 */
export function lineChart(box, { points, title, className, xLabel, format, low, high, marks = [] }) {
  if (points.length === 0) {
    box.replaceChildren();
    return;
  }
  const xs = points.map((point) => point.x);
  const [first, final] = [Math.min(...xs), Math.max(...xs)];
  const ys = points.map((point) => point.y);
  const ticks = niceTicks(Math.min(low ?? Infinity, ...ys), Math.max(high ?? -Infinity, ...ys));
  const x = scale(first, final, LEFT, WIDTH - RIGHT);
  const y = scale(ticks[0], ticks[ticks.length - 1], HEIGHT - BOTTOM, TOP);
  const last = points[points.length - 1];
  const picture = svg("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    class: className,
    role: "img",
    "aria-label": `${title}: ${points.length} points, the last ${format(last.y)}`,
  });
  picture.append(svg("text", { x: 0, y: 12, class: "title" }, title));
  picture.append(svg("text", { x: WIDTH - RIGHT, y: 12, "text-anchor": "end" }, `now ${format(last.y)}`));
  for (const tick of ticks) {
    picture.append(svg("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(tick), y2: y(tick), class: "grid" }));
    picture.append(svg("text", { x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" }, format(tick)));
  }
  axis(picture, first, final, x, xLabel);
  for (const mark of marks.filter((each) => each.x >= first && each.x <= final)) {
    const at = x(mark.x);
    const [left, anchor] = at < WIDTH / 2 ? [at + 4, "start"] : [at - 4, "end"];
    picture.append(svg("line", { x1: at, x2: at, y1: TOP, y2: HEIGHT - BOTTOM, class: "mark" }));
    picture.append(svg("text", { x: left, y: TOP + 11, "text-anchor": anchor }, mark.text));
  }
  const path = points.map((point, i) => `${i === 0 ? "M" : "L"}${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`);
  picture.append(svg("path", { d: path.join(""), class: "curve" }));
  picture.append(svg("circle", { cx: x(last.x), cy: y(last.y), r: 3.5, class: "dot" }));
  box.replaceChildren(picture);
}

function axis(picture, first, last, x, label) {
  const line = HEIGHT - BOTTOM + 16;
  picture.append(svg("text", { x: LEFT, y: line }, String(first)));
  if (last > first) {
    picture.append(svg("text", { x: x(last), y: line, "text-anchor": "end" }, String(last)));
  }
  picture.append(svg("text", { x: (LEFT + WIDTH - RIGHT) / 2, y: line, "text-anchor": "middle" }, label));
}

/** A linear scale; a domain of one value lies in the middle. */
function scale(from, to, start, end) {
  return (value) => (to === from ? (start + end) / 2 : start + ((value - from) / (to - from)) * (end - start));
}

/** Up to seven round values that enclose the range. */
function niceTicks(min, max) {
  const span = max - min || Math.abs(max) || 1;
  const power = 10 ** Math.floor(Math.log10(span / 3));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => span / size <= 5 + 1e-9);
  const first = Math.floor(min / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(max / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}
