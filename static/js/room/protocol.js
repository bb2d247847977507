// The client's half of the delivery protocol (ROOM-2), without page, network or clock: events go in with the time,
// effects come out for others to carry out. The invariants: what is shown is 1, 2, 3 without gaps; a line is sent
// until it is known to be kept or refused for good; lines keep the order in which they were written.
import { waitBefore } from "../live.js";
import { Log } from "./log.js";
import { Outbox } from "./outbox.js";

export const TIMES = {
  ping: 15000,
  unanswered: 3000,
  pong: 2000,
  welcome: 5000,
  connect: 10000,
  ask: 1000,
  restart: 30000,
  poll: 2000,
  beat: 10000,
  typing: 3000,
  typingShown: 5000,
  sound: 60000,
  answer: 1000,
};
const ATTEMPTS_BEFORE_HTTP = 3;
const READ_REPORT = 150;
const LONGEST_DRAFT = 8000;
// A server that restarts says so and is back within seconds: for a while the waits do not grow beyond about a second.
const RESTART = 1012;
const ATTEMPTS_AT_RESTART = 2;
// Codes after which coming back is pointless, and the state that the page then shows.
const FINAL_CODES = { 4401: "signed-out", 4403: "refused", 4404: "refused", 4410: "ended" };

export class Protocol {
  /** `you` is the side of this page, "patient" or "clinician": known before any server has answered. */
  constructor({ newCid, you = "", random = Math.random, after = 0 }) {
    this.newCid = newCid;
    this.random = random;
    this.log = new Log(after);
    this.outbox = new Outbox();
    this.link = "connecting";
    this.you = you;
    this.attempts = 0;
    this.restarting = 0;
    this.http = false;
    this.seen = 0;
    this.reported = 0;
    this.at = { connect: 0, opening: null, opened: null, ping: 0, pong: null, answered: false };
    for (const what of ["asked", "polled", "beat", "typed", "lost", "cut", "missed"]) this.at[what] = -Infinity;
    this.polling = this.posting = this.beating = false;
    // What is in the box as far as it is known here, and what the server was given to keep.
    this.box = this.drafted = "";
  }

  get isOver() {
    return Object.values(FINAL_CODES).includes(this.link);
  }

  get isOpen() {
    return this.link === "open";
  }

  // --- the person ---------------------------------------------------------------------------------

  /** Somebody wrote a line. */
  compose(text, now) {
    this.at.typed = -Infinity;
    const entry = this.outbox.add(this.newCid(), text);
    return [{ do: "pending", entry }, ...this.#flush(now)];
  }

  /** Somebody is typing: said at most every three seconds. */
  typed(now) {
    if (!this.isOpen || now - this.at.typed < TIMES.typing) return [];
    this.at.typed = now;
    return [{ do: "send", frame: { type: "typing" } }];
  }

  /** Everything up to the newest shown line was on screen. */
  saw(now) {
    if (this.log.shown <= this.seen) return [];
    this.seen = this.log.shown;
    return this.isOpen ? [{ do: "send", frame: { type: "seen", seq: this.seen } }] : [];
  }

  /** What is in the composer, to be kept on the server, with what the page knows of it (typed.js). */
  draft(text, facts = {}) {
    this.box = text;
    this.drafted = this.unsentWith(text);
    if (this.isOpen) return [{ do: "send", frame: { type: "draft", text: this.drafted, ...facts } }];
    return this.isOver ? [] : [{ do: "post-draft", text: this.drafted, facts }];
  }

  /** What was sent and is not known to be kept stays before what is in the box, as far as there is room. */
  unsentWith(text) {
    const unsent = [...this.outbox.entries.map((entry) => entry.text), text].filter(Boolean).join("\n");
    return unsent.length > LONGEST_DRAFT ? text : unsent;
  }

  /**
   * The page goes away by somebody's own doing: the server hears that they leave. Only where the connection has been
   * sound for a while: whoever tries another way because it is not has left nothing, and counts as cut off (APPT-17).
   */
  leaving(now) {
    const sound = this.isOpen ? this.#socketIsSound(now) : this.link === "http" && this.#plainIsSound(now);
    return sound && this.outbox.first?.state !== "unsure" ? [{ do: "leave" }] : [];
  }

  #socketIsSound(now) {
    const answered = this.at.pong === null || now - this.at.ping < TIMES.answer;
    return answered && now - this.at.lost >= TIMES.sound;
  }

  /** Where sockets never came through, that they do not is no loss: each question was answered, the newest one in time. */
  #plainIsSound(now) {
    const answered = !this.polling || now - this.at.polled < TIMES.answer;
    return answered && this.at.answered && now - Math.max(this.at.cut, this.at.missed) >= TIMES.sound;
  }

  // --- the socket -----------------------------------------------------------------------------------

  /** A socket is being opened. */
  connecting(now) {
    this.at.connect = now;
    this.at.opening = now;
    return [];
  }

  /** The socket is open: ask for everything after the last line shown. */
  opened(now) {
    this.at.opened = now;
    this.at.opening = null;
    return [this.#hello(now)];
  }

  /** The socket is closed, or could not be opened. */
  lost(code, now) {
    this.at.lost = now;
    if (this.isOpen) this.at.cut = now;
    this.at.opened = this.at.opening = this.at.pong = null;
    this.outbox.unsend();
    if (code in FINAL_CODES) return this.#finish(FINAL_CODES[code], code);
    if (code === RESTART) this.restarting = now + TIMES.restart;
    const wait = waitBefore(now < this.restarting ? Math.min(this.attempts, ATTEMPTS_AT_RESTART) : this.attempts, this.random);
    this.attempts += 1;
    this.at.connect = now + wait;
    if (this.attempts >= ATTEMPTS_BEFORE_HTTP) this.http = true;
    // Plain requests are a road once one of them was answered: a device without a network has none.
    if (this.link !== "http") this.link = "lost";
    const changed = this.outbox.first ? [{ do: "pending", entry: this.outbox.first }] : [];
    return [...changed, { do: "status" }, { do: "connect", in: wait }, ...this.#flush(now)];
  }

  /** A frame arrived. */
  received(frame, now) {
    const handler = this[`on_${frame.type}`];
    return handler ? handler.call(this, frame, now) : [];
  }

  on_welcome(frame, now) {
    this.link = "open";
    this.you = frame.you;
    this.attempts = 0;
    this.http = false;
    this.at.ping = now;
    this.at.pong = null;
    this.outbox.unsend();
    const facts = { do: "welcome", here: frame.here, away: frame.away, seen: frame.seen, draft: frame.draft, now: frame.now, head: frame.head };
    // Said once more: the word about what was on screen may have been lost with the socket before.
    const seen = this.seen ? [{ do: "send", frame: { type: "seen", seq: this.seen } }] : [];
    return [facts, { do: "status" }, ...seen, ...this.#flush(now)];
  }

  on_line(frame, now) {
    return this.#show(frame, now);
  }

  on_ack(frame, now) {
    const entry = this.outbox.find(frame.cid);
    if (!entry) return [];
    const line = { type: "line", seq: frame.seq, cid: frame.cid, kind: "line", from: this.you, text: entry.text, at: frame.at };
    if (frame.seq <= this.log.shown) this.outbox.remove(frame.cid);
    return [...this.#show(line, now), ...this.#flush(now)];
  }

  on_nack(frame, now) {
    const entry = this.outbox.find(frame.cid);
    if (!entry) return [];
    if (typeof frame.retry === "number") {
      this.outbox.unsend(entry, now + frame.retry * 1000);
      return [{ do: "pending", entry }];
    }
    this.outbox.remove(frame.cid);
    return [{ do: "failed", entry, code: frame.code }, ...this.#flush(now)];
  }

  on_error(frame, now) {
    return frame.cid ? this.on_nack({ cid: frame.cid, code: frame.code, retry: 1 }, now) : [];
  }

  on_pong(frame, now) {
    this.at.pong = null;
    // Frames are answered in order: a line sent before the ping and not acknowledged before the pong never arrived.
    const first = this.outbox.first;
    if (first?.sentAt !== null && first?.sentAt < this.at.ping) this.outbox.unsend(first);
    const asked = frame.head > this.log.shown && now - this.at.asked > TIMES.poll ? [this.#hello(now)] : [];
    return [{ do: "seen", seq: frame.seen }, { do: "time", now: frame.now }, ...asked, ...this.#flush(now)];
  }

  on_typing(frame, now) {
    return [{ do: "typing", until: now + TIMES.typingShown }];
  }

  on_seen(frame) {
    return [{ do: "seen", seq: frame.seq }];
  }

  on_presence(frame) {
    return [{ do: "presence", here: frame.here, away: frame.away }];
  }

  on_tools(frame) {
    return [{ do: "tools", part: frame.part }];
  }

  on_draft(frame) {
    return [{ do: "drafted", draft: frame }];
  }

  on_kept(frame) {
    return [{ do: "kept", answer: frame }];
  }

  // --- without a socket -------------------------------------------------------------------------------

  /** The answer to a posted line: an ack or a nack, or null where none came. */
  posted(cid, answer, now) {
    this.posting = false;
    if (this.isOver) return [];
    if (answer) return [...this.received(answer, now), ...this.#flush(now)];
    const entry = this.outbox.find(cid);
    if (entry && !this.isOpen) this.outbox.unsend(entry, now + TIMES.poll);
    return [...(entry ? [{ do: "pending", entry }] : []), ...this.#plain(false, now)];
  }

  /** The answer to a question for lines, or null where none came. */
  fetched(answer, now) {
    this.polling = false;
    if (this.isOver) return [];
    const road = this.#plain(Boolean(answer), now);
    if (!answer) return road;
    if (answer.more) this.at.polled = -Infinity;
    return [...road, ...answer.lines.flatMap((line) => this.#show(line, now))];
  }

  /** A plain request was answered, or not: says whether that road holds, while there is no socket. */
  #plain(answered, now) {
    if (answered) this.at.answered = true;
    else this.at.missed = now;
    const link = answered ? "http" : "lost";
    if (this.isOpen || !this.http || this.link === link) return [];
    this.link = link;
    return [{ do: "status" }];
  }

  /** The answer to a heartbeat, or null where none came. */
  beaten(answer) {
    this.beating = false;
    if (!answer || this.isOver) return [];
    this.you = answer.you;
    return [{ do: "welcome", here: answer.here, away: answer.away, seen: answer.seen, draft: answer.draft, now: answer.now, head: answer.head }];
  }

  // --- the clock ----------------------------------------------------------------------------------------

  /** To be called several times a second: whatever is due. */
  tick(now) {
    if (this.isOver) return [];
    if (this.isOpen) return this.#tickOpen(now);
    const slow = (since, limit) => since !== null && now - since > limit;
    if (slow(this.at.opening, TIMES.connect) || slow(this.at.opened, TIMES.welcome)) return this.#drop(now);
    return this.http ? this.#tickHttp(now) : [];
  }

  /** The network came back, or the page came to the front: find out at once whether the road still holds. */
  nudge(now) {
    if (this.isOver) return [];
    if (this.isOpen) return this.at.pong === null ? [this.#ping(now)] : [];
    if (this.at.opened !== null || this.at.opening !== null) return [];
    this.at.connect = now;
    return [{ do: "connect", in: 0 }];
  }

  #tickOpen(now) {
    if (this.at.pong !== null) return now > this.at.pong ? this.#drop(now) : [];
    const first = this.outbox.first;
    const unanswered = first && first.sentAt !== null && now - first.sentAt > TIMES.unanswered;
    if (unanswered && first.state !== "unsure") {
      first.state = "unsure";
      return [{ do: "pending", entry: first }, this.#ping(now)];
    }
    if (now - this.at.ping >= TIMES.ping) return [this.#ping(now)];
    const asked = this.log.hasGap && now - this.at.asked > TIMES.ask ? [this.#hello(now)] : [];
    return [...asked, ...this.#flush(now)];
  }

  #tickHttp(now) {
    const effects = [];
    if (!this.polling && now - this.at.polled >= TIMES.poll) {
      this.polling = true;
      this.at.polled = now;
      effects.push({ do: "fetch", after: this.log.shown });
    }
    if (!this.beating && now - this.at.beat >= TIMES.beat) {
      this.beating = true;
      this.at.beat = now;
      effects.push({ do: "beat", seen: this.seen });
    }
    return [...effects, ...this.#flush(now)];
  }

  #ping(now) {
    this.at.ping = now;
    this.at.pong = now + TIMES.pong;
    this.reported = this.log.shown;
    return { do: "send", frame: { type: "ping", after: this.log.shown } };
  }

  #hello(now) {
    this.at.asked = now;
    this.reported = this.log.shown;
    return { do: "send", frame: { type: "hello", after: this.log.shown } };
  }

  /** The socket is there and does not answer: away with it, and come back on another. */
  #drop(now) {
    return [{ do: "close" }, ...this.lost(0, now)];
  }

  /** Sends what is due, by whatever road there is. */
  #flush(now) {
    const overHttp = this.http && !this.isOpen && !this.posting;
    if (!this.isOpen && !overHttp) return [];
    const entry = this.outbox.next(now);
    if (!entry) return [];
    if (this.isOpen) return [{ do: "pending", entry }, { do: "send", frame: { type: "send", cid: entry.cid, text: entry.text } }];
    this.posting = true;
    return [{ do: "pending", entry }, { do: "post", cid: entry.cid, text: entry.text }];
  }

  /** Shows what is next in order; one's own line is no longer pending then. */
  #show(line, now) {
    const effects = [];
    for (const ready of this.log.take(line)) {
      if (ready.from === this.you) this.outbox.remove(ready.cid);
      effects.push({ do: "line", line: ready });
      if (ready.kind === "event" && ready.text === "ended") effects.push(...this.#finish("ended", 4410));
    }
    if (line.seq <= this.log.shown && line.from === this.you) this.outbox.remove(line.cid);
    if (this.isOpen && this.log.shown - this.reported >= READ_REPORT) effects.push(this.#ping(now));
    // All that was sent is kept: the draft is what is in the box alone.
    if (this.outbox.isEmpty && this.drafted !== this.box) effects.push({ do: "keep-draft" });
    return [...effects, ...this.#flush(now)];
  }

  /** Nothing more will be kept: what is not known to be kept goes back to whoever wrote it. */
  #finish(state, code) {
    if (this.isOver) return [];
    this.link = state;
    // The end comes as a line after all that was kept; shown out, one cannot know of what was on its way.
    const codeOf = (entry) => (state === "ended" ? "closed" : entry.tries ? "unsure" : "forbidden");
    const failed = this.outbox.empty().map((entry) => ({ do: "failed", entry, code: codeOf(entry) }));
    return [...failed, { do: "status" }, { do: "over", state, code }];
  }
}
