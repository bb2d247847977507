// What both work on beside the conversation: agenda and homework. Forms answer with the part that they changed; what
// the other side does is fetched when the room says so. What is being typed is never replaced.

import { hearInRoom, startSheet } from "../sheet.js";

const ANNOUNCE_AFTER_MS = 30000;
const POLL_MS = 20000;
const SAID_MS = 10000;

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

/** A sheet that is opened comes to life, and two texts that wait for a choice are not put away for another sheet. */
function startSheets(root, panel) {
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
}

/** Says to a screen reader that something changed: rarely, so that nobody is flooded. */
function announcer(place) {
  let said = -Infinity;
  return () => {
    if (performance.now() - said < ANNOUNCE_AFTER_MS) return;
    said = performance.now();
    const words = Object.assign(document.createElement("p"), { textContent: "The plan for this session has changed." });
    place?.append(words);
    setTimeout(() => words.remove(), SAID_MS);
  };
}

/** What is closed when one presses the button, Escape or Close; `opened` is called each time it opens. */
function startDoor(root, panel, button, opened) {
  const turn = (open) => {
    panel.hidden = !open;
    root.classList.toggle("room--plan", open);
    button.setAttribute("aria-expanded", String(open));
    if (!open) return button.focus();
    opened();
    return panel.focus();
  };
  button.addEventListener("click", () => turn(panel.hidden));
  panel.querySelector("[data-plan-close]").addEventListener("click", () => turn(false));
  panel.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && turn(false));
}

/** Whether somebody is in the middle of something here that a new picture of the plan would take away. */
function isBusy(panel) {
  const isTyped = (field) => field.value.trim() !== "" && field.value !== field.defaultValue;
  return Boolean(panel.querySelector("form[data-sheet]")) || [...panel.querySelectorAll("textarea, input[type=text]")].some(isTyped);
}

function startPanel(root, panel) {
  const button = root.querySelector("[data-plan-open]");
  const body = panel.querySelector("[data-plan-body]");
  const mark = button.querySelector("[data-plan-news]");
  const announce = announcer(document.getElementById("announcements"));
  const load = () => globalThis.htmx?.trigger(body, "plan-open");
  let loaded = false;
  let own = false;

  startDoor(root, panel, button, () => { mark.hidden = true; loaded ? refresh(panel) : load(); });
  startSheets(root, panel);
  body.addEventListener("htmx:afterSwap", ({ target }) => { loaded = loaded || target === body; });
  panel.addEventListener("htmx:beforeRequest", ({ detail }) => { own = own || detail.requestConfig?.verb === "post"; });
  root.addEventListener("room:tools", ({ detail }) => {
    const [part, ref] = detail.split(" ");
    // What is written in a sheet that is open is in sight already.
    if (part === "writing" || (ref && panel.querySelector(`[data-sheet-ref="${CSS.escape(ref)}"]`))) return;
    if (loaded) refresh(panel, part);
    // One's own change rings as well: it is no news.
    if (!own && panel.hidden) mark.hidden = false;
    if (!own) announce();
    own = false;
  });
  root.addEventListener("room:welcome", () => loaded && refresh(panel));
  // What is being typed stays in sight, with the word that it can no longer be kept.
  root.addEventListener("room:over", () => { if (loaded) isBusy(panel) ? refresh(panel) : load(); });
  setInterval(() => !panel.hidden && document.visibilityState === "visible" && refresh(panel), POLL_MS);
}

const room = globalThis.document?.querySelector("[data-room]");
for (const place of globalThis.document?.querySelectorAll("[data-plan]") ?? []) startForms(place);
const panel = room?.querySelector("[data-plan-panel]");
if (panel) startPanel(room, panel);
