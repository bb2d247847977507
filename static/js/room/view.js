// What the room looks like: lines, marks and words on the page. It knows nothing of the network.
import { eventWords, failureWords, linkWords, mistakenIn, presenceWords, stateWords } from "./words.js";
import { write } from "./written.js";

const CLOSE_TO_THE_END_PIXELS = 80;
const ONE_BREATH_MS = 3 * 60000;

export function element(page, tag, className, text = "") {
  const made = page.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

export class View {
  constructor(root, { names, you, zone }) {
    this.root = root;
    this.page = root.ownerDocument;
    this.names = names;
    this.you = you;
    this.at = (name) => root.querySelector(`[data-${name}]`);
    this.log = this.at("log");
    this.list = this.at("list");
    this.pendings = new Map();
    this.own = [];
    this.seenUpTo = 0;
    this.fresh = 0;
    this.last = null;
    this.clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "numeric", minute: "2-digit", hour12: true });
    this.day = new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "long", day: "numeric", month: "long" });
    this.stuck = true;
    this.newMark = element(this.page, "p", "talk__new", "New messages");
    this.log.addEventListener("scroll", () => (this.stuck && this.#resized() ? this.toEnd() : this.#scrolled()));
    // Whoever is at the end stays there: when the box grows, a mark appears, or the letters arrive late.
    const sized = new ResizeObserver(() => this.stuck && this.toEnd());
    for (const part of [this.log, this.list]) sized.observe(part);
    this.#startJump(this.at("jump"));
  }

  // --- lines -----------------------------------------------------------------------------------------

  /**
   * Shows lines that are kept for good, in their places: after all the others, before what is still pending. Many at
   * once cost one layout; whoever reads further up stays where they are.
   */
  lines(lines) {
    const wasAtEnd = this.stuck;
    const made = this.page.createDocumentFragment();
    for (const line of lines) this.#add(line, made);
    this.list.insertBefore(made, this.pendings.values().next().value ?? null);
    this.#marks();
    const fresh = lines.filter((line) => line.kind !== "event" && line.from !== this.you).length;
    if (wasAtEnd) this.toEnd();
    else if (fresh) this.#more(fresh);
  }

  #add(line, made) {
    const mine = line.from === this.you;
    if (mine) this.#settle(line.cid);
    this.#day(line.at, made);
    if (line.kind === "event") return this.#event(line, made);
    if (!this.stuck && !mine && !this.fresh && !this.newMark.parentNode) made.append(this.newMark);
    const item = this.#line(line, mine);
    made.append(item);
    if (mine) this.own.push({ seq: line.seq, item });
    return undefined;
  }

  #settle(cid) {
    this.pendings.get(cid)?.remove();
    this.pendings.delete(cid);
  }

  /** Shows one's own line whose keeping is not confirmed yet, or its new state. */
  pending(entry) {
    let item = this.pendings.get(entry.cid);
    if (!item) {
      item = this.#bubble(entry.text, true);
      item.classList.add("talk__line--pending");
      this.pendings.set(entry.cid, item);
      this.list.append(item);
      this.newMark.remove();
      this.toEnd();
    }
    if (item.dataset.state === entry.state) return;
    item.dataset.state = entry.state;
    item.querySelector("[data-state-words]").textContent = stateWords(entry.state);
  }

  /** A line was refused for good: it leaves the log, and the page says why. */
  failed(entry, code) {
    this.#settle(entry.cid);
    this.notice(`${failureWords(code)} The text is back in the box.`);
  }

  seen(seq) {
    this.seenUpTo = Math.max(this.seenUpTo, seq);
    this.#marks();
  }

  // --- words -------------------------------------------------------------------------------------------

  link(state) {
    const place = this.at("link");
    place.dataset.link = state;
    if (place.textContent !== linkWords(state)) place.textContent = linkWords(state);
  }

  /** Whether the other person is "here", or how they are away: "yet", "quiet", "left", "lost". */
  presence(state) {
    const place = this.at("presence");
    place.dataset.here = state === "here" ? "yes" : "no";
    place.dataset.away = state;
    place.replaceChildren(element(this.page, "span", "room__more", this.names.other), ` ${presenceWords(state)}`);
  }

  typing(isTyping) {
    const words = isTyping ? `${this.names.other} is typing` : "";
    const place = this.at("typing");
    if (place.textContent !== words) place.textContent = words;
  }

  time(words, phase) {
    const place = this.at("time");
    if (place.textContent !== words) place.textContent = words;
    place.dataset.phase = phase;
  }

  notice(text) {
    const place = this.at("notice");
    place.hidden = !text;
    place.textContent = text;
  }

  /** The time of day as the other pages write it: 7:05pm. */
  clockWords(when) {
    return this.clock.format(when).replace(/\s(?=[ap]m)/i, "");
  }

  /** Nothing more goes: the session has ended, or this person may not stay. What is in the box can be copied. */
  over(state, unsent) {
    if (state === "signed-out") {
      this.notice("You are signed out. What you were writing is kept. ");
      this.at("notice").append(Object.assign(element(this.page, "a", "", "Sign in again"), { href: "" }));
    }
    if (state !== "ended") return;
    this.time("", "over");
    this.typing(false);
    this.at("presence").textContent = "";
    if (unsent) this.#unsent();
    for (const part of this.root.querySelectorAll("[data-while-open]")) part.hidden = !unsent;
    for (const part of this.root.querySelectorAll("[data-when-over]")) part.hidden = false;
  }

  #unsent() {
    this.notice("The session has ended. What is in the box below was not sent. Copy it to ");
    const link = Object.assign(element(this.page, "a", "", "Messages"), { href: this.root.dataset.messages, target: "_blank" });
    link.append(element(this.page, "span", "nhsuk-u-visually-hidden", " (opens in a new tab)"));
    this.at("notice").append(link, ".");
  }

  // --- scrolling ---------------------------------------------------------------------------------------

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.#scrolled();
  }

  /** Scrolls the conversation by most of its height, for those whose hands are in the box. */
  pageBy(direction) {
    this.log.scrollTop += direction * this.log.clientHeight * 0.85;
  }

  /** A finger on the button does not take the keyboard away; whoever came to it by keyboard goes on in the log. */
  #startJump(jump) {
    jump.addEventListener("mousedown", (event) => event.preventDefault());
    jump.addEventListener("click", () => {
      const hadFocus = this.page.activeElement === jump;
      this.toEnd();
      if (hadFocus) this.log.focus({ preventScroll: true });
    });
  }

  /** Whether the room for the conversation, or its length, is another since it was last looked at. */
  #resized() {
    return this.log.scrollHeight !== this.measured?.scrollHeight || this.log.clientHeight !== this.measured.clientHeight;
  }

  /** A scroll that comes while the size changes is not the reader's: it says nothing about where they want to be. */
  #scrolled() {
    this.measured = { scrollHeight: this.log.scrollHeight, clientHeight: this.log.clientHeight };
    this.stuck = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < CLOSE_TO_THE_END_PIXELS;
    if (!this.stuck) return;
    this.fresh = 0;
    this.at("jump").hidden = true;
  }

  #more(count) {
    this.fresh += count;
    const jump = this.at("jump");
    jump.hidden = false;
    jump.textContent = this.fresh === 1 ? "1 new message" : `${this.fresh} new messages`;
  }

  // --- markup --------------------------------------------------------------------------------------------

  #day(at, made) {
    const words = this.day.format(new Date(at));
    if (words === this.lastDay) return;
    this.lastDay = words;
    this.last = null;
    made.append(element(this.page, "p", "talk__day", words));
  }

  #event(line, made) {
    const mistaken = mistakenIn(line.text);
    if (mistaken) return this.#mistaken(mistaken, made);
    this.last = null;
    const words = eventWords(line.text, this.names[line.from] ?? "");
    return made.append(element(this.page, "p", "talk__event", `${words} ${this.clockWords(new Date(line.at))}`));
  }

  /** A line was sent by mistake: it bears the mark, and a patient who was not to read it no longer does (ROOM-8). */
  #mistaken(seq, made) {
    const item = this.line(seq) ?? made.querySelector(`[data-seq="${seq}"]`);
    if (!item || item.classList.contains("talk__line--mistaken")) return;
    item.classList.add("talk__line--mistaken");
    item.querySelector(".talk__head").after(element(this.page, "p", "talk__mark", "Sent by mistake"));
    if (this.you !== "patient" || item.classList.contains("talk__line--own")) return;
    const body = item.querySelector(".talk__text");
    body.classList.add("talk__text--hidden");
    body.textContent = "This line was not meant for here.";
  }

  /** One's own newest line that is kept, or nothing. */
  get newest() {
    return this.own.at(-1)?.item;
  }

  line(seq) {
    return this.list.querySelector(`[data-seq="${seq}"]`);
  }

  /** One bubble; lines of one breath stand close together, and the name is shown on the first. */
  #line(line, mine) {
    const item = this.#bubble(line.text, mine);
    const when = new Date(line.at);
    const time = element(this.page, "time", "talk__at", this.clockWords(when));
    time.dateTime = line.at;
    item.querySelector(".talk__head").append(" ", time);
    const follows = this.last && this.last.from === line.from && when - this.last.when < ONE_BREATH_MS;
    item.classList.toggle("talk__line--follows", Boolean(follows));
    item.dataset.seq = line.seq;
    item.dataset.kind = line.kind;
    this.last = { from: line.from, when };
    return item;
  }

  #bubble(text, mine) {
    const item = element(this.page, "div", mine ? "talk__line talk__line--own" : "talk__line");
    const head = element(this.page, "p", "talk__head");
    head.append(element(this.page, "span", "talk__who", mine ? "You" : this.names.other));
    const body = element(this.page, "p", "talk__text");
    body.dir = "auto";
    write(body, text);
    item.append(head, body);
    if (mine) item.append(this.#state());
    return item;
  }

  #state() {
    const state = element(this.page, "p", "talk__state");
    const words = element(this.page, "span", "talk__state-words");
    words.dataset.stateWords = "";
    state.append(words);
    return state;
  }

  /**
   * The last of one's own lines says how far it has come, and so does the last that was seen. A line that was seen and
   * is neither will not change any more: it leaves the list, so that a long session costs no more than a short one.
   */
  #marks() {
    const lastSeen = this.own.findLast(({ seq }) => seq <= this.seenUpTo);
    const newest = this.own.at(-1);
    for (const entry of this.own) {
      const state = entry.seq <= this.seenUpTo ? "seen" : "sent";
      if (entry.item.dataset.state !== state) entry.item.querySelector("[data-state-words]").textContent = stateWords(state);
      entry.item.dataset.state = state;
      entry.item.classList.toggle("talk__line--last", entry === lastSeen || entry === newest);
    }
    this.own = this.own.filter((entry) => entry === lastSeen || entry.seq > this.seenUpTo);
  }
}
