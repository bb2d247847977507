const ESCAPES = 3;
const ESCAPES_WITHIN_MS = 3000;

/** True when the last three presses of Escape came within three seconds. */
export function isThirdEscape(times) {
  const last = times.slice(-ESCAPES);
  return last.length === ESCAPES && last.at(-1) - last[0] <= ESCAPES_WITHIN_MS;
}

/** Empties the page and goes to the neutral one, in place of this page in the tab's history. */
export function leave(page, view, url) {
  page.title = "";
  page.body.replaceChildren();
  view.location.replace(url);
}

/** The control "Leave this site", and Escape pressed three times. */
export function startLeaving(page, view, now = () => Date.now()) {
  const control = page.querySelector("[data-leave]");
  if (!control) return;
  const url = control.href;
  const escapes = [];
  control.addEventListener("click", (event) => {
    event.preventDefault();
    leave(page, view, url);
  });
  page.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    escapes.push(now());
    if (isThirdEscape(escapes)) leave(page, view, url);
  });
}
