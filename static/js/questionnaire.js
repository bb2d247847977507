// A questionnaire saves each answer the moment it is given, tries again while the line is down, and counts.
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30000;
// Locked, too many at once, or from a page that is older than the sign-in, of which idle.js takes care.
const STALE = 403;
const AGAIN = new Set([423, 429, STALE]);

/** How long to wait before try number n (from 0): doubling from a second to half a minute. */
export function waitBefore(tries) {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries);
}

/** "4 of 9 answered" */
export function progressSentence(answered, of) {
  return `${answered} of ${of} answered`;
}

/** The number of an item's field: 9 for "item_9". */
export function itemOf(name) {
  return Number(name.replace("item_", ""));
}

/**
 * Sends the newest answer to each item until it is kept, one after the other.
 * `send(item, value)` resolves to "kept", "refused" or "later"; `tell(state)` hears "saving", "saved", "waiting", "refused".
 */
export class Keeper {
  constructor(send, tell, sleep = (ms) => new Promise((done) => setTimeout(done, ms))) {
    this.send = send;
    this.tell = tell;
    this.sleep = sleep;
    this.unsaved = new Map();
    this.busy = false;
  }

  keep(item, value) {
    this.unsaved.set(item, value);
    if (!this.busy) return this.work();
    return undefined;
  }

  /** Leaves the rest to the form, which is being sent with every answer. */
  stop() {
    this.unsaved.clear();
  }

  /** The page is left: sends all that is not known to be kept, without waiting for one after the other. */
  leave() {
    for (const [item, value] of this.unsaved) this.send(item, value);
  }

  async work() {
    this.busy = true;
    let tries = 0;
    let outcome = "kept";
    while (this.unsaved.size) {
      const [item, value] = this.unsaved.entries().next().value;
      this.tell("saving");
      outcome = await this.send(item, value);
      if (outcome === "later") {
        this.tell("waiting");
        await this.sleep(waitBefore(tries++));
        continue;
      }
      tries = 0;
      if (this.unsaved.get(item) === value) this.unsaved.delete(item);
    }
    this.busy = false;
    this.tell(outcome === "refused" ? "refused" : "saved");
  }
}

const WORDS = {
  saving: "Saving",
  saved: "Saved",
  waiting: "Not saved yet. We keep trying.",
  refused: "This could not be saved. Load the page again.",
};

/** Takes away what was said about a question that now has its answer, in its group and in the summary. */
export function forgive(root, radio) {
  const group = radio.closest(".nhsuk-form-group");
  group?.classList.remove("nhsuk-form-group--error");
  for (const words of group?.querySelectorAll(".nhsuk-error-message") ?? []) words.remove();
  const summary = root.querySelector("[data-error-summary]");
  for (const link of summary?.querySelectorAll("a") ?? []) {
    if (group?.querySelector(link.getAttribute("href"))) link.closest("li").remove();
  }
  if (summary && !summary.querySelector("li")) summary.remove();
}

async function post(url, token, item, value) {
  const body = new URLSearchParams({ item, value, csrfmiddlewaretoken: token });
  try {
    const answer = await fetch(url, { method: "POST", body, redirect: "manual", keepalive: true });
    if (answer.ok) return "kept";
    if (answer.status === STALE) dispatchEvent(new Event("stale"));
    return answer.status >= 500 || AGAIN.has(answer.status) ? "later" : "refused";
  } catch {
    return "later";
  }
}

/** Wires the form that carries `data-questionnaire`, the address that takes one answer. */
export function startQuestionnaire(root) {
  const form = root.querySelector("[data-questionnaire]");
  if (!form) return;
  const field = form.querySelector("[name=csrfmiddlewaretoken]");
  const saved = form.querySelector("[data-saved]");
  const progress = form.querySelector("[data-progress]");
  const names = new Set([...form.querySelectorAll("input[type=radio]")].map((radio) => radio.name));
  const count = () => form.querySelectorAll("input[type=radio]:checked").length;
  const keeper = new Keeper(
    (item, value) => post(form.dataset.questionnaire, field.value, item, value),
    (state) => { saved.textContent = WORDS[state]; },
  );
  form.addEventListener("submit", () => keeper.stop());
  addEventListener("pagehide", () => keeper.leave());
  form.addEventListener("change", (event) => {
    if (event.target.type !== "radio") return;
    forgive(root, event.target);
    progress.textContent = progressSentence(count(), names.size);
    keeper.keep(itemOf(event.target.name), event.target.value);
  });
}

if (typeof document !== "undefined") startQuestionnaire(document);
