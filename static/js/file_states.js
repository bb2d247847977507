// Files that wait for their check: asks now and then how they stand, and shows it.

const ASK_MS = 3000;

async function refresh(item) {
  const answer = await fetch(item.dataset.fileWaits, { headers: { Accept: "application/json" }, cache: "no-store" }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const { state, words } = await answer.json();
  if (!item.dataset.fileWaits) return; // a newer answer was here first and said that the check is over
  const place = item.querySelector(".app-file__state");
  if (place && place.textContent !== words) place.textContent = words;
  item.dataset.state = state;
  if (state === "clean" || state === "refused") delete item.dataset.fileWaits;
}

/** Keeps asking while something on the page waits and somebody looks. */
export function watchFiles(root, every = ASK_MS) {
  return setInterval(() => {
    if (document.visibilityState !== "visible") return;
    root.querySelectorAll("[data-file-waits]").forEach(refresh);
  }, every);
}

if (typeof document !== "undefined") watchFiles(document);
