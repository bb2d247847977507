// A technical problem is told to the office with what this page saw of its connection: states and times, no word more.

const LONGEST = 200;

export class Trace {
  constructor() {
    this.entries = [];
  }

  add(state, when = new Date()) {
    if (!state || this.entries.at(-1)?.state === state) return;
    this.entries.push({ at: when.toISOString().slice(0, 19).replace("T", " "), state });
    if (this.entries.length > LONGEST) this.entries.shift();
  }
}

async function tell(panel, words, trace) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": panel.dataset.token };
  try {
    const answer = await fetch(panel.dataset.report, { method: "POST", headers, body: JSON.stringify({ words, trace }), cache: "no-store", signal: AbortSignal.timeout(8000) });
    return answer.ok && !answer.redirected;
  } catch {
    return false;
  }
}

/** Keeps the trace and opens the panel; without one nothing happens. */
export function startProblem(root) {
  const panel = root.querySelector("[data-problem-panel]");
  if (!panel) return;
  const trace = new Trace();
  const link = root.querySelector("[data-link]");
  const look = () => trace.add(link.dataset.link);
  new MutationObserver(look).observe(link, { attributes: true, attributeFilter: ["data-link"] });
  look();
  for (const name of ["online", "offline"]) addEventListener(name, () => trace.add(`device ${name}`));
  document.addEventListener("visibilitychange", () => trace.add(`page ${document.visibilityState}`));
  for (const button of root.querySelectorAll("[data-problem]")) button.addEventListener("click", () => panel.showModal());
  const said = panel.querySelector("[data-problem-said]");
  const area = panel.querySelector("textarea");
  const send = panel.querySelector("[data-problem-send]");
  send.addEventListener("click", async () => {
    send.disabled = true;
    said.textContent = "Telling the office…";
    const told = await tell(panel, area.value, trace.entries);
    said.textContent = told ? "The office knows now. Somebody will look at it." : "That did not get through. Please ring us: the number stands above.";
    if (told) area.value = "";
    send.disabled = false;
  });
}
