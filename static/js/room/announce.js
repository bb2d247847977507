// What a screen reader hears in the room: what the other person wrote, once, with who said it; what the platform has
// to say, sparingly; nothing that one wrote oneself. The conversation itself stays silent: as a live region it would
// read out one's own lines, and read them again when they are confirmed.
import { eventWords } from "./words.js";

const FEW = 5;
const KEEP_MS = 20000;

/** The sentences for lines that have just been shown: each with its writer, or how many where there are many. */
export function announcements(lines, you, names) {
  const heard = lines.filter((line) => line.from !== you || line.kind === "event");
  const written = heard.filter((line) => line.kind !== "event");
  if (written.length > FEW) return [`${written.length} new messages from ${names[written[0].from] ?? "the other side"}`];
  return heard.map((line) => spoken(line, names)).filter(Boolean);
}

function spoken(line, names) {
  const name = names[line.from] ?? "";
  if (line.kind !== "event") return `${name}: ${line.text}`;
  return name === "You" ? "" : eventWords(line.text, name);
}

/** A state that is spoken of only once it has lasted, so that a line which flickers is not a stream of words. */
export class Settled {
  constructor(value, lasting) {
    this.spoken = this.value = value;
    this.lasting = lasting;
    this.since = 0;
  }

  set(value, now) {
    if (value !== this.value) this.since = now;
    this.value = value;
  }

  /** The new value, once, when it has lasted long enough; otherwise null. */
  due(now) {
    const wait = this.lasting[this.value] ?? 0;
    if (this.value === this.spoken || now - this.since < wait) return null;
    this.spoken = this.value;
    return this.value;
  }
}

/** The polite region. It speaks only once the past is on the page: nobody wants the whole session read out again. */
export class Announcer {
  constructor(place) {
    this.place = place;
    this.isListening = false;
  }

  listen() {
    this.isListening = true;
  }

  say(...sentences) {
    for (const sentence of sentences) {
      const said = this.place.ownerDocument.createElement("p");
      said.textContent = sentence;
      this.place.append(said);
      setTimeout(() => said.remove(), KEEP_MS);
    }
  }

  lines(lines, you, names) {
    if (this.isListening) this.say(...announcements(lines, you, names));
  }
}
