// The box in which one writes. What is in it is kept on the server within two seconds, also while one goes on typing,
// and at once when the page goes away, so a reload loses nothing.

const KEEP_AFTER_MS = 1200;
const WARN_WITHIN = 500;

/** Characters as the server counts them: an emoji is one. */
export const lengthOf = (text) => [...text].length;

export class Composer {
  constructor(root, { longest, onSend, onTyping, onDraft, onLeaving }) {
    this.form = root.querySelector("[data-composer]");
    this.area = this.form.querySelector("textarea");
    this.count = this.form.querySelector("[data-count]");
    this.kept = this.form.querySelector("[data-kept]");
    this.entering = this.form.querySelector("[data-enter]");
    Object.assign(this, { longest, onSend, onTyping, onDraft, onLeaving });
    this.touched = false;
    this.timer = 0;
    this.keptText = "";
    // On a screen one touches, Enter is how one makes a new line.
    this.entering.checked = matchMedia("(hover: hover) and (pointer: fine)").matches;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.area.addEventListener("input", () => this.#changed());
    this.area.addEventListener("keydown", (event) => this.#key(event));
  }

  get text() {
    return this.area.value;
  }

  send() {
    if (!this.text.trim() || lengthOf(this.text) > this.longest) {
      this.area.focus();
      return;
    }
    const text = this.text;
    this.#set("");
    this.#keep(0);
    this.onSend(text);
    this.area.focus();
  }

  /** Puts back what could not be sent, before what has been written since. */
  giveBack(text) {
    this.#set(this.text ? `${text}\n${this.text}` : text);
    this.#keep(0);
  }

  /** Puts in what the server kept, unless somebody has begun to write. */
  restore(draft) {
    this.keptText = draft;
    // What was written while the connection was gone never reached the server: it is kept now.
    if (this.touched) this.#keep(0);
    if (this.touched || this.text || !draft) return;
    this.#set(draft);
    this.saved(true);
  }

  /** The same person's text was kept by another page of theirs: by the one before this reload, or by another tab. */
  elsewhere(text) {
    if (this.touched) {
      this.kept.textContent = text && text !== this.text ? "You are writing in another window too" : this.kept.textContent;
      return;
    }
    this.keptText = text;
    this.#set(text);
    this.saved(true);
  }

  /** Keeps what is in the box at once, for a page that is about to go. */
  keepNow() {
    if (this.touched && !this.area.readOnly) this.#keepIt(this.onLeaving);
  }

  saved(kept) {
    this.kept.textContent = kept && this.text ? "Draft kept" : "";
  }

  /** The session is over: what is in the box can still be copied. */
  close() {
    this.area.readOnly = true;
    clearTimeout(this.timer);
    this.kept.textContent = this.count.textContent = "";
    for (const part of this.form.querySelectorAll("button")) part.disabled = true;
  }

  #key(event) {
    if (event.key !== "Enter" || event.isComposing || event.shiftKey) return;
    if (!this.entering.checked && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.send();
  }

  #set(text) {
    this.area.value = text;
    this.#grow();
  }

  #changed() {
    this.touched = true;
    this.#grow();
    this.kept.textContent = "";
    if (this.text) this.onTyping();
    this.#keep(KEEP_AFTER_MS);
  }

  /** Keeps the text that long from now at the latest: more typing does not put it off. */
  #keep(after) {
    if (after === 0) clearTimeout(this.timer);
    else if (this.timer) return;
    this.timer = setTimeout(() => this.#keepIt(), after);
  }

  #keepIt(keep = this.onDraft) {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.text === this.keptText) return;
    this.keptText = this.text;
    keep(this.text);
  }

  /** The box grows with its text; the style sheet says how far. */
  #grow() {
    this.area.style.height = "auto";
    this.area.style.height = `${this.area.scrollHeight + 2}px`;
    const left = this.longest - lengthOf(this.text);
    this.count.textContent = left > WARN_WITHIN ? "" : left >= 0 ? `${left} characters left` : `${-left} characters too many`;
  }
}
