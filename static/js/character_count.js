const SPEAK_AFTER_MS = 1000;

/** The sentence beneath a text area: how many characters are left, or by how many it is too long. */
export function countSentence(length, limit) {
  const left = limit - length;
  const noun = Math.abs(left) === 1 ? "character" : "characters";
  if (left >= 0) return `You have ${left} ${noun} left.`;
  return `You have ${-left} ${noun} too many.`;
}

/** The length as the server counts it: an end of a line is two characters, an emoji of one sign is one. */
export function lengthOf(text) {
  return [...text.replaceAll("\n", "\r\n")].length;
}

function startCount(area, root) {
  const message = root.getElementById(`${area.id}_count`);
  if (!message) return;
  const spoken = root.createElement("div");
  spoken.className = "nhsuk-u-visually-hidden";
  spoken.setAttribute("aria-live", "polite");
  message.after(spoken);
  let timer;
  const limit = Number(area.dataset.countTo);
  area.addEventListener("input", () => {
    const length = lengthOf(area.value);
    const sentence = countSentence(length, limit);
    message.textContent = sentence;
    message.classList.toggle("app-count--over", length > limit);
    clearTimeout(timer);
    timer = setTimeout(() => { spoken.textContent = sentence; }, SPEAK_AFTER_MS);
  });
}

/** Counts as one types, and says the count aloud when the typing rests. */
export function startCharacterCounts(root) {
  for (const area of root.querySelectorAll("textarea[data-count-to]")) startCount(area, root);
}
