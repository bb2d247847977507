import assert from "node:assert/strict";
import test from "node:test";
import { both, Field } from "../sheet.js";

test("two texts are kept, the other's first, and none of them twice", () => {
  assert.equal(both("Theirs", "Mine"), "Theirs\nMine");
  assert.equal(both("", "Mine"), "Mine");
  assert.equal(both("Mine", "Mine and more"), "Mine and more");
  assert.equal(both("Mine and more", "Mine"), "Mine and more");
});

/** A field of a sheet whose server does not answer; `posts` hears what is sent. */
function silentField(posts) {
  const area = { name: "thought", value: "", addEventListener() {} };
  const place = { dataset: { sheetUrl: "/field/" }, querySelector: (selector) => (selector === "textarea" ? area : {}) };
  const post = (url, values) => { posts.push(values); return new Promise(() => {}); };
  return new Field(place, { form: { elements: { version_thought: { value: "3" } } }, post });
}

test("a page left while a field is being saved sends the rest, and names what was on its way", () => {
  const posts = [];
  const field = silentField(posts);
  field.area.value = "Half a ";
  field.save();
  field.leave();
  assert.deepEqual(posts, [{ text: "Half a ", version: "3" }]);
  field.area.value = "Half a thought";
  field.leave();
  assert.deepEqual(posts[1], { "text": "Half a thought", "before-text": "Half a ", "version": "3" });
});

test("a page left with nothing on its way saves as ever", () => {
  const posts = [];
  const field = silentField(posts);
  field.leave();
  assert.deepEqual(posts, []);
  field.area.value = "A thought";
  field.leave();
  assert.deepEqual(posts, [{ text: "A thought", version: "3" }]);
});
