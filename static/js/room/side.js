// What the clinician has beside the conversation. On a narrow page it lies over it and is opened by a button.
export function startSide(root) {
  const [side, button] = [root.querySelector("[data-beside]"), root.querySelector("[data-beside-open]")];
  if (!side || !button) return;
  const turn = (open) => {
    root.classList.toggle("room--beside", open);
    button.setAttribute("aria-expanded", String(open));
  };
  button.addEventListener("click", () => {
    turn(button.getAttribute("aria-expanded") !== "true");
    if (root.classList.contains("room--beside")) side.focus();
  });
  side.querySelector("[data-beside-close]")?.addEventListener("click", () => {
    turn(false);
    button.focus();
  });
}
