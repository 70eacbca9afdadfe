/** Fetches JSON; an error answer becomes an Error with the words that the gateway gave. */
async function json(path, options) {
  const response = await fetch(path, options);
  const body = await response.json().catch(() => null);
  if (!response.ok) {
    const error = new Error(body?.detail ?? `The gateway answered ${response.status}`);
    error.status = response.status;
    throw error;
  }
  return body;
}

export const status = () => json("/v1/status");

export const prompt = (id) => json(`/v1/prompts/${encodeURIComponent(id)}`);

export const push = (text) =>
  json("/v1/prompts", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ text }),
  });

/** Opens the stream of scores; the browser itself resumes it after a break. */
export function scores(filters) {
  const query = new URLSearchParams({ recent: "24" });
  for (const [name, value] of Object.entries(filters)) if (value) query.set(name, value);
  return new EventSource(`/v1/scores?${query}`);
}
