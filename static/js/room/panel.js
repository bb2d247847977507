// What stands about the conversation: the strip above the box, the side panel, the report of a technical problem.
// It hears of new lines, and of who comes and goes, from the room and asks the server what to show.
import { startBeside } from "./panel_beside.js";
import { startProblem } from "./panel_problem.js";

const TELLING = /^(confidentiality|waiting)/;
const LATE_MS = 700;

/** How long until a moment, as m:ss; "0:00" once it is past. */
export function countdown(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Whether a line changes what the strip says: somebody came, or it belongs to the wait or to the question. */
export const isTelling = (line) => line.kind === "event" || TELLING.test(line.cid);

function startStrip(root, strip) {
  let ahead = Date.parse(root.dataset.now) - Date.now();
  let asked = 0;
  const refresh = () => globalThis.htmx?.trigger(strip, "refresh");
  const soon = () => { clearTimeout(asked); asked = setTimeout(refresh, LATE_MS); };

  function tick() {
    const now = Date.now() + ahead;
    for (const place of strip.querySelectorAll("[data-count-to]")) {
      const words = countdown(Date.parse(place.dataset.countTo) - now);
      if (place.textContent !== words) place.textContent = words;
    }
    const mark = strip.querySelector("[data-refresh-at]");
    if (!mark || Date.parse(mark.dataset.refreshAt) > now) return;
    mark.remove();
    refresh();
  }

  root.addEventListener("room:presence", soon);
  let welcomed = false;
  root.addEventListener("room:welcome", () => {
    if (welcomed) soon();
    welcomed = true;
  });
  root.addEventListener("room:line", ({ detail }) => isTelling(detail) && soon());
  setInterval(tick, 500);
  tick();
}

const root = globalThis.document?.querySelector("[data-room]");
if (root) {
  const strip = root.querySelector("[data-strip]");
  if (strip) startStrip(root, strip);
  startBeside(root);
  startProblem(root);
}
