// Files in the room: the button beside the box sends one, and each line that is a file says where it stands.
import { UploadRow, element } from "../upload_row.js";

const ASK_MS = 3000;
const WAITING = new Set(["taken_in", "scanning"]);

/** What a file's line shows: its picture, its neutral name as the way to it, and where its check stands. */
export function fill(item, file) {
  const place = item.querySelector(".talk__text");
  if (place.dataset.state === file.state) return;
  place.dataset.state = file.state;
  place.replaceChildren();
  const link = (content) => {
    if (!file.url) return content;
    const anchor = Object.assign(element("a", ""), { href: file.url, target: "_blank" });
    anchor.append(content);
    return anchor;
  };
  if (file.picture) {
    const picture = Object.assign(element("img", "app-file__image"), { src: file.picture, alt: "Picture that was added" });
    place.append(link(picture));
  }
  const name = link(element("span", "", file.label));
  if (file.url) name.append(element("span", "nhsuk-u-visually-hidden", " (opens in a new tab)"));
  place.append(name);
  if (file.words) place.append(element("span", "app-file__state", file.words));
}

/** Asks how the session's files stand when a line of a file appears, and goes on while one of them waits. */
export class States {
  constructor(log, url, ask = (...asked) => fetch(...asked)) {
    Object.assign(this, { log, url, ask });
    Object.assign(this, { timer: 0, asked: 0, told: 0 });
    new MutationObserver(() => this.hasNews && this.refresh()).observe(log, { childList: true, subtree: true });
  }

  get lines() {
    // One that was sent by mistake may be hidden from this reader, and stays so.
    return [...this.log.querySelectorAll("[data-kind=file]")].filter((item) => !item.querySelector(".talk__text--hidden"));
  }

  get hasNews() {
    return this.lines.some((item) => !item.querySelector(".talk__text").dataset.state);
  }

  async refresh() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), ASK_MS);
    const turn = ++this.asked;
    const answer = await this.ask(this.url, { headers: { Accept: "application/json" }, cache: "no-store" }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const files = new Map((await answer.json()).files.map((file) => [String(file.seq), file]));
    // On a slow line an older answer can come after a newer one: it would take a clean file back to waiting, for good.
    if (turn < this.told) return;
    this.told = turn;
    for (const item of this.lines) if (files.has(item.dataset.seq)) fill(item, files.get(item.dataset.seq));
    const waits = this.lines.some((item) => WAITING.has(item.querySelector(".talk__text").dataset.state));
    if (!waits && !this.hasNews) clearTimeout(this.timer);
  }
}

export function startFiles(root) {
  const { files: url } = root.dataset;
  const input = root.querySelector("[data-file-input]");
  const list = root.querySelector("[data-uploads]");
  root.querySelector("[data-file-add]").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    for (const file of input.files) {
      const row = new UploadRow(file, { url, token: root.dataset.token, onAdded: (added) => added.item.remove(), onGone: () => {} });
      list.append(row.item);
      row.start();
    }
    input.value = "";
  });
  new States(root.querySelector("[data-log]"), url);
}

const root = typeof document === "undefined" ? null : document.querySelector("[data-room]");
if (root?.querySelector("[data-file-add]")) startFiles(root);
