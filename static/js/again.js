// What htmx asks for while the service is away: what only reads is asked for again until it comes; what writes is told
// in words beside it, for only the reader knows whether to press again.
import { waitBefore } from "./live.js";

const WORDS = "We could not reach the service just now. Nothing on this page is lost. Please try again in a moment.";
const AWAY = [0, 502, 503, 504];
// The page is older than the sign-in; idle.js sees to it that a second press is heard.
const STALE = 403;

/** Watches every htmx request of the page; `view` is the window. */
export function startAgain(root, view) {
  // By the place that an answer fills: whatever else came there since is not overwritten by what was wished before.
  const waiting = new WeakMap();

  function repeat(element, { requestConfig, target }) {
    const last = waiting.get(target);
    const attempt = last?.element === element ? last.attempt + 1 : 0;
    const ask = () => {
      // A refusal of this promise is told by the same events as the first one.
      if (element.isConnected) view.htmx.ajax("GET", requestConfig.path, { source: element, target }).catch(() => {});
    };
    view.clearTimeout(last?.timer);
    waiting.set(target, { element, attempt, timer: view.setTimeout(ask, waitBefore(attempt)) });
  }

  function failed({ detail }) {
    const element = detail.requestConfig.elt;
    const status = detail.xhr.status;
    if (!element.isConnected || (status > 0 && status < 500 && status !== STALE)) return;
    if (detail.requestConfig.verb === "get" && AWAY.includes(status)) repeat(element, detail);
    else tell(element);
  }

  function came({ detail }) {
    if (!detail.successful) return;
    const element = detail.requestConfig.elt;
    view.clearTimeout(waiting.get(detail.target)?.timer);
    waiting.delete(detail.target);
    told(element)?.remove();
  }

  for (const kind of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) root.addEventListener(kind, failed);
  root.addEventListener("htmx:afterRequest", came);
}

/** What was said beside an element, or null. */
const told = (element) => (element.nextElementSibling?.matches("[data-away]") ? element.nextElementSibling : null);

function tell(element) {
  told(element)?.remove();
  const words = element.ownerDocument.createElement("p");
  words.className = "nhsuk-error-message";
  words.setAttribute("role", "alert");
  words.dataset.away = "";
  words.textContent = WORDS;
  element.after(words);
}
