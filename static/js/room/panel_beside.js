// The clinician's side panel: parts come when they are opened, a template goes into the box, the note is kept as typed.
import { startDraft } from "../draft.js";

/** What stands in the box once a template is put in: what was there stays, before it. */
export const withTemplate = (text, template) => (text.trim() ? `${text.trimEnd()}\n\n${template}` : template);

function insert(root, text) {
  const area = root.querySelector("[data-composer] textarea");
  if (!area || area.readOnly) return;
  area.value = withTemplate(area.value, text);
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}

async function fetchTemplate(root, button) {
  const said = button.closest("[data-beside]").querySelector("[data-inserted]");
  try {
    const answer = await fetch(button.dataset.insert, { headers: { Accept: "application/json" }, cache: "no-store" });
    const { text, missing, message } = await answer.json();
    if (!text) throw new Error(message);
    insert(root, text);
    said.textContent = missing.length ? `It is in the box. Still to be filled in: ${missing.join(", ")}.` : "It is in the box.";
  } catch {
    said.textContent = "The template did not come. Please try again.";
  }
}

/** Brings the panel to life; where there is none, nothing happens. */
export function startBeside(root) {
  const beside = root.querySelector("[data-beside]");
  if (!beside) return;
  beside.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (button) fetchTemplate(root, button);
  });
  beside.addEventListener("htmx:afterSwap", () => {
    const form = beside.querySelector("form[data-draft]:not([data-started])");
    if (!form) return;
    form.dataset.started = "yes";
    startDraft(form);
  });
}
