// The open conversation: shows what is new without a reload, and says what has been on screen.
import { onBell } from "./bell.js";
import { oneAtATime } from "./refresher.js";

const POLL_MS = 10000;
const AT_THE_END_PIXELS = 200;

function markSeen(list, ref) {
  list.querySelectorAll(".app-talk__seen").forEach((mark) => mark.remove());
  const item = ref && list.querySelector(`[data-message="${CSS.escape(ref)}"]`);
  if (!item) return;
  const mark = document.createElement("p");
  mark.className = "app-talk__seen";
  mark.textContent = "Read";
  item.append(mark);
}

function nearTheEnd() {
  const page = document.documentElement;
  return page.scrollHeight - window.innerHeight - window.scrollY < AT_THE_END_PIXELS;
}

function announce(count) {
  const place = document.getElementById("announcements");
  if (place) place.textContent = count === 1 ? "A new message has arrived." : `${count} new messages have arrived.`;
}

/** Adds what came after the last message shown. */
function refresher(talk, list, shown) {
  return oneAtATime(async () => {
    const last = [...list.querySelectorAll("[data-message]")].pop();
    const query = last ? `?after=${last.dataset.message}` : "";
    const answer = await fetch(talk.dataset.newer + query, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) return;
    const before = list.querySelectorAll("[data-theirs]").length;
    const atTheEnd = nearTheEnd();
    list.insertAdjacentHTML("beforeend", await answer.text());
    markSeen(list, answer.headers.get("X-Seen-Up-To"));
    const arrived = list.querySelectorAll("[data-theirs]").length - before;
    if (list.querySelector("[data-message]")) talk.querySelector("[data-talk-empty]")?.remove();
    if (arrived > 0) announce(arrived);
    if (arrived > 0 && atTheEnd) list.lastElementChild.scrollIntoView({ block: "nearest" });
    shown();
  });
}

/** How far somebody has read: the last message up to which each one has been on screen, or -1. */
export function readUpTo(order, seen) {
  let last = -1;
  while (last + 1 < order.length && seen.has(order[last + 1])) last += 1;
  return last;
}

/** Half of it, or half of the window where it is longer than that. */
function wasOnScreen(entry) {
  const half = Math.min(entry.boundingClientRect.height, window.innerHeight) / 2;
  return entry.isIntersecting && entry.intersectionRect.height >= half;
}

/** Tells the server once how far the other side's messages have been on screen, in a page that somebody looks at. */
function reader(talk, list) {
  const theirs = () => [...list.querySelectorAll("[data-theirs]")];
  const firstUnread = list.querySelector("#new");
  const stoodAbove = (item) => !firstUnread || firstUnread.compareDocumentPosition(item) & Node.DOCUMENT_POSITION_PRECEDING;
  const seen = new Set(theirs().filter(stoodAbove));
  let told = readUpTo(theirs(), seen);

  async function tell() {
    const items = theirs();
    const upTo = readUpTo(items, seen);
    if (document.visibilityState !== "visible" || upTo <= told || "unreadEarlier" in talk.dataset) return;
    told = upTo;
    const token = talk.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    const body = new URLSearchParams({ up_to: items[upTo].dataset.message, csrfmiddlewaretoken: token });
    const answer = await fetch(talk.dataset.read, { method: "POST", body }).catch(() => null);
    if (!answer?.ok) told = Math.min(told, upTo - 1);
  }

  const observer = new IntersectionObserver((entries) => {
    if (document.visibilityState !== "visible") return;
    for (const entry of entries) if (wasOnScreen(entry)) seen.add(entry.target);
    tell();
  }, { threshold: [0, 0.25, 0.5, 0.75, 1] });

  /** What came on screen while the tab lay behind others is looked at again. */
  function watch() {
    for (const item of theirs()) {
      observer.unobserve(item);
      observer.observe(item);
    }
  }

  document.addEventListener("visibilitychange", watch);
  return watch;
}

/** Counts down to the sending of a message that can still be taken back, and then sends it for good. */
function startHeld(held) {
  const form = held.querySelector("[data-send-now]");
  const words = held.querySelector("[data-countdown]");
  const until = Date.now() + Math.max(0, Number(held.dataset.seconds ?? 10) * 1000);

  function count() {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left > 0) words.textContent = `It will be sent in ${left} second${left === 1 ? "" : "s"}.`;
    else finish();
  }

  async function finish() {
    clearInterval(timer);
    words.textContent = "Sending";
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" }).catch(() => null);
    if (answer && (answer.type === "opaqueredirect" || answer.ok || answer.status === 404)) held.remove();
    else words.textContent = "It will be sent as soon as you are connected again.";
  }

  const timer = setInterval(count, 500);
  words.removeAttribute("role");
}

/** The first unread message, or else the end of the talk with the place to write; a talk not begun is read from the top. */
function showWhereToBegin() {
  const unread = document.getElementById("new");
  if (!document.querySelector("[data-message]")) return;
  if (unread) unread.scrollIntoView({ block: "start" });
  else document.getElementById("composer")?.scrollIntoView({ block: "end" });
}

export function startConversation(talk) {
  const list = talk.querySelector("[data-talk-list]");
  const shown = talk.dataset.read ? reader(talk, list) : () => {};
  shown();
  const hold = talk.querySelector("[name=hold]");
  if (hold) hold.value = "yes";
  if (list.hasAttribute("data-old")) return;
  if (!location.hash) showWhereToBegin();
  const refresh = refresher(talk, list, shown);
  talk.querySelectorAll("[data-held]").forEach(startHeld);
  const socket = onBell(refresh);
  setInterval(() => socket.open || refresh(), POLL_MS);
}

const talk = globalThis.document?.querySelector("[data-talk]");
if (talk) startConversation(talk);
