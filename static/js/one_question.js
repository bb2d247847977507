// One question at a time, for those who chose it (ACC-17): the same form, of which one question is in sight.

/** Where to begin: at the first question with an error, else the first without an answer, else the first. */
export function firstToShow(states) {
  const found = [states.findIndex((state) => state === "error"), states.findIndex((state) => state === "open")];
  return found.find((place) => place >= 0) ?? 0;
}

function stateOf(item) {
  if (item.querySelector(".nhsuk-error-message")) return "error";
  return item.querySelector("input:checked") ? "answered" : "open";
}

function button(page, words) {
  return Object.assign(page.createElement("button"), { type: "button", className: "nhsuk-button nhsuk-button--secondary", textContent: words });
}

function controls(page) {
  const row = Object.assign(page.createElement("div"), { className: "nhsuk-button-group app-questionnaire__steps" });
  const where = Object.assign(page.createElement("p"), { className: "app-questionnaire__where" });
  const [back, next] = [button(page, "Question before"), button(page, "Next question")];
  row.append(back, next);
  return { row, where, back, next };
}

/** Wires a form that carries `data-one-question`; its items are `.app-questionnaire__item`. */
export function startOneQuestion(page) {
  const form = page.querySelector("[data-one-question]");
  const items = [...(form?.querySelectorAll(".app-questionnaire__item") ?? [])];
  if (items.length < 2) return;
  const { row, where, back, next } = controls(page);
  const finish = form.querySelector("[name=go][value=finish]");
  let at = 0;

  function go(place, moveFocus = true) {
    at = Math.max(0, Math.min(items.length - 1, place));
    items.forEach((item, index) => { item.hidden = index !== at; });
    where.textContent = `Question ${at + 1} of ${items.length}`;
    back.hidden = at === 0;
    next.hidden = at === items.length - 1;
    finish.hidden = at !== items.length - 1;
    if (moveFocus) where.focus();
  }

  where.tabIndex = -1;
  items[0].before(where);
  items.at(-1).after(row);
  back.addEventListener("click", () => go(at - 1));
  next.addEventListener("click", () => go(at + 1));
  for (const link of page.querySelectorAll("[data-error-summary] a")) {
    link.addEventListener("click", () => go(items.findIndex((item) => item.querySelector(link.getAttribute("href"))), false), { capture: true });
  }
  go(firstToShow(items.map(stateOf)), false);
}

if (typeof document !== "undefined") startOneQuestion(document);
