import assert from "node:assert/strict";
import { test } from "node:test";
import { replaceList, wordsFor } from "../tasks.js";

test("what has changed is said in words, and nothing where nothing has", () => {
  assert.equal(wordsFor(2, 2), "");
  assert.equal(wordsFor(2, 1), "Done. 1 left to do.");
  assert.equal(wordsFor(1, 0), "Nothing is left to do.");
  assert.equal(wordsFor(1, 3), "Something new to do. 3 in all.");
});

/** Reads "a b" as a page of the links a and b. */
class Parser {
  parseFromString(html) {
    return { body: { childNodes: html.split(" ") } };
  }
}

function place(hrefs, active) {
  const focused = [];
  const links = (list) => list.map((href) => ({ getAttribute: () => href, focus: () => focused.push(href) }));
  let shown = links(hrefs);
  const heading = { focus: () => focused.push("heading") };
  return {
    focused,
    ownerDocument: { activeElement: active ? { getAttribute: () => active } : null, defaultView: { DOMParser: Parser } },
    contains: (element) => element !== null,
    querySelector: () => heading,
    querySelectorAll: () => shown,
    replaceChildren(...hrefs) {
      shown = links(hrefs);
    },
  };
}

test("the focus stays on its link, or goes to the heading when that is gone", () => {
  const stays = place(["/a/", "/b/"], "/b/");
  assert.equal(replaceList(stays, "/b/"), "Done. 1 left to do.");
  assert.deepEqual(stays.focused, ["/b/"]);
  const goes = place(["/a/", "/b/"], "/a/");
  replaceList(goes, "/b/");
  assert.deepEqual(goes.focused, ["heading"]);
  const elsewhere = place(["/a/"], null);
  replaceList(elsewhere, "/a/");
  assert.deepEqual(elsewhere.focused, []);
});
