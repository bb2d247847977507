// The open conversation: shows what is new without a reload, and says what has been on screen.
import { listen } from "./live.js";

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

/** Adds what came after the last message shown. One request at a time; a ring meanwhile asks once more. */
function refresher(talk, list, shown) {
  let running = false;
  let again = false;

  async function refresh() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      await fetchNewer();
    } catch {
      // The network is away: the next ring or poll asks again.
    } finally {
      running = false;
    }
    if (again) {
      again = false;
      refresh();
    }
  }

  async function fetchNewer() {
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
  }

  return refresh;
}

/** Tells the server once how far the other side's messages have been on screen, in a page that somebody looks at. */
function reader(talk, list) {
  const order = () => [...list.querySelectorAll("[data-theirs]")];
  let furthest = -1;
  let told = -1;

  async function tell() {
    if (document.visibilityState !== "visible" || furthest <= told) return;
    const upTo = furthest;
    told = upTo;
    const token = talk.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    const body = new URLSearchParams({ up_to: order()[upTo].dataset.message, csrfmiddlewaretoken: token });
    const answer = await fetch(talk.dataset.read, { method: "POST", body }).catch(() => null);
    if (!answer?.ok) told = Math.min(told, upTo - 1);
  }

  const observer = new IntersectionObserver((entries) => {
    const items = order();
    for (const entry of entries) {
      if (entry.isIntersecting) furthest = Math.max(furthest, items.indexOf(entry.target));
    }
    tell();
  });
  document.addEventListener("visibilitychange", tell);
  return () => order().forEach((item) => observer.observe(item));
}

/** The first unread message, or else the end of the talk with the place to write. */
function showWhereToBegin() {
  const unread = document.getElementById("new");
  if (unread) unread.scrollIntoView({ block: "start" });
  else document.getElementById("composer")?.scrollIntoView({ block: "end" });
}

export function startConversation(talk) {
  const list = talk.querySelector("[data-talk-list]");
  const shown = talk.dataset.read ? reader(talk, list) : () => {};
  shown();
  if (list.hasAttribute("data-old")) return;
  if (!location.hash) showWhereToBegin();
  const refresh = refresher(talk, list, shown);
  const socket = listen(window, "/ws/me/", refresh);
  setInterval(() => socket.open || refresh(), POLL_MS);
}

const talk = document.querySelector("[data-talk]");
if (talk) startConversation(talk);
