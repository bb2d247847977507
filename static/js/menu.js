/** On a phone the navigation hides behind a button; without scripts it simply stands there. */
export function startMenu(root) {
  const button = root.querySelector("[data-menu]");
  if (!button) return;
  const navigation = root.getElementById(button.getAttribute("aria-controls"));
  const show = (open) => {
    button.setAttribute("aria-expanded", String(open));
    navigation.classList.toggle("app-nav--open", open);
  };
  button.hidden = false;
  button.addEventListener("click", () => show(button.getAttribute("aria-expanded") !== "true"));
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || button.getAttribute("aria-expanded") !== "true") return;
    show(false);
    button.focus();
  });
}
