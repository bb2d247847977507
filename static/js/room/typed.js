// What is being typed, as one page knows it: two windows of one person never overwrite each other unseen (MSG-9). Pure:
// no page, no network. The server's half is therapy/room/typed.py.

export class Typed {
  /** `page` is the name that this page gives itself: the server tells by it who wrote last. */
  constructor(page) {
    this.page = page;
    // The newest change that this page knows of, the text of the box that is safe with the server, and the one on its way.
    this.version = 0;
    this.safe = "";
    this.flying = null;
    this.once = false;
    // The other window's text, while somebody has to choose.
    this.theirs = null;
  }

  get facts() {
    return { version: this.version, page: this.page };
  }

  get isChoosing() {
    return this.theirs !== null;
  }

  /** Whether the box holds something that the server is not known to have. */
  isDirty(text) {
    return text !== this.safe || this.flying !== null;
  }

  /** What is kept is no longer right although the box is the same: it goes once more, after what is on its way. */
  repeat() {
    if (this.flying === null) this.safe = null;
    else this.once = true;
  }

  sent(text) {
    this.flying = text;
  }

  /** No answer came: what was on its way may be kept or not. */
  unanswered() {
    this.flying = null;
  }

  /** The server's answer to the text on its way: "kept", "take" (an empty box shows the other text), "choose" or "again". */
  answered(answer, text) {
    const sent = this.flying;
    this.flying = null;
    if (answer.draft) {
      this.version = answer.version;
      this.safe = this.once ? null : (sent ?? this.safe);
      this.once = false;
      this.theirs = null;
      return "kept";
    }
    if (!answer.theirs) return "again";
    if (text === "") return this.take(answer.theirs);
    this.theirs = answer.theirs;
    return "choose";
  }

  /** What the server holds, by whoever wrote it: "take" it, "keep" what is in the box, or "" for nothing to do. */
  heard(theirs, text) {
    const dirty = this.isDirty(text);
    if (theirs.page === this.page || theirs.version <= this.version) {
      this.version = Math.max(this.version, theirs.version);
      return dirty && !this.isChoosing ? "keep" : "";
    }
    if (!dirty || theirs.text === text) return this.take(theirs);
    if (theirs.text === "") this.version = theirs.version;
    return "keep";
  }

  take(theirs) {
    this.version = theirs.version;
    this.safe = theirs.text;
    this.theirs = null;
    return "take";
  }

  /** The text in the box shall stand: it goes over the other one, which was seen. */
  keepMine() {
    this.version = this.theirs.version;
    this.theirs = null;
  }
}
