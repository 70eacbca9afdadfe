import * as api from "./api.js";
import { byId, element } from "./dom.js";

const STORED = "preflow.prompts";
const MOST_PROMPTS = 30;
const POLL_MILLIS = 1000;
const ENDED = new Set(["judged", "dead-lettered"]);
const WORDS = {
  queued: "waiting to be drawn",
  drawing: "being drawn",
  judging: "being judged",
  judged: "judged",
  "dead-lettered": "given up",
};

/** The box to type a prompt, and what became of the prompts sent from this browser. */
export class Prompts {
  #views = new Map();
  #busy = false;

  start() {
    for (const id of this.#stored()) this.#views.set(id, null);
    byId("ask").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    setInterval(() => this.#poll(), POLL_MILLIS);
    this.#poll();
  }

  async #send() {
    const field = byId("prompt-text");
    const message = byId("ask-message");
    const button = byId("ask").querySelector("button");
    button.disabled = true;
    try {
      const text = field.value;
      const { id, state } = await api.push(text);
      this.#views = new Map([[id, { id, text, state, images: [] }], ...this.#views]);
      for (const old of [...this.#views.keys()].slice(MOST_PROMPTS)) this.#views.delete(old);
      this.#store();
      this.#render();
      field.value = "";
      message.textContent = "On its way.";
      message.classList.remove("wrong");
    } catch (error) {
      message.textContent = error.message;
      message.classList.add("wrong");
    } finally {
      button.disabled = false;
    }
  }

  async #poll() {
    const open = [...this.#views].filter(([, view]) => !view || !ENDED.has(view.state) || lacksScores(view));
    if (this.#busy || document.hidden || open.length === 0) return;
    this.#busy = true;
    await Promise.all(open.map(([id]) => this.#look(id)));
    this.#busy = false;
    this.#render();
  }

  async #look(id) {
    try {
      this.#views.set(id, await api.prompt(id));
    } catch (error) {
      // Unknown: it was let go, or belongs to a folder of data that is gone. Anything else may pass.
      if (error.status === 404 && this.#views.get(id) === null) this.#views.delete(id);
    }
  }

  #render() {
    const rows = [...this.#views.values()].filter((view) => view !== null).map(row);
    byId("mine").replaceChildren(...rows);
    byId("mine-empty").hidden = rows.length > 0;
  }

  #stored() {
    try {
      return JSON.parse(localStorage.getItem(STORED)) ?? [];
    } catch {
      return [];
    }
  }

  #store() {
    localStorage.setItem(STORED, JSON.stringify([...this.#views.keys()]));
  }
}

/** A judged prompt's last scores may come after its ratings. */
const lacksScores = (view) => view.state === "judged" && view.images.some((image) => image.scores.length === 0);

function row(view) {
  const made = element("li");
  made.append(element("p", "words", view.text));
  const reason = view.reason ? `: ${view.reason}` : "";
  const state = element("p", `state ${view.state}`, `${WORDS[view.state] ?? view.state}${reason}`);
  if (view.detail) state.title = view.detail;
  made.append(state);
  if (view.detail) made.append(element("p", "note", view.detail));
  if (view.images.length > 0) {
    const thumbs = element("div", "thumbs");
    for (const image of view.images) {
      const thumb = element("img");
      thumb.src = image.url;
      thumb.alt = `image ${image.index + 1} by ${image.generator}`;
      thumb.title = image.scores.length > 0 ? `VP-Score ${image.scores[0].value.toFixed(2)}` : "not scored yet";
      thumbs.append(thumb);
    }
    made.append(thumbs);
  }
  return made;
}
