// Text size, colours and letters: shown at once, kept on the server (ACC-17). Nothing is kept in the browser.

const SHOWN = { text_size: "size", theme: "theme", typeface: "typeface" };

/** Shows one choice on the page that is open. Other choices have nothing to show. */
export function show(page, name, value) {
  if (name in SHOWN) page.documentElement.dataset[SHOWN[name]] = value;
  const scheme = page.querySelector("meta[name=color-scheme]");
  if (name === "theme" && scheme) scheme.content = value === "system" ? "light dark" : value;
}

/** Keeps one choice; resolves to whether it was kept. */
export async function keep(url, token, name, value) {
  try {
    const headers = { Accept: "application/json", "X-CSRFToken": token };
    const answer = await fetch(url, { method: "POST", headers, body: new URLSearchParams({ [name]: value }) });
    return answer.ok && !answer.redirected && (await answer.json()).kept;
  } catch {
    return false;
  }
}

/** Shows each choice as it is made. Whoever leaves the page without keeping it finds all as it was. */
export function startPreviews(page, root) {
  root?.addEventListener("change", (event) => show(page, event.target.name, event.target.value));
}

if (typeof document !== "undefined") startPreviews(document, document.querySelector("[data-preferences]"));
