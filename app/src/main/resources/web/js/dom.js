// Everything that comes from the server enters the page as text, never as markup.

/** Makes an element with a class and a text. */
export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== "") made.textContent = text;
  return made;
}

/** Makes an SVG element with attributes and a text. */
export function svg(name, attributes = {}, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== "") made.textContent = text;
  return made;
}

export const byId = (id) => document.getElementById(id);

/** Releases are named by digests: the first digits tell them apart. */
export const shortId = (id) => (id.length > 10 ? id.slice(0, 8) : id);
