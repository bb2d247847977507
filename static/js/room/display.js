// Text size, colours, letters and the Enter key, changed without leaving the room.
import { keep, show } from "../preferences.js";

/** Wires the panel: each choice shows at once and is kept on the server; `chosen(name, value)` hears of it. */
export function startDisplay(root, chosen) {
  const panel = root.querySelector("[data-display]");
  const page = root.ownerDocument;
  const said = panel.querySelector("[data-display-said]");
  root.querySelector("[data-display-open]").addEventListener("click", () => panel.showModal());
  panel.addEventListener("submit", (event) => {
    event.preventDefault();
    panel.close();
  });
  panel.addEventListener("change", async ({ target }) => {
    show(page, target.name, target.value);
    chosen(target.name, target.value);
    // Letters of another size break the lines elsewhere, as a turned phone does.
    page.defaultView.dispatchEvent(new Event("resize"));
    const kept = await keep(root.dataset.preferences, root.dataset.token, target.name, target.value);
    said.textContent = kept ? "Kept for next time." : "This holds for now, but could not be kept. Try again later.";
  });
}
