import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, bytes, isKnown, text, toCreate, toShow, whyNot } from "../passkey.js";

test("bytes and text are the same thing both ways", () => {
  for (const sample of ["", "AA", "-_-_", "c29tZSBieXRlcw"]) assert.equal(text(bytes(sample)), sample);
});

test("what the server asks for reaches the browser as bytes", () => {
  const made = toCreate({ publicKey: { challenge: "AAEC", user: { id: "Aw", name: "a" }, excludeCredentials: [{ id: "BA", type: "public-key" }] } });
  assert.deepEqual([...made.publicKey.challenge], [0, 1, 2]);
  assert.deepEqual([...made.publicKey.user.id], [3]);
  assert.deepEqual([...made.publicKey.excludeCredentials[0].id], [4]);
  assert.deepEqual(toShow({ publicKey: { challenge: "AA" } }).publicKey.allowCredentials, []);
});

test("what the browser answers goes back as text, without what it left out", () => {
  const response = { clientDataJSON: bytes("AA").buffer, signature: bytes("AQ").buffer, userHandle: null };
  const found = answer({ id: "x", type: "public-key", rawId: bytes("Ag").buffer, response, getClientExtensionResults: () => ({}) });
  assert.deepEqual(found, { id: "x", rawId: "Ag", type: "public-key", response: { clientDataJSON: "AA", signature: "AQ" }, clientExtensionResults: {} });
});

test("what went wrong is said in plain words", () => {
  assert.match(whyNot({ name: "NotAllowedError" }), /stopped/);
  assert.match(whyNot({ name: "InvalidStateError" }), /already/);
  assert.match(whyNot(new TypeError("Failed to fetch")), /connection/);
  assert.match(whyNot(new Error("anything")), /did not work/);
});

test("a browser without passkeys, or an address without https, is known before it is asked", () => {
  assert.equal(isKnown({ isSecureContext: true, navigator: {} }), false);
  assert.equal(isKnown({ isSecureContext: false, PublicKeyCredential: 1, navigator: { credentials: {} } }), false);
  assert.equal(isKnown({ isSecureContext: true, PublicKeyCredential: 1, navigator: { credentials: {} } }), true);
});
