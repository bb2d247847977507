function toggleFor(field, root) {
  const button = root.createElement("button");
  button.type = "button";
  button.className = "app-password-toggle";
  button.setAttribute("aria-controls", field.id);
  const show = (visible) => {
    field.type = visible ? "text" : "password";
    button.textContent = visible ? "Hide" : "Show";
    button.setAttribute("aria-label", visible ? "Hide what I typed" : "Show what I typed");
  };
  show(false);
  button.addEventListener("click", () => show(field.type === "password"));
  field.form?.addEventListener("submit", () => show(false));
  return button;
}

/** A button beside each password field that shows what was typed, and hides it again before it is sent. */
export function startPasswordToggles(root) {
  for (const field of root.querySelectorAll("input[type=password]")) {
    const box = root.createElement("div");
    box.className = "app-password";
    field.replaceWith(box);
    box.append(field, toggleFor(field, root));
  }
}
