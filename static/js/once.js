const QUIET_MS = 2000;

/** A second press of the same button within two seconds is dropped: the first one is on its way. */
export function preventSecondPress(root, now = () => Date.now()) {
  const pressed = new WeakMap();
  root.addEventListener("submit", (event) => {
    const last = pressed.get(event.target);
    if (last !== undefined && now() - last < QUIET_MS) event.preventDefault();
    else pressed.set(event.target, now());
  });
}
