// One chosen file: its name as this device knows it, how far it is on its way, and the ways out.
import { newId, upload, whyNot } from "./upload.js";

export function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

export function announce(words) {
  const place = document.getElementById("announcements");
  if (place) place.textContent = words;
}

export class UploadRow {
  constructor(file, { url, token, onAdded, onGone }) {
    Object.assign(this, { file, url, token, onAdded, onGone, cid: newId() });
    this.item = element("li", "app-adding__item");
    this.name = element("span", "app-adding__name", file.name);
    this.name.dir = "auto";
    this.bar = element("progress", "app-adding__bar");
    Object.assign(this.bar, { max: 1, value: 0 });
    this.bar.setAttribute("aria-label", `Sending ${file.name}`);
    this.words = element("p", "app-adding__words");
    this.again = this.#button("Try again", () => this.start());
    this.off = this.#button("Remove", () => this.remove());
    this.item.append(this.name, this.bar, this.words, this.again, this.off);
  }

  #button(words, press) {
    const made = element("button", "app-adding__button", words);
    made.type = "button";
    made.append(element("span", "nhsuk-u-visually-hidden", ` ${this.file.name}`));
    made.addEventListener("click", press);
    return made;
  }

  async start() {
    const wrong = whyNot(this.file);
    if (wrong) return this.#failed({ words: wrong, retry: false });
    this.again.hidden = true;
    this.bar.hidden = false;
    this.words.textContent = "";
    this.sending = upload({ url: this.url, token: this.token, file: this.file, cid: this.cid, onProgress: (part) => { this.bar.value = part; } });
    const answer = await this.sending.done;
    this.sending = null;
    return answer.ok ? this.#added(answer.body) : this.#failed(answer);
  }

  #added(body) {
    this.bar.hidden = true;
    announce(`${this.file.name} is added.`);
    this.onAdded(this, body);
  }

  #failed({ words, retry, stopped }) {
    this.bar.hidden = true;
    this.again.hidden = !retry;
    if (stopped) return;
    this.item.classList.add("app-adding__item--wrong");
    this.words.textContent = words;
    announce(`${this.file.name}: ${words}`);
  }

  get isSending() {
    return Boolean(this.sending);
  }

  remove() {
    this.sending?.stop();
    this.item.remove();
    this.onGone(this);
  }
}
