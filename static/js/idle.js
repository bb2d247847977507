// The idle lock (ACC-3). The server judges when a sign-in is locked; this page says when somebody touches it, asks
// "still there?" shortly before, and covers itself. What was typed stays in the page beneath the cover.

const REPORT_MS = 20000;
const LOOK_MS = 1000;
const ASK_AGAIN_MS = 5000;
const TOUCHES = ["keydown", "pointerdown", "wheel", "touchmove"];
const LOCKED = 423;
// A script was refused for the token of its page: the server gives another one with its answer.
const STALE = 403;
// Until the server has said otherwise.
const ASK_SECONDS = 60;
// The server ends a sign-in a little sooner than a page that was on its way to the reader thinks.
const END_SLACK_SECONDS = 60;
const NO_CONNECTION = "The connection is lost. What you typed is still here. Trying again.";

/** How long is left, in words that need not change every second: "in 2 minutes", "in 40 seconds", "now". */
export function leftInWords(seconds) {
  if (seconds <= 0) return "now";
  if (seconds > 90) return `in ${Math.round(seconds / 60)} minutes`;
  if (seconds > 50) return "in 1 minute";
  return `in ${Math.max(10, Math.ceil(seconds / 10) * 10)} seconds`;
}

/**
 * The time that has passed since the server was asked. A phone that slept stops one clock, somebody who sets the time
 * moves the other: the larger step counts, and the server is asked before anything is believed.
 */
export function passed(since, now) {
  return Math.max(0, now.steady - since.steady, now.wall - since.wall) / 1000;
}

/** What a page should be, from what the server last said ({ left, ask } in seconds) and what has passed since. */
export function phase({ left, ask }, gone) {
  if (gone >= left) return "locked";
  return gone >= left - ask ? "asking" : "open";
}

/** Whether a sign-in is over because its time is, and not because somebody signed out. */
export function hasRunOut({ ends }, gone) {
  return gone + END_SLACK_SECONDS >= ends;
}

/** Gives a page that is older than the sign-in what its forms and scripts must show to be heard. */
export function renew(page, token) {
  for (const field of page.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
  for (const place of page.querySelectorAll("[data-token]")) place.dataset.token = token;
  if (page.body.hasAttribute("hx-headers")) page.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
}

export function startIdle(page, view) {
  const place = page.querySelector("[data-idle]");
  if (!place) return null;
  const still = page.querySelector("[data-still]");
  const cover = page.querySelector("[data-lock]");
  const form = cover.querySelector("[data-lock-form]");
  const status = cover.querySelector("[data-lock-status]");
  const other = typeof view.BroadcastChannel === "function" ? new view.BroadcastChannel("lock") : null;
  const clocks = () => ({ steady: view.performance.now(), wall: view.Date.now() });
  // A page that was opened just now has all its time; before anything is said or covered for good, the server is asked.
  let told = { left: Number(place.dataset.left) || Infinity, ask: ASK_SECONDS, ends: Number(place.dataset.ends) || Infinity };
  let since = clocks();
  let reported = -Infinity;
  let touched = false;
  let asking = null;
  let asked = -Infinity;
  let covered = false;
  // "Lock now" was pressed, and the server has not said yet that it is locked.
  let wanted = false;
  // The time of the sign-in is over: what was typed waits beneath the cover until the same person signs in anew.
  let ended = false;
  let before = null;

  async function call(method, url, body) {
    const headers = { Accept: "application/json", "X-CSRFToken": place.dataset.token };
    const answer = await view.fetch(url, { method, headers, body, cache: "no-store" });
    if (answer.redirected) return over();
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    return believe(await answer.json());
  }

  /** Takes what the server says for the truth. Where another person is signed in by now, this page is gone for good. */
  function believe(state) {
    if (String(state.who) !== place.dataset.who) return view.location.reload();
    told = state;
    since = clocks();
    ended = false;
    showEnd();
    renew(page, state.token);
    if (state.locked) heard();
    else if (covered && !wanted) unlock();
    look();
    return state;
  }

  /** Nobody is signed in here any more. Who has signed out leaves nothing behind; at the end of the time all waits. */
  function over() {
    if (!hasRunOut(told, passed(since, clocks()))) return view.location.reload();
    ended = true;
    lock();
    showEnd();
    return null;
  }

  function showEnd() {
    for (const part of cover.querySelectorAll("[data-lock-locked]")) part.hidden = ended;
    cover.querySelector("[data-lock-ended]").hidden = !ended;
    cover.querySelector("[data-lock-title]").textContent = ended ? "You have been signed out" : "This page is locked";
    if (ended) status.textContent = "";
    if (ended) form.replaceChildren();
  }

  /** Asks the server how things stand, one question at a time. */
  function ask() {
    asked = view.performance.now();
    asking ??= call(wanted ? "POST" : "GET", place.dataset.state).catch(unheard).finally(() => { asking = null; });
    return asking;
  }

  function unheard() {
    if (covered && !form.childElementCount) status.textContent = NO_CONNECTION;
    return null;
  }

  /** The server says that it is locked. */
  function heard() {
    if (covered && wanted) {
      other?.postMessage("locked");
      fill();
    }
    wanted = false;
    lock();
  }

  function report() {
    touched = false;
    reported = view.performance.now();
    call("POST", place.dataset.stillHere).catch(() => {});
  }

  /** Somebody is here. Said at once, then at most every 20 seconds. */
  function touch() {
    if (covered) return;
    touched = true;
    if (still.open || view.performance.now() - reported > REPORT_MS) report();
    if (still.open) still.close();
  }

  /** Once a second: is it time to ask, or to lock? The server is asked first; without an answer the page locks. */
  async function look() {
    if (covered) {
      if (!ended && view.performance.now() - asked > ASK_AGAIN_MS) ask();
      return;
    }
    if (touched && view.performance.now() - reported > REPORT_MS) report();
    const now = phase(told, passed(since, clocks()));
    if (now === "open") {
      if (still.open) still.close();
    } else if (now === "locked") {
      lock();
      ask();
    } else {
      if (!still.open && view.performance.now() - asked > ASK_AGAIN_MS) await ask();
      showQuestion();
    }
  }

  function showQuestion() {
    const gone = passed(since, clocks());
    if (covered || phase(told, gone) !== "asking") return;
    const words = leftInWords(told.left - gone);
    const left = still.querySelector("[data-still-left]");
    if (left.textContent !== words) left.textContent = words;
    if (!still.open) still.showModal();
  }

  function lock() {
    if (covered) return;
    covered = true;
    before = { title: page.title, focus: page.activeElement };
    if (still.open) still.close();
    page.documentElement.dataset.locked = "";
    page.title = "Locked";
    cover.showModal();
    cover.querySelector("[data-lock-title]").focus();
    other?.postMessage("locked");
    if (!wanted && !ended) fill();
  }

  function unlock() {
    covered = false;
    delete page.documentElement.dataset.locked;
    cover.close();
    form.replaceChildren();
    status.textContent = "";
    page.title = before.title;
    before.focus?.focus?.({ preventScroll: true });
    other?.postMessage("unlocked");
    // What waits for the connection (the room, a draft, the bell) goes on at once.
    view.dispatchEvent(new view.Event("unlocked"));
    view.dispatchEvent(new view.Event("online"));
  }

  function show(html) {
    form.replaceChildren(...new view.DOMParser().parseFromString(html, "text/html").body.childNodes);
  }

  async function take(answer) {
    if (answer.redirected) return over();
    if ((answer.headers.get("Content-Type") ?? "").startsWith("application/json")) return believe(await answer.json());
    show(await answer.text());
    status.textContent = "";
    const wrong = form.querySelector("[aria-invalid=true], .nhsuk-input--error");
    (wrong ?? form.querySelector("input:not([type=hidden])"))?.focus();
    return null;
  }

  async function knock(options) {
    const headers = { "HX-Request": "true", "X-CSRFToken": place.dataset.token };
    try {
      await take(await view.fetch(place.dataset.unlocking, { headers, cache: "no-store", ...options }));
    } catch {
      status.textContent = NO_CONNECTION;
      if (!form.childElementCount) view.setTimeout(() => covered && fill(), ASK_AGAIN_MS);
    }
  }

  const fill = () => knock({});

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    knock({ method: "POST", body: new view.FormData(event.target) });
  });
  cover.addEventListener("cancel", (event) => event.preventDefault());
  cover.addEventListener("close", () => covered && cover.showModal());
  cover.querySelector("[data-lock-leave]")?.addEventListener("click", (event) => {
    event.preventDefault();
    page.querySelector("[data-leave]")?.click();
  });
  still.querySelector("[data-still-lock]").addEventListener("click", () => {
    wanted = true;
    still.close();
    lock();
    Promise.resolve(asking).finally(ask);
  });
  still.addEventListener("pointerdown", (event) => event.target.closest("[data-still-lock]") && event.stopPropagation());
  still.addEventListener("keydown", (event) => event.target.closest("[data-still-lock]") && event.stopPropagation());
  still.querySelector("[data-still-yes]").addEventListener("click", touch);
  for (const kind of TOUCHES) page.addEventListener(kind, (event) => event.isTrusted && touch(), { passive: true });
  for (const kind of ["locked", "stale"]) view.addEventListener(kind, ask);
  page.addEventListener("htmx:responseError", (event) => [LOCKED, STALE].includes(event.detail?.xhr?.status) && ask());
  if (other) other.onmessage = (event) => (event.data === "locked" ? lock() : covered && ask());
  // A page that came is open: whoever waits beneath a cover in another tab may look again.
  other?.postMessage("open");
  page.addEventListener("visibilitychange", () => page.visibilityState === "visible" && wake());
  view.addEventListener("pageshow", (event) => event.persisted && wake());
  view.addEventListener("focus", wake);

  /** Back from sleep, from another window: what may be locked is covered before anybody reads it, then asked about. */
  function wake() {
    if (phase(told, passed(since, clocks())) === "locked") lock();
    if (view.performance.now() - asked > LOOK_MS) ask();
  }

  view.setInterval(look, LOOK_MS);
  return { ask, look, lock };
}

if (typeof document !== "undefined") startIdle(document, window);
