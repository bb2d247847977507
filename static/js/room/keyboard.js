// The keyboard on the screen, and the one on the desk.

const ZOOMED = 1.01;
const LOW_PIXELS = 560;
// As in _room-low.scss: there the page scrolls as any other.
const VERY_LOW = "(max-height: 320px)";

/** The room takes what the keyboard of a phone leaves; a page that somebody has magnified by hand stays as it is. */
export function fitKeyboard(root, view) {
  const port = view.visualViewport;
  if (!port) return;
  const { body } = root.ownerDocument;
  const fit = () => {
    if (port.scale > ZOOMED) return;
    const covered = view.innerHeight - port.height > 1;
    body.style.height = covered ? `${port.height}px` : "";
    if (covered) body.style.setProperty("--room-height", `${port.height}px`);
    else body.style.removeProperty("--room-height");
    // Safari moves the page up under the keyboard instead of making it smaller: the room follows what is in sight.
    body.style.transform = covered && port.offsetTop > 0 ? `translateY(${port.offsetTop}px)` : "";
    body.classList.toggle("room-page--tight", port.height < LOW_PIXELS);
  };
  port.addEventListener("resize", fit);
  port.addEventListener("scroll", fit);
  fit();
}

/** In a very low window the head of the page goes out of sight for whoever writes, and the newest lines come into it. */
export function showWhenWriting(root, view) {
  const talk = root.querySelector(".room__talk");
  root.querySelector("textarea").addEventListener("focus", () => {
    if (view.matchMedia(VERY_LOW).matches) talk.scrollIntoView({ block: "end" });
  });
}

/** What a key does while one writes: "newest", "back", "on", or nothing. A box that scrolls itself keeps its keys. */
export function moveOf(event, boxScrolls) {
  if (event.altKey && event.key === "End") return "newest";
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || boxScrolls) return "";
  return { PageUp: "back", PageDown: "on" }[event.key] ?? "";
}

/** Page Up and Page Down read the conversation from within the box; Alt and End go to the newest line from anywhere. */
export function startKeys(root, { newest, pageBy }) {
  const area = root.querySelector("textarea");
  root.ownerDocument.addEventListener("keydown", (event) => {
    const inBox = event.target === area;
    const move = moveOf(event, !inBox || area.scrollHeight > area.clientHeight + 4);
    if (!move) return;
    event.preventDefault();
    if (move === "newest") newest();
    else pageBy(move === "back" ? -1 : 1);
  });
}
