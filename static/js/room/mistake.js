// "Sent by mistake": on one's newest line, asked once more before it is done, since a mark cannot be taken off again.
import { element } from "./view.js";

/** Puts the button beside the state of one's newest line, and only there: a long talk is not a long row of buttons. */
export function startMistakes(root, view) {
  const panel = root.querySelector("[data-mistake]");
  const said = panel.querySelector("[data-mistake-said]");
  const button = Object.assign(element(root.ownerDocument, "button", "talk__button", "Sent by mistake?"), { type: "button" });
  let seq = 0;

  button.addEventListener("click", () => {
    seq = Number(button.closest("[data-seq]").dataset.seq);
    panel.querySelector("[data-mistake-text]").textContent = view.line(seq).querySelector(".talk__text").textContent;
    said.textContent = "";
    panel.showModal();
  });
  panel.querySelector("[data-mistake-no]").addEventListener("click", () => panel.close());
  panel.addEventListener("submit", async (event) => {
    event.preventDefault();
    const done = await mark(root.dataset, seq);
    if (done) panel.close();
    else said.textContent = "This did not work. Try again in a moment.";
  });
  return {
    place() {
      const newest = view.newest;
      if (newest && !newest.classList.contains("talk__line--mistaken")) newest.querySelector(".talk__state").append(button);
      else button.remove();
    },
    stop: () => button.remove(),
  };
}

async function mark({ lines, token }, seq) {
  try {
    const headers = { Accept: "application/json", "X-CSRFToken": token };
    return (await fetch(`${lines}${seq}/error/`, { method: "POST", headers })).ok;
  } catch {
    return false;
  }
}
