// The form of an offer: only the lengths that go with the chosen way of meeting stay in sight.

/** The ways a length is meant for, as its label says in brackets; null where it goes with all: "30 minutes (typed or video)". */
export function waysOf(label) {
  const found = /\(([^)]*)\)\s*$/.exec(label);
  return found ? found[1].split(" or ").map((way) => way.trim().toLowerCase()) : null;
}

/** Whether a length of this label goes with the way chosen. */
export function fits(label, way) {
  const ways = waysOf(label);
  return !ways || !way || ways.includes(way.trim().toLowerCase());
}

const radios = (form, name) => [...form.querySelectorAll(`input[type="radio"][name="${name}"]`)];
const labelOf = (radio) => radio.labels?.[0]?.textContent.trim() ?? "";

/** Hide what does not fit; where the chosen length went, the longest that is left is chosen. */
export function narrow(form) {
  const chosen = radios(form, "modality").find((radio) => radio.checked);
  if (!chosen) return;
  const lengths = radios(form, "minutes");
  const left = lengths.filter((radio) => fits(labelOf(radio), labelOf(chosen)));
  if (!left.length) return;
  for (const radio of lengths) radio.closest(".nhsuk-radios__item").hidden = !left.includes(radio);
  const kept = lengths.find((radio) => radio.checked);
  if (kept && !left.includes(kept)) left[0].checked = true;
}

for (const form of globalThis.document?.querySelectorAll("form") ?? []) {
  if (!radios(form, "modality").length || !radios(form, "minutes").length) continue;
  form.addEventListener("change", ({ target }) => target.name === "modality" && narrow(form));
  narrow(form);
}
// A page that comes back from the browser's memory has its choices set after the script ran.
globalThis.addEventListener?.("pageshow", () => {
  for (const form of document.querySelectorAll("form")) narrow(form);
});
