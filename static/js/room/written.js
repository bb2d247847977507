// A line's text as nodes of a page: web addresses as links whose host stands out, lists with their lines set in.
import { parts, rows } from "./words.js";

/** Fills a place with what somebody wrote. Nothing is ever read as markup. */
export function write(place, text) {
  const page = place.ownerDocument;
  for (const row of rows(text)) {
    const target = row.isItem ? Object.assign(page.createElement("span"), { className: "talk__item" }) : place;
    for (const part of parts(row.text)) target.append(part.href ? anchor(page, part) : part.text);
    if (row.isItem) place.append(target);
  }
}

function anchor(page, { text, href }) {
  const made = page.createElement("a");
  Object.assign(made, { href, target: "_blank", rel: "noopener noreferrer nofollow" });
  const { host, username } = new URL(href);
  const from = username ? text.indexOf("@") + 1 : text.indexOf("://") + 3;
  const at = text.toLowerCase().indexOf(host, from);
  if (at < 0) {
    // A host in other letters than those one reads is named as the browser calls it.
    made.append(text, ` (${host})`);
    return made;
  }
  const strong = Object.assign(page.createElement("span"), { className: "talk__host", textContent: text.slice(at, at + host.length) });
  made.append(text.slice(0, at), strong, text.slice(at + host.length));
  return made;
}
