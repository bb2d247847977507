// What one owes, kept up to date in every open tab: asked for again when something has changed, and once a minute, since
// the time that is left runs on.
import { onBell } from "./bell.js";
import { oneAtATime } from "./refresher.js";

const EVERY_MS = 60000;

/** How many things are to be done in a list of tasks; a row without a way on is a sentence. */
export function countOf(place) {
  return place.querySelectorAll(".app-tasks__item a").length;
}

/** What is said aloud when the number has changed; nothing where it has not. */
export function wordsFor(before, after) {
  if (before === after) return "";
  if (after === 0) return "Nothing is left to do.";
  return after < before ? `Done. ${after} left to do.` : `Something new to do. ${after} in all.`;
}

/** Puts the new list in place of the old one and leaves the focus on the link it was on, or else on the heading. */
export function replaceList(place, html) {
  const document = place.ownerDocument;
  const held = place.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const before = countOf(place);
  place.replaceChildren(...new document.defaultView.DOMParser().parseFromString(html, "text/html").body.childNodes);
  if (held !== null) {
    const same = [...place.querySelectorAll("a")].find((link) => link.getAttribute("href") === held);
    const heading = place.querySelector("h2");
    if (!same && heading) heading.tabIndex = -1;
    (same ?? heading)?.focus();
  }
  return wordsFor(before, countOf(place));
}

export function startTasks(place, view) {
  const refresh = oneAtATime(async () => {
    const answer = await view.fetch(place.dataset.tasks, { headers: { "HX-Request": "true" } });
    if (answer.ok && !answer.redirected) show(await answer.text());
  });

  function show(html) {
    const words = replaceList(place, html);
    const aloud = view.document.getElementById("announcements");
    if (words && aloud) aloud.textContent = words;
  }

  onBell(refresh, view);
  view.setInterval(refresh, EVERY_MS);
}

if (typeof document !== "undefined") {
  const place = document.querySelector("[data-tasks]");
  if (place) startTasks(place, window);
}
