// A long text is kept on the server while it is typed. Two windows never overwrite each other unseen: the later one is
// shown the difference and chooses. The other half is ui/saving.py.

import { asDrawn } from "./drawn.js";

const SAVE_AFTER_MS = 1200;
const RETRY_MS = 5000;
// A page that was left a moment ago may still be saving while this one is drawn.
const LOOK_AGAIN_MS = [1000, 5000];
// What goes on after its page is gone may hold 64 KiB in all: one save under way, and the last one with what that held.
const KEEPALIVE_BYTES = 20_000;
// The page is older than the sign-in: idle.js fetches what it must show, and the next try goes through.
const STALE = 403;

/** What the answer to a save means: { saved, version, at }, { conflict, theirs, differences }, or { failed, message }. */
export function meaning(status, answer) {
  if (status === 200 && answer) return { saved: true, version: answer.version, at: answer.saved_at };
  if (status === 409 && answer?.theirs) return { conflict: true, theirs: answer.theirs, differences: answer.differences };
  const final = status === 409 || status === 422 || status === 404;
  const lost = "Not saved yet: the connection is lost. Trying again.";
  return { failed: true, final, message: final ? (answer?.message ?? "Not saved: this text is no longer open.") : lost };
}

/** "Saved at 10:42am", in the words of the pages. */
export function savedAt(at) {
  const time = new Date(at);
  const hours = time.getHours();
  const minutes = String(time.getMinutes()).padStart(2, "0");
  return `Saved at ${hours % 12 || 12}:${minutes}${hours < 12 ? "am" : "pm"}`;
}

const make = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });

/** The way from one text to the other: what only the other has is underlined, what only this one has struck through. */
function drawn(pieces) {
  const place = make("p", "app-differences");
  const tags = { added: "ins", removed: "del", same: "span" };
  for (const [kind, text] of pieces) place.append(make(tags[kind], "", text));
  return place;
}

function button(text, act) {
  const made = make("button", "nhsuk-button nhsuk-button--secondary nhsuk-button--small", text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

/** Keeps the texts of one form; returns { flush }, which saves at once what is not saved yet. */
export function startDraft(form, view = window) {
  const status = form.querySelector("[data-draft-status]");
  const conflict = form.querySelector("[data-draft-conflict]");
  const version = form.elements.version;
  const fields = [...form.querySelectorAll("textarea, input[type=text], input:not([type]), [data-drafted]")].filter((field) => field.name);
  const texts = () => Object.fromEntries(fields.map((field) => [field.name, field.value]));
  const now = () => JSON.stringify(texts());
  const body = (more = {}) => new URLSearchParams({
    ...texts(), ...more, version: version.value, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value,
  });
  let timer = 0;
  const known = () => JSON.stringify(Object.fromEntries(fields.map((field) => [field.name, asDrawn(field, view)])));
  let kept = form.hasAttribute("data-draft-unsaved") ? "" : known();
  let saving = null;
  let underWay = null;
  let blocked = false;
  let sent = false;
  let lost = false;

  function later(after) {
    view.clearTimeout(timer);
    timer = view.setTimeout(save, after);
  }

  async function save() {
    if (saving || blocked || sent || now() === kept) return saving;
    const current = now();
    underWay = texts();
    saving = ask(body());
    const found = await saving;
    saving = underWay = null;
    lost = Boolean(found.failed);
    if (found.saved) {
      kept = current;
      version.value = found.version;
      status.textContent = savedAt(found.at);
    }
    if (found.conflict) show(found);
    if (found.failed) status.textContent = found.message;
    if (!found.final && !sent && now() !== kept) later(found.saved ? SAVE_AFTER_MS : RETRY_MS);
    return found;
  }

  const post = (content, options = {}) => view.fetch(form.dataset.draft, {
    method: "POST", body: content, keepalive: String(content).length < KEEPALIVE_BYTES, ...options,
  });

  async function ask(content) {
    try {
      const answer = await post(content, { cache: "no-store", headers: { Accept: "application/json" } });
      if (answer.status === STALE) view.dispatchEvent(new Event("stale"));
      return meaning(answer.redirected ? 0 : answer.status, answer.redirected ? null : await answer.json().catch(() => null));
    } catch {
      return meaning(0, null);
    }
  }

  function show(found) {
    blocked = true;
    status.textContent = "Not saved: this text was changed in another window.";
    conflict.replaceChildren(
      make("h2", "nhsuk-heading-s", "Changed in another window"),
      make("p", "", "Underlined is what only the other window has. Struck through is what only this window has."),
    );
    for (const [name, pieces] of Object.entries(found.differences)) {
      const label = form.querySelector(`label[for="${CSS.escape(form.elements[name].id)}"]`)?.textContent.trim();
      if (label) conflict.append(make("p", "app-differences__of", label));
      conflict.append(drawn(pieces));
    }
    const choices = make("div", "nhsuk-button-group");
    choices.append(button("Keep my text", () => choose(found.theirs, false)), button("Take the other text", () => choose(found.theirs, true)));
    conflict.append(choices);
    conflict.hidden = false;
    conflict.focus();
    conflict.scrollIntoView({ block: "nearest" });
  }

  function choose(theirs, take) {
    const mine = texts();
    blocked = false;
    if (take) put(theirs);
    version.value = theirs.version;
    offerBack(take ? mine : theirs);
    status.textContent = take ? "You have taken the other text." : "You keep your text.";
    fields[0].focus();
    later(0);
  }

  /** The text that gave way stays one press away: the two change places, as often as one likes. */
  function offerBack(other) {
    const undo = button("Undo", () => {
      const current = texts();
      put(other);
      other = current;
      kept = "";
      status.textContent = "The other text is back.";
      later(0);
    });
    conflict.replaceChildren(make("p", "", "The text that you did not choose is here until you leave this page."), undo);
    conflict.hidden = false;
  }

  function put(theirs) {
    for (const field of fields) {
      field.value = theirs[field.name] ?? "";
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    kept = now();
  }

  /** A window in which nothing new is typed shows what was typed elsewhere meanwhile. */
  async function refresh() {
    if (document.visibilityState !== "visible" || !form.isConnected || saving || blocked || sent || now() !== kept) return;
    const answer = await view.fetch(form.dataset.draft, { cache: "no-store" }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const theirs = await answer.json();
    if (Number(theirs.version) === Number(version.value) || now() !== kept) return;
    put(theirs);
    version.value = theirs.version;
    status.textContent = theirs.saved_at ? `${savedAt(theirs.saved_at)}, in another window` : "";
  }

  form.addEventListener("input", () => {
    if (!blocked) status.textContent = "Not saved yet";
    later(SAVE_AFTER_MS);
  });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    sent = true;
    view.clearTimeout(timer);
  });
  document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? refresh() : save()));
  view.addEventListener("focus", refresh);
  view.addEventListener("pagehide", () => {
    if (sent || blocked || now() === kept) return;
    const before = Object.entries(underWay ?? {}).map(([name, text]) => [`before-${name}`, text]);
    post(body(Object.fromEntries(before)), { keepalive: true }).catch(() => post(body()).catch(() => {}));
  });
  view.addEventListener("pageshow", (event) => event.persisted && save());
  view.addEventListener("beforeunload", (event) => {
    if (form.isConnected && !sent && lost && now() !== kept) event.preventDefault();
  });
  for (const after of LOOK_AGAIN_MS) view.setTimeout(refresh, after);
  if (now() !== kept) later(0);
  return { flush: save };
}

for (const form of globalThis.document?.querySelectorAll("form[data-draft]") ?? []) startDraft(form);
