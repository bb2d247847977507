// A worksheet is kept field by field while it is written. Two people may write in it at once: each sees what the other
// has written, and neither overwrites the other in one field unseen. The other half is therapy/sheets.
import { meaning, savedAt } from "./draft.js";
import { asDrawn } from "./drawn.js";

const SAVE_AFTER_MS = 1000;
const RETRY_MS = 5000;
const TELL_EVERY_MS = 3000;
const WRITING_SHOWN_MS = 5000;
const POLL_MS = 15000;

const make = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });

/** Both texts, the other's first; one that holds the other already is not doubled. */
export function both(theirs, mine) {
  if (!theirs.trim() || mine.includes(theirs)) return mine;
  return theirs.includes(mine) ? theirs : `${theirs}\n${mine}`;
}

/** One field: what is kept of it, what is typed, and what stands in the way. */
export class Field {
  constructor(place, sheet) {
    this.place = place;
    this.sheet = sheet;
    this.area = place.querySelector("textarea");
    this.who = place.querySelector("[data-sheet-who]");
    this.conflict = place.querySelector("[data-sheet-conflict]");
    this.version = sheet.form.elements[`version_${this.area.name}`];
    this.kept = asDrawn(this.area);
    this.timer = 0;
    this.told = -Infinity;
    this.saving = this.blocked = this.lost = false;
    this.area.addEventListener("input", () => this.typed());
    if (this.isDirty) this.later(SAVE_AFTER_MS);
  }

  get isDirty() {
    return this.area.value.trimEnd() !== this.kept.trimEnd();
  }

  typed() {
    this.later(SAVE_AFTER_MS);
    if (!this.sheet.shared || performance.now() - this.told < TELL_EVERY_MS) return;
    this.told = performance.now();
    this.sheet.post(`${this.place.dataset.sheetUrl}writing/`, {}).catch(() => {});
  }

  /** Saves that long from now at the latest: more typing does not put it off. */
  later(after) {
    if (this.timer && after === SAVE_AFTER_MS) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.timer = 0; this.save(); }, after);
  }

  async save() {
    if (this.saving || this.blocked || this.sheet.sent || !this.isDirty) return;
    const current = this.area.value;
    this.saving = true;
    this.underWay = current;
    const found = await this.ask(current);
    this.saving = false;
    this.lost = Boolean(found.failed);
    if (found.saved) {
      this.kept = current;
      this.version.value = found.version;
      this.sheet.say(savedAt(found.at));
    }
    if (found.conflict) this.show(found);
    if (found.failed) this.sheet.say(found.message);
    if (this.isDirty && !this.blocked && !found.final) this.later(found.saved ? SAVE_AFTER_MS : RETRY_MS);
  }

  /** The page is left: what was typed while a save is under way goes too, and names what that save held. */
  leave() {
    if (!this.saving) this.save();
    else if (this.area.value !== this.underWay) this.ask(this.area.value, { "before-text": this.underWay });
  }

  async ask(text, more = {}) {
    try {
      const answer = await this.sheet.post(this.place.dataset.sheetUrl, { text, ...more, version: this.version.value });
      if (answer.status === 403) window.dispatchEvent(new Event("stale"));
      return meaning(answer.redirected ? 0 : answer.status, answer.redirected ? null : await answer.json().catch(() => null));
    } catch {
      return meaning(0, null);
    }
  }

  /** What the other side has written meanwhile. A field in which one types stays: its next save shows the difference. */
  heard({ text, version, who }) {
    if (Number(version) <= Number(this.version.value)) return;
    if (this.isDirty || this.saving || this.blocked) return;
    const { selectionStart: start, selectionEnd: end } = this.area;
    this.area.value = this.kept = text;
    if (document.activeElement === this.area) this.area.setSelectionRange(Math.min(start, text.length), Math.min(end, text.length));
    this.version.value = version;
    this.who.textContent = `Last written by ${who}`;
  }

  writing(name) {
    this.who.textContent = `${name} is writing here`;
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => { this.who.textContent = ""; }, WRITING_SHOWN_MS);
  }

  show({ theirs, differences }) {
    this.blocked = true;
    this.sheet.say("Not saved: this was changed meanwhile. Choose which text to keep.");
    const drawn = make("p", "app-differences");
    const tags = { added: "ins", removed: "del", same: "span" };
    for (const [kind, text] of differences?.text ?? []) drawn.append(make(tags[kind], "", text));
    const choices = make("div", "nhsuk-button-group");
    const mine = this.area.value;
    choices.append(
      this.button("Keep both", both(theirs.text ?? "", mine), theirs),
      this.button("Keep mine", mine, theirs),
      this.button("Take the other", theirs.text ?? "", theirs),
    );
    this.conflict.replaceChildren(
      make("p", "sheet__changed", "This was changed while you wrote. Underlined is what only the other text has. Struck through is what only yours has."),
      drawn,
      choices,
    );
    this.conflict.hidden = false;
    this.conflict.scrollIntoView({ block: "nearest" });
  }

  button(words, text, theirs) {
    const made = make("button", "nhsuk-button nhsuk-button--secondary nhsuk-button--small", words);
    made.type = "button";
    made.addEventListener("click", () => {
      const mine = this.area.value;
      // What was typed since the question came up is not thrown away with the choice of one's own text.
      this.area.value = words === "Take the other" ? text : words === "Keep mine" ? mine : both(theirs.text ?? "", mine);
      this.kept = theirs.text ?? "";
      this.version.value = theirs.version;
      this.blocked = false;
      this.offerBack(words === "Keep mine" ? (theirs.text ?? "") : mine);
      this.area.focus();
      this.later(0);
    });
    return made;
  }

  /** The text that gave way stays one press away: the two change places, as often as one likes. */
  offerBack(other) {
    const undo = make("button", "nhsuk-button nhsuk-button--secondary nhsuk-button--small", "Undo");
    undo.type = "button";
    undo.addEventListener("click", () => {
      [this.area.value, other] = [other, this.area.value];
      this.sheet.say("The other text is back.");
      this.later(0);
    });
    this.conflict.replaceChildren(make("p", "sheet__changed", "Not what you meant? Both texts are still here."), undo);
    this.conflict.hidden = false;
  }
}

/** Brings one worksheet to life; returns { changed, writing, end }. */
export function startSheet(form, view = window) {
  const said = form.querySelector("[data-sheet-said]");
  const sheet = {
    form,
    // The form was sent with all that stands in it: a save after it would come too late.
    sent: false,
    shared: form.dataset.sheetShared ?? "",
    say: (words) => { said.textContent = words; },
    post: (url, values) => view.fetch(url, {
      method: "POST", body: new URLSearchParams({ ...values, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value }), cache: "no-store", keepalive: true, headers: { Accept: "application/json" },
    }),
  };
  const fields = new Map([...form.querySelectorAll("[data-sheet-place]")].map((place) => [place.dataset.sheetPlace, new Field(place, sheet)]));
  const all = () => [...fields.values()];

  async function changed() {
    const answer = await view.fetch(form.dataset.sheetState, { cache: "no-store", headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const { fields: found } = await answer.json();
    for (const [name, facts] of Object.entries(found)) fields.get(name)?.heard(facts);
  }

  const saveAll = () => { for (const field of all()) field.save(); };
  form.querySelector("[data-sheet-save]")?.remove();
  form.addEventListener("submit", (event) => { sheet.sent ||= !event.defaultPrevented; });
  document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? changed() : saveAll()));
  view.addEventListener("focus", changed);
  view.addEventListener("pagehide", () => {
    if (!sheet.sent) for (const field of all()) field.leave();
  });
  view.addEventListener("beforeunload", (event) => {
    if (form.isConnected && !sheet.sent && all().some((field) => field.isDirty && (field.lost || field.blocked))) event.preventDefault();
  });
  if (sheet.shared) view.setInterval(() => form.isConnected && document.visibilityState === "visible" && changed(), POLL_MS);
  said.textContent = "What you write is saved as you go.";
  return { changed, saveAll, writing: (name) => fields.get(name)?.writing(sheet.shared) };
}

/** The open sheet of a room: hears of changes and of who is writing. */
export function hearInRoom(root, form, sheet) {
  const { sheetRef, sheetSide } = form.dataset;
  root.addEventListener("room:tools", ({ detail }) => {
    if (!form.isConnected) return;
    const [what, ref, field, side] = detail.split(" ");
    if (ref !== sheetRef) return;
    if (what === "sheet") sheet.changed();
    if (what === "writing" && side !== sheetSide) sheet.writing(field);
  });
  root.addEventListener("room:welcome", () => form.isConnected && sheet.changed());
}

const page = globalThis.document?.querySelector("form[data-sheet]");
if (page) startSheet(page);
