// A clinical note is saved as it is written. Two windows never overwrite each other unseen: the later one is shown
// the other text and chooses.

const SAVE_AFTER_MS = 1500;
const RETRY_MS = 5000;

/** What the answer to a save means: { saved, version, at }, { conflict, theirs }, or { failed, message }. */
export function meaning(status, answer) {
  if (status === 200 && answer) return { saved: true, version: answer.version, at: answer.saved_at };
  if (status === 409 && answer?.theirs) return { conflict: true, theirs: answer.theirs };
  if (status === 409 || status === 422) return { failed: true, final: true, message: answer?.message ?? "Not saved: a part is too long." };
  return { failed: true, final: false, message: "Not saved yet: the connection is lost. Trying again." };
}

/** The parts in which two texts differ, by name. */
export function differing(mine, theirs) {
  return Object.keys(theirs).filter((name) => name in mine && name !== "version" && mine[name] !== theirs[name]);
}

/** Keeps the note in a form while it is written. */
export function startNote(form) {
  const status = form.querySelector("[data-saved]");
  const conflict = form.querySelector("[data-conflict]");
  const version = form.elements.version;
  const areas = [...form.querySelectorAll("textarea")];
  const texts = () => Object.fromEntries(areas.map((area) => [area.name, area.value]));
  let timer = 0;
  let saved = JSON.stringify(texts());
  let saving = false;
  let blocked = false;

  /** Saves that long from now at the latest: more typing does not put it off. */
  function later(after) {
    if (timer && after === SAVE_AFTER_MS) return;
    clearTimeout(timer);
    timer = setTimeout(() => { timer = 0; save(); }, after);
  }

  async function save() {
    const current = JSON.stringify(texts());
    if (saving || blocked || current === saved) return;
    saving = true;
    const found = await ask();
    saving = false;
    if (found.saved) {
      saved = current;
      version.value = found.version;
      status.textContent = `Saved at ${new Date(found.at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
    }
    if (found.conflict) show(found.theirs);
    if (found.failed) status.textContent = found.message;
    if (JSON.stringify(texts()) !== saved && !blocked && !found.final) later(found.saved ? SAVE_AFTER_MS : RETRY_MS);
  }

  async function ask() {
    try {
      const answer = await fetch(form.dataset.draftUrl, { method: "POST", body: new FormData(form), cache: "no-store" });
      return meaning(answer.redirected ? 0 : answer.status, answer.redirected ? null : await answer.json());
    } catch {
      return meaning(0, null);
    }
  }

  /** Shows the text of the other window beside this one, part by part, and asks which to keep. */
  function show(theirs) {
    blocked = true;
    status.textContent = "Not saved: this note was changed in another window.";
    conflict.replaceChildren(heading("Changed in another window"));
    for (const name of differing(texts(), theirs)) {
      const label = form.querySelector(`label[for="${CSS.escape(form.elements[name].id)}"]`).textContent;
      conflict.append(paragraph(`${label}, there:`), quote(theirs[name] || "(empty)"));
    }
    conflict.append(button("Keep my text", () => choose(theirs, false)), button("Take the other text", () => choose(theirs, true)));
    conflict.hidden = false;
    conflict.scrollIntoView({ block: "nearest" });
  }

  function choose(theirs, take) {
    if (take) for (const area of areas) area.value = theirs[area.name];
    version.value = theirs.version;
    blocked = false;
    conflict.hidden = true;
    if (take) saved = JSON.stringify(texts());
    status.textContent = take ? "You have taken the other text." : "";
    later(0);
  }

  const make = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text });
  const heading = (text) => make("h2", "nhsuk-heading-m", text);
  const paragraph = (text) => make("p", "", text);
  const quote = (text) => make("p", "app-kept-breaks app-notice", text);
  function button(text, act) {
    const made = make("button", "nhsuk-button nhsuk-button--secondary", text);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }

  form.addEventListener("input", () => {
    if (!blocked) status.textContent = "";
    later(SAVE_AFTER_MS);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  addEventListener("beforeunload", (event) => {
    if (form.isConnected && !form.dataset.sent && JSON.stringify(texts()) !== saved) event.preventDefault();
  });
  form.addEventListener("submit", () => { form.dataset.sent = "yes"; });
  status.textContent = "What you write is saved as you go.";
}

const form = globalThis.document?.querySelector("[data-note]:not([data-room] *)");
if (form) startNote(form);
