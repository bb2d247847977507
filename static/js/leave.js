// "Leave this site": the page is emptied, the session ended, and the tab's history rid of us.
//
// A script may replace only the entry of the history that it stands on. So we step back to our first entry of
// this tab, there put one entry after it, which drops everything further on, step back again and replace the
// first by the neutral page. What remains is that one entry ahead, with a neutral title and an address that
// leads to the neutral page as well. The mark that a leave is under way travels in the window's name: it
// outlives each step, unlike anything stored, and no other site can read it.
const ESCAPES = 3;
const ESCAPES_WITHIN_MS = 3000;
const LEAVING = "leaving";
const WAIT_FOR_STEP_MS = 400;

/** True when the last three presses of Escape came within three seconds. */
export function isThirdEscape(times) {
  const last = times.slice(-ESCAPES);
  return last.length === ESCAPES && last.at(-1) - last[0] <= ESCAPES_WITHIN_MS;
}

/** Takes everything off the screen and the tab. */
export function clearPage(page, title) {
  page.title = title;
  page.body.replaceChildren();
}

/** Our first entry in this tab if it is not the present one; null where the browser cannot say. */
export function firstEntry(view) {
  const entry = view.navigation?.entries?.()[0];
  return entry && entry.index < view.navigation.currentEntry.index ? entry : null;
}

/** Ends the session without waiting for the answer. */
export function endSession(page, view) {
  const form = page.querySelector("form[data-sign-out]");
  if (form) view.navigator.sendBeacon(form.action, new view.FormData(form));
}

/** Drops what lies ahead in the history, then puts the neutral page in the place of this one. */
export function replaceByNeutral(view, { url, bridge }) {
  const go = () => view.location.replace(url);
  view.addEventListener("popstate", go, { once: true });
  view.history.pushState(null, "", bridge);
  view.history.back();
  view.setTimeout(go, WAIT_FOR_STEP_MS);
}

/** Leaves: at once if this is our first entry of the tab, otherwise by way of it. */
export function leave(page, view, target) {
  endSession(page, view);
  clearPage(page, target.title);
  const first = firstEntry(view);
  if (!first) return replaceByNeutral(view, target);
  view.name = LEAVING;
  const giveUp = () => replaceByNeutral(view, target);
  return view.navigation.traverseTo(first.key).finished.catch(giveUp);
}

/** Goes on with a leave that began on another page of this tab. Tells whether there was one. */
export function goOnLeaving(page, view, target) {
  if (view.name !== LEAVING) return false;
  view.name = "";
  clearPage(page, target.title);
  replaceByNeutral(view, target);
  return true;
}

/** The control "Leave this site", and Escape pressed three times. */
export function startLeaving(page, view, now = () => Date.now()) {
  const control = page.querySelector("[data-leave]");
  if (!control) return;
  const target = { url: control.href, title: control.dataset.title, bridge: control.dataset.bridge };
  if (goOnLeaving(page, view, target)) return;
  const escapes = [];
  control.addEventListener("click", (event) => {
    event.preventDefault();
    leave(page, view, target);
  });
  page.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    escapes.push(now());
    if (isThirdEscape(escapes)) leave(page, view, target);
  });
}
