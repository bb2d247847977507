// The box in which one writes. What is in it is kept on the server within two seconds, also while one goes on typing,
// and at once when the page goes away, so a reload loses nothing.

const KEEP_AFTER_MS = 1200;
const ANSWER_WITHIN_MS = 4000;
const AGAIN_MS = 3000;
const WARN_WITHIN = 500;
const SPEAK_AFTER_MS = 1000;

/** Characters as the server counts them: an emoji is one. */
export const lengthOf = (text) => [...text].length;

/** How many characters are left, said only near the limit. */
export function countWords(left) {
  if (left > WARN_WITHIN) return "";
  const noun = Math.abs(left) === 1 ? "character" : "characters";
  return left >= 0 ? `${left} ${noun} left` : `${-left} ${noun} too many`;
}

/** Whether Enter sends: as the person chose, else where there is a mouse; with Ctrl it always does. */
export function sendsOn(event, enterSends) {
  if (event.key !== "Enter" || event.isComposing || event.shiftKey || event.altKey) return false;
  return enterSends || event.ctrlKey || event.metaKey;
}

const HINTS = {
  true: "Enter sends. Shift and Enter start a new line.",
  false: "Enter starts a new line. Ctrl and Enter send.",
};

export class Composer {
  constructor(root, { longest, enter, clock, onSend, onTyping, onDraft, onLeaving, say }) {
    this.form = root.querySelector("[data-composer]");
    this.area = this.form.querySelector("textarea");
    const at = (name) => root.querySelector(`[data-${name}]`);
    Object.assign(this, { count: at("count"), kept: at("kept"), hint: at("hint") });
    Object.assign(this, { longest, clock, onSend, onTyping, onDraft, onLeaving, say });
    this.touched = false;
    this.timer = this.waiting = this.speaking = 0;
    this.keptText = "";
    this.setEnter(enter);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    // A finger on "Send" does not take the keyboard away.
    this.form.querySelector("[type=submit]").addEventListener("mousedown", (event) => event.preventDefault());
    this.area.addEventListener("input", () => this.#changed());
    // A phone that is turned breaks the lines elsewhere.
    this.area.ownerDocument.defaultView.addEventListener("resize", () => this.#fit());
    this.area.addEventListener("keydown", (event) => {
      if (!sendsOn(event, this.enterSends)) return;
      event.preventDefault();
      this.send();
    });
  }

  get text() {
    return this.area.value;
  }

  /** "yes", "no" or "device": on a screen one touches, Enter is how one makes a new line. */
  setEnter(choice) {
    this.enterSends = choice === "yes" || (choice !== "no" && matchMedia("(hover: hover) and (pointer: fine)").matches);
    this.area.enterKeyHint = this.enterSends ? "send" : "enter";
    this.hint.textContent = HINTS[this.enterSends];
  }

  send() {
    const tooLong = lengthOf(this.text) > this.longest;
    if (tooLong) this.say(this.count.textContent);
    if (tooLong || !this.text.trim() || this.area.readOnly) {
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
    this.touched = true;
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

  /** The server's word on the draft. What was not kept is tried again until it is. */
  saved(kept) {
    clearTimeout(this.waiting);
    this.#tell(kept && this.text ? "yes" : "", kept ? `Kept ${this.clock(new Date())}` : "");
    if (!kept) this.#again();
  }

  /** The session is over: what is in the box can still be copied. */
  close() {
    this.area.readOnly = true;
    for (const timer of [this.timer, this.waiting, this.speaking]) clearTimeout(timer);
    this.#tell("", "");
    this.count.textContent = "";
    for (const part of this.form.querySelectorAll("button")) part.disabled = true;
  }

  #tell(state, words) {
    this.kept.dataset.kept = state;
    this.kept.textContent = state ? words : "";
  }

  #again() {
    if (this.area.readOnly) return;
    this.keptText = null;
    if (this.text) this.#tell("no", "Not kept yet, trying again");
    this.#keep(AGAIN_MS);
  }

  #set(text) {
    this.area.value = text;
    this.#grow();
  }

  #changed() {
    this.touched = true;
    this.#grow();
    if (!this.text) this.#tell("", "");
    else this.onTyping();
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
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.#again(), ANSWER_WITHIN_MS);
    keep(this.text);
  }

  #fit() {
    this.area.style.height = "auto";
    this.area.style.height = `${this.area.scrollHeight + 2}px`;
  }

  /** The box grows with its text; the style sheet says how far. */
  #grow() {
    this.#fit();
    const left = this.longest - lengthOf(this.text);
    const words = countWords(left);
    this.count.textContent = words;
    this.area.setAttribute("aria-invalid", String(left < 0));
    clearTimeout(this.speaking);
    if (words) this.speaking = setTimeout(() => this.say(words), SPEAK_AFTER_MS);
  }
}
