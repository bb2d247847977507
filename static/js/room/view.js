// What the room looks like: lines, marks and words on the page. It knows nothing of the network.
import { eventWords, failureWords, linkWords, parts, stateWords } from "./words.js";

const CLOSE_TO_THE_END_PIXELS = 80;
const ONE_BREATH_MS = 3 * 60000;

function element(page, tag, className, text = "") {
  const made = page.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

export class View {
  constructor(root, { names, zone }) {
    this.root = root;
    this.page = root.ownerDocument;
    this.names = names;
    this.at = (name) => root.querySelector(`[data-${name}]`);
    this.log = this.at("log");
    this.pendings = new Map();
    this.own = [];
    this.seenUpTo = 0;
    this.fresh = 0;
    this.last = null;
    this.clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "numeric", minute: "2-digit", hour12: true });
    this.day = new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "long", day: "numeric", month: "long" });
    this.stuck = true;
    this.log.addEventListener("scroll", () => this.#scrolled());
    new ResizeObserver(() => this.stuck && this.toEnd()).observe(this.log);
    this.at("jump").addEventListener("click", () => this.toEnd());
  }

  // --- lines -----------------------------------------------------------------------------------------

  /** Shows a line that is kept for good, in its place: after all the others, before what is still pending. */
  line(line, you) {
    const mine = line.from === you;
    const atEnd = this.isAtEnd;
    const pending = mine ? this.pendings.get(line.cid) : null;
    this.pendings.delete(line.cid);
    pending?.remove();
    this.#day(line.at);
    const item = line.kind === "event" ? this.#event(line) : this.#line(line, mine);
    this.#place(item);
    if (mine && line.kind !== "event") this.own.push({ seq: line.seq, item });
    this.#marks();
    if (atEnd || mine) this.toEnd();
    else this.#more();
  }

  /** Shows one's own line whose keeping is not confirmed yet, or its new state. */
  pending(entry) {
    let item = this.pendings.get(entry.cid);
    if (!item) {
      item = this.#bubble(entry.text, true);
      item.classList.add("talk__line--pending");
      this.pendings.set(entry.cid, item);
      this.log.append(item);
      this.toEnd();
    }
    item.dataset.state = entry.state;
    item.querySelector(".talk__state").textContent = stateWords(entry.state);
    this.#marks();
  }

  /** A line was refused for good: it leaves the log, and the page says why. */
  failed(entry, code) {
    this.pendings.get(entry.cid)?.remove();
    this.pendings.delete(entry.cid);
    this.notice(`Your last message was not sent. ${failureWords(code)} The text is back in the box.`);
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

  presence(here) {
    const place = this.at("presence");
    place.dataset.here = here ? "yes" : "no";
    place.textContent = here ? `${this.names.other} is here` : `${this.names.other} is not here`;
  }

  typing(isTyping) {
    this.at("typing").textContent = isTyping ? `${this.names.other} is typing` : "";
  }

  time(words, isShort) {
    const place = this.at("time");
    if (place.textContent !== words) place.textContent = words;
    place.classList.toggle("room__time--short", isShort);
  }

  notice(text) {
    const place = this.at("notice");
    place.hidden = !text;
    place.textContent = text;
  }

  /** The log speaks only once the past is on the page: nobody wants the whole session read out again. */
  speak() {
    this.log.setAttribute("aria-live", "polite");
  }

  /** Nothing more goes: the session has ended, or this person may not stay. What is in the box can be copied. */
  over(state, unsent) {
    if (state === "signed-out") {
      this.notice("You are signed out. What you were writing is kept. ");
      const again = Object.assign(element(this.page, "a", "", "Sign in again"), { href: "" });
      this.at("notice").append(again);
    }
    if (state !== "ended") return;
    this.time("", false);
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

  get isAtEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < CLOSE_TO_THE_END_PIXELS;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.#scrolled();
  }

  #scrolled() {
    this.stuck = this.isAtEnd;
    if (!this.stuck) return;
    this.fresh = 0;
    this.at("jump").hidden = true;
  }

  #more() {
    this.fresh += 1;
    const jump = this.at("jump");
    jump.hidden = false;
    jump.textContent = this.fresh === 1 ? "1 new message" : `${this.fresh} new messages`;
  }

  // --- markup --------------------------------------------------------------------------------------------

  /** The time of day as the other pages write it: 7:05pm. */
  #clock(when) {
    return this.clock.format(when).replace(/\s(?=[ap]m)/i, "");
  }

  #place(item) {
    const firstPending = this.pendings.values().next().value;
    this.log.insertBefore(item, firstPending ?? null);
  }

  #day(at) {
    const words = this.day.format(new Date(at));
    if (words === this.lastDay) return;
    this.lastDay = words;
    this.last = null;
    this.#place(element(this.page, "p", "talk__day", words));
  }

  #event(line) {
    this.last = null;
    const words = eventWords(line.text, this.names[line.from] ?? "");
    return element(this.page, "p", "talk__event", `${words} ${this.#clock(new Date(line.at))}`);
  }

  /** One bubble; lines of one breath stand close together, and the name is shown on the first. */
  #line(line, mine) {
    const item = this.#bubble(line.text, mine);
    const when = new Date(line.at);
    const time = element(this.page, "time", "talk__at", this.#clock(when));
    time.dateTime = line.at;
    item.querySelector(".talk__head").append(" ", time);
    const follows = this.last && this.last.from === line.from && when - this.last.when < ONE_BREATH_MS;
    item.classList.toggle("talk__line--follows", Boolean(follows));
    item.dataset.seq = line.seq;
    this.last = { from: line.from, when };
    return item;
  }

  #bubble(text, mine) {
    const item = element(this.page, "div", mine ? "talk__line talk__line--own" : "talk__line");
    const head = element(this.page, "p", "talk__head");
    head.append(element(this.page, "span", "talk__who", mine ? "You" : this.names.other));
    const body = element(this.page, "p", "talk__text");
    body.dir = "auto";
    for (const part of parts(text)) body.append(part.href ? this.#anchor(part) : part.text);
    item.append(head, body);
    if (mine) item.append(element(this.page, "p", "talk__state"));
    return item;
  }

  #anchor({ text, href }) {
    const anchor = element(this.page, "a", "", text);
    Object.assign(anchor, { href, target: "_blank", rel: "noopener noreferrer nofollow" });
    return anchor;
  }

  /** The last of one's own lines says how far it has come; a pending one always says so. */
  #marks() {
    this.own.forEach(({ seq, item }, place) => {
      const state = seq <= this.seenUpTo ? "seen" : "sent";
      const isLast = place === this.own.length - 1 || (state === "seen" && this.own[place + 1].seq > this.seenUpTo);
      if (item.dataset.state !== state) item.querySelector(".talk__state").textContent = stateWords(state);
      item.dataset.state = state;
      item.classList.toggle("talk__line--last", isLast);
    });
  }
}
