// The box in which one writes. What is in it is kept on the server within two seconds, also while one goes on typing,
// and at once when the page goes away, so a reload loses nothing.

import { Choice } from "./choice.js";
import { Typed } from "./typed.js";

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
  constructor(root, { page, longest, enter, clock, onSend, onTyping, onDraft, onLeaving, say }) {
    this.form = root.querySelector("[data-composer]");
    this.area = this.form.querySelector("textarea");
    const at = (name) => root.querySelector(`[data-${name}]`);
    Object.assign(this, { count: at("count"), kept: at("kept"), hint: at("hint") });
    Object.assign(this, { longest, clock, onSend, onTyping, onDraft, onLeaving, say });
    this.timer = this.waiting = this.speaking = 0;
    this.typed = new Typed(page);
    this.choice = new Choice(root, { onMine: () => this.#keepMine(), onTheirs: () => this.#chooseTheirs(), onUndo: (other) => this.#undo(other) });
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
    this.choice.forget();
    this.#set("");
    this.onSend(text);
    // Who sends the one text while two wait for a choice has the other one in the box then: neither is lost.
    if (this.typed.isChoosing) this.#takeTheirs();
    else this.area.focus();
    this.keepAgain();
  }

  /** Puts back what could not be sent, before what has been written since. */
  giveBack(text) {
    this.#set(this.text ? `${text}\n${this.text}` : text);
    this.#keep(0);
  }

  /** What the server holds: kept by this page, by the one before a reload, or by another window of the same person. */
  heard(draft) {
    const what = this.typed.heard(draft, this.text);
    if (what === "take") this.#show(draft.text);
    if (what === "keep") this.#keep(0);
  }

  /** The server's word on what was sent to be kept. What was not kept is tried again until it is. */
  answered(answer) {
    clearTimeout(this.waiting);
    if (this.area.readOnly) return undefined;
    const what = this.typed.answered(answer, this.text);
    if (what === "again") return this.#again();
    if (what === "take") return this.#show(answer.theirs.text);
    if (what === "choose") return this.#choose(answer.differences);
    this.choice.hide();
    this.#tell(this.text ? "yes" : "", `Kept ${this.clock(new Date())}`);
    return this.typed.isDirty(this.text) ? this.#keep(this.typed.safe === null ? 0 : KEEP_AFTER_MS) : undefined;
  }

  /** Keeps what is in the box at once, for a page that is put away. */
  keepNow() {
    if (this.typed.isDirty(this.text)) this.#keep(0);
  }

  /** The last word of a page that goes: nobody is there to choose any more, so the server keeps both texts. */
  keepLast() {
    if (this.typed.isDirty(this.text) && !this.area.readOnly) this.onLeaving(this.text, this.typed.facts);
  }

  /** Keeps it although the box is the same: what was sent beside it is kept for good by now, or on its way. */
  keepAgain() {
    this.typed.repeat();
    this.#keep(0);
  }

  /** The session is over: what is in the box can still be copied. */
  close() {
    this.area.readOnly = true;
    for (const timer of [this.timer, this.waiting, this.speaking]) clearTimeout(timer);
    this.choice.hide();
    this.choice.forget();
    this.#tell("", "");
    this.count.textContent = "";
    for (const part of this.form.querySelectorAll("button")) part.disabled = true;
  }

  #tell(state, words) {
    this.kept.dataset.kept = state;
    this.kept.textContent = state ? words : "";
  }

  /** Shows a text that the server holds, in the place of the box's own. */
  #show(text) {
    this.choice.hide();
    this.#set(text);
    this.#tell(text ? "yes" : "", `Kept ${this.clock(new Date())}`);
  }

  #choose(pieces) {
    if (this.choice.show(pieces)) this.say("You also wrote in another window. Above the box you choose which text to keep.");
    this.#tell("no", "Not kept: choose a text");
  }

  #keepMine() {
    const { theirs } = this.typed;
    this.typed.keepMine();
    this.choice.offerBack(theirs.text);
    this.area.focus();
    this.#keep(0);
  }

  #chooseTheirs() {
    const mine = this.text;
    this.#takeTheirs();
    this.choice.offerBack(mine);
  }

  /** The text that gave way is back; the one in the box gives way to it, and comes back as well. */
  #undo(other) {
    const current = this.text;
    this.#set(other);
    this.choice.offerBack(current);
    this.area.focus();
    this.#keep(0);
  }

  #takeTheirs() {
    const { theirs } = this.typed;
    this.typed.take(theirs);
    this.#show(theirs.text);
    this.area.focus();
  }

  #again() {
    if (this.area.readOnly) return;
    this.typed.unanswered();
    if (this.text) this.#tell("no", "Not kept yet, trying again");
    this.#keep(AGAIN_MS);
  }

  #set(text) {
    this.area.value = text;
    this.#grow();
  }

  #changed() {
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

  /** One text is on its way at a time: the answer says on what the next one builds. */
  #keepIt() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.area.readOnly || this.typed.flying !== null || this.text === this.typed.safe) return;
    this.typed.sent(this.text);
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.#again(), ANSWER_WITHIN_MS);
    this.onDraft(this.text, this.typed.facts);
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
