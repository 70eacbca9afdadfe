import * as api from "./api.js";
import { card, rate } from "./cards.js";
import { byId, element } from "./dom.js";

const MOST_CARDS = 60;
const RENDER_MILLIS = 400;
const RETRY_MILLIS = 3000;

/** Shows the scored images as they come, newest first. */
export class Stream {
  #list = byId("stream");
  #cards = new Map();
  #waiting = [];
  #generators = new Set();
  #source = null;
  #paused = false;

  start() {
    for (const id of ["generator", "min-score", "rollouts"]) {
      byId(id).addEventListener("change", () => this.#open());
    }
    byId("pause").addEventListener("click", () => this.#togglePause());
    setInterval(() => this.#render(), RENDER_MILLIS);
    this.#open();
  }

  #open() {
    this.#source?.close();
    this.#cards.clear();
    this.#waiting = [];
    this.#list.replaceChildren();
    this.#connect();
  }

  #connect() {
    const source = api.scores({
      generator: byId("generator").value,
      min_score: byId("min-score").value,
      purpose: byId("rollouts").checked ? "" : "judge",
    });
    source.onopen = () => this.#connection("live", true);
    source.onerror = () => {
      this.#connection("reconnecting", false);
      // after an answer that is no stream, such as a proxy's 502, the browser gives up
      if (source.readyState === EventSource.CLOSED) setTimeout(() => this.#source === source && this.#connect(), RETRY_MILLIS);
    };
    source.addEventListener("score", (message) => this.#waiting.push(JSON.parse(message.data)));
    source.addEventListener("judged", (message) => this.#judged(JSON.parse(message.data)));
    this.#source = source;
  }

  #connection(text, live) {
    byId("connection").textContent = text;
    byId("connection").classList.toggle("live", live);
  }

  // Many images a second would make a page that nobody can look at: what has come is shown together.
  #render() {
    if (this.#paused || this.#waiting.length === 0) return;
    for (const event of this.#waiting.splice(0).slice(-MOST_CARDS)) this.#show(event);
    while (this.#list.childElementCount > MOST_CARDS) {
      this.#cards.delete(this.#list.lastElementChild.dataset.image);
      this.#list.lastElementChild.remove();
    }
    byId("stream-empty").hidden = true;
  }

  #show(event) {
    this.#cards.get(event.image.id)?.remove();
    const made = card(event);
    made.dataset.image = event.image.id;
    made.dataset.purpose = event.image.purpose;
    made.classList.add("fresh");
    this.#list.prepend(made);
    this.#cards.set(event.image.id, made);
    this.#offerGenerator(event.image.generator);
  }

  #judged({ ratings }) {
    for (const [image, given] of Object.entries(ratings)) {
      const shown = this.#cards.get(image);
      if (shown) rate(shown, given);
      for (const event of this.#waiting) if (event.image.id === image) event.image.ratings = given;
    }
  }

  #offerGenerator(name) {
    if (this.#generators.has(name)) return;
    this.#generators.add(name);
    const option = element("option", "", name);
    option.value = name;
    byId("generator").append(option);
  }

  #togglePause() {
    this.#paused = !this.#paused;
    byId("pause").setAttribute("aria-pressed", String(this.#paused));
    byId("pause").textContent = this.#paused ? "Go on" : "Pause";
  }
}
