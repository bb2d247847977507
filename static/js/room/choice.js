// Two texts of one person, from two windows: the difference above the box, and two buttons. It takes neither the focus
// nor the keyboard of a phone away, and the conversation goes on meanwhile.
const TAGS = { added: "ins", removed: "del", same: "span" };

export class Choice {
  constructor(root, { onMine, onTheirs, onUndo }) {
    this.place = root.querySelector("[data-choice]");
    this.undo = root.querySelector("[data-choice-undo]");
    this.other = "";
    this.text = this.place.querySelector("[data-choice-text]");
    for (const [name, act] of [["mine", onMine], ["theirs", onTheirs], ["back", () => onUndo(this.other)]]) {
      const button = root.querySelector(`[data-choice-${name}]`);
      button.addEventListener("mousedown", (event) => event.preventDefault());
      button.addEventListener("click", act);
    }
  }

  /** Shows the way from the text in the box to the other one; tells whether it was not on show before. */
  show(pieces) {
    const page = this.place.ownerDocument;
    this.text.replaceChildren(...pieces.map(([kind, text]) => Object.assign(page.createElement(TAGS[kind] ?? "span"), { textContent: text })));
    const isNew = this.place.hidden;
    this.place.hidden = false;
    this.undo.hidden = true;
    return isNew;
  }

  /** The question is answered; the text that gave way stays one press away until something is sent. */
  offerBack(other) {
    this.other = other;
    this.place.hidden = true;
    this.undo.hidden = false;
  }

  forget() {
    this.undo.hidden = true;
  }

  hide() {
    this.place.hidden = true;
  }
}
