// Says what works and what does not. It needs nothing of the service but an answer, and no answer is an answer too.
const EVERY_MS = 15000;
const PATIENCE_MS = 8000;
const PARTS = {
  postgres: ["Pages and records", "Signing in and sessions are not possible."],
  redis: ["Live connection", "Sessions work, but lines may take a few seconds."],
  sweep: ["Reminders", "Reminders come late. Nothing is lost."],
  outbox: ["E-mails", "E-mails come late. Nothing is lost."],
};

/** What to say: the answer of the service, or null where none came. */
export function meaning(answer) {
  if (!answer?.checks) return { state: "down", words: "The service is down just now. We are working on it.", parts: [] };
  const parts = Object.entries(answer.checks).map(([name, state]) => {
    const [title, harm] = PARTS[name] ?? [name, "It does not work as it should."];
    return { title, words: state === "ok" ? "Working" : harm, ok: state === "ok" };
  });
  if (answer.checks.postgres !== "ok") return { state: "down", words: "The service is down just now. We are working on it.", parts };
  const slow = parts.some((part) => !part.ok);
  return { state: slow ? "slow" : "up", words: slow ? "You can use the service, but some of it is slow." : "Everything works.", parts };
}

async function ask(url, read) {
  try {
    const answer = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    return await read(answer);
  } catch {
    return null;
  }
}

function show(root, found, notice) {
  const sum = root.querySelector("[data-sum]");
  sum.dataset.state = found.state;
  if (sum.textContent !== found.words) sum.textContent = found.words;
  root.querySelector("[data-parts]").replaceChildren(...found.parts.map(row));
  const place = root.querySelector("[data-notice]");
  place.hidden = !notice;
  place.textContent = notice ?? "";
}

function row({ title, words }) {
  const item = document.createElement("li");
  item.append(Object.assign(document.createElement("strong"), { textContent: title }), Object.assign(document.createElement("span"), { textContent: words }));
  return item;
}

async function turn(root) {
  const answer = await ask(`${root.dataset.service}/healthz`, (found) => found.json());
  const notice = await ask("/status/notice.txt", async (found) => (found.ok ? (await found.text()).trim() : ""));
  show(root, meaning(answer), notice);
}

const root = globalThis.document?.querySelector("[data-service]");
if (root) {
  turn(root);
  setInterval(() => turn(root), EVERY_MS);
}
