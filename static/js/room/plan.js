// What both work on beside the conversation: agenda and homework. Forms answer with the part that they changed; what
// the other side does is fetched when the room says so. What is being typed is never replaced.

import { hearInRoom, startSheet } from "../sheet.js";

const ANNOUNCE_AFTER_MS = 30000;
const POLL_MS = 20000;

/** A key for the next thing that is added: pressed twice it is added once. */
export function newKey(source = globalThis.crypto) {
  return [...source.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Forms of the plan: emptied once what they held is kept. */
export function startForms(place) {
  place.addEventListener("htmx:afterRequest", ({ detail, target }) => {
    const form = target.closest?.("[data-plan-add]");
    if (!form || detail.xhr?.getResponseHeader("X-Done") !== "yes") return;
    form.elements.text.value = "";
    form.elements.client_key.value = newKey();
    form.elements.text.focus();
  });
  let used = "";
  place.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.requestConfig?.verb === "post") used = document.activeElement?.id ?? "";
  });
  // A button that is gone, since its point stands at the top by now, leaves the focus with its point.
  place.addEventListener("htmx:afterSettle", () => {
    if (!used || document.activeElement !== document.body) return;
    const again = document.getElementById(used) ?? document.getElementById(`tick${used.slice(used.indexOf("-"))}`);
    again?.focus();
    used = "";
  });
}

/** Asks anew for one part, or for all of them. */
export function refresh(place, part = "") {
  for (const found of place.querySelectorAll("[data-plan-part]")) {
    if (!part || found.dataset.planPart === part) globalThis.htmx?.trigger(found, "plan-changed");
  }
}

function startPanel(root, panel) {
  const button = root.querySelector("[data-plan-open]");
  const body = panel.querySelector("[data-plan-body]");
  const mark = button.querySelector("[data-plan-news]");
  let said = -Infinity;
  let loaded = false;

  function turn(open) {
    panel.hidden = !open;
    root.classList.toggle("room--plan", open);
    button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    mark.hidden = true;
    if (loaded) refresh(panel);
    else globalThis.htmx?.trigger(body, "plan-open");
    panel.focus();
  }

  /** Something changed: open it is fetched, closed the button says so. Spoken of rarely, so that nobody is flooded. */
  function changed(part) {
    if (loaded) refresh(panel, part);
    if (panel.hidden) mark.hidden = false;
    if (performance.now() - said < ANNOUNCE_AFTER_MS) return;
    said = performance.now();
    const place = document.getElementById("announcements");
    const words = Object.assign(document.createElement("p"), { textContent: "The plan for this session has changed." });
    place?.append(words);
    setTimeout(() => words.remove(), 10000);
  }

  button.addEventListener("click", () => turn(panel.hidden));
  panel.querySelector("[data-plan-close]").addEventListener("click", () => { turn(false); button.focus(); });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    turn(false);
    button.focus();
  });
  // Two texts that wait for a choice are not put away by opening another sheet.
  panel.addEventListener("htmx:beforeRequest", (event) => {
    const waiting = event.target.matches("[data-sheet-open]") && panel.querySelector("[data-sheet-conflict]:not([hidden])");
    if (!waiting) return;
    event.preventDefault();
    waiting.focus();
  });
  panel.addEventListener("htmx:afterSwap", ({ target }) => {
    const form = target.matches("[data-plan-sheet]") && target.querySelector("form[data-sheet]");
    if (!form) return;
    target.focus();
    hearInRoom(root, form, startSheet(form));
  });
  body.addEventListener("htmx:afterSwap", ({ target }) => { if (target === body) loaded = true; });
  let own = false;
  panel.addEventListener("htmx:beforeRequest", ({ detail }) => { own = own || detail.requestConfig?.verb === "post"; });
  root.addEventListener("room:tools", ({ detail }) => {
    const [part, ref] = detail.split(" ");
    // What is written in a sheet that is open is in sight already.
    if (part === "writing" || (ref && panel.querySelector(`[data-sheet-ref="${CSS.escape(ref)}"]`))) return;
    // One's own change rings as well: it is no news.
    if (own) refresh(panel, part);
    else changed(part);
    own = false;
  });
  root.addEventListener("room:welcome", () => loaded && refresh(panel));
  // What is being typed stays in sight, with the word that it can no longer be kept.
  const isTyped = (field) => field.value.trim() !== "" && field.value !== field.defaultValue;
  root.addEventListener("room:over", () => {
    if (!loaded) return;
    const isBusy = panel.querySelector("form[data-sheet]") || [...panel.querySelectorAll("textarea, input[type=text]")].some(isTyped);
    if (isBusy) refresh(panel);
    else globalThis.htmx?.trigger(body, "plan-open");
  });
  setInterval(() => !panel.hidden && document.visibilityState === "visible" && refresh(panel), POLL_MS);
}

const room = globalThis.document?.querySelector("[data-room]");
for (const place of globalThis.document?.querySelectorAll("[data-plan]") ?? []) startForms(place);
const panel = room?.querySelector("[data-plan-panel]");
if (panel) startPanel(room, panel);
