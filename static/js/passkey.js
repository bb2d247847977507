// Passkeys (ACC-1): what the server asks for goes to the browser as bytes, what the browser answers goes back as text.
// A place `data-passkey` holds one form with a hidden field `credential`; its button starts the ceremony.

const WORDS = {
  NotAllowedError: "It was stopped, or it took too long. Nothing has changed. Try again, or go another way.",
  AbortError: "It was stopped, or it took too long. Nothing has changed. Try again, or go another way.",
  InvalidStateError: "This device has a passkey for your account already.",
  SecurityError: "Passkeys do not work at this address. Go another way.",
  NotSupportedError: "This device cannot make a passkey. Go another way.",
};
const NO_PASSKEYS = "This browser cannot use passkeys. Go another way, or use a newer browser.";
const DID_NOT_WORK = "That did not work. Try again, or go another way.";
const NO_CONNECTION = "The connection is lost. Try again.";

/** The bytes behind text in the alphabet of addresses. */
export function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** The same the other way round. */
export function text(buffer) {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const known = (list) => (list ?? []).map((entry) => ({ ...entry, id: bytes(entry.id) }));

/** What the browser is asked to make. */
export function toCreate({ publicKey }) {
  const user = { ...publicKey.user, id: bytes(publicKey.user.id) };
  return { publicKey: { ...publicKey, user, challenge: bytes(publicKey.challenge), excludeCredentials: known(publicKey.excludeCredentials) } };
}

/** What the browser is asked to show. */
export function toShow({ publicKey }) {
  return { publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: known(publicKey.allowCredentials) } };
}

/** What goes back to the server. */
export function answer(credential) {
  const names = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const response = {};
  for (const name of names) if (credential.response[name]) response[name] = text(credential.response[name]);
  const { id, type } = credential;
  return { id, rawId: text(credential.rawId), type, response, clientExtensionResults: credential.getClientExtensionResults() };
}

/** What is said to a person when it did not work. */
export function whyNot(error) {
  if (error instanceof TypeError && /fetch|network/i.test(error.message)) return NO_CONNECTION;
  return WORDS[error?.name] ?? DID_NOT_WORK;
}

/** Whether this browser, at this address, knows passkeys at all. */
export function isKnown(view) {
  return Boolean(view.isSecureContext && view.PublicKeyCredential && view.navigator.credentials);
}

async function optionsOf(place, form, view) {
  if (place.dataset.options) return JSON.parse(place.dataset.options);
  const asked = await view.fetch(form.action, { headers: { Accept: "application/json" }, cache: "no-store" });
  return (await asked.json()).request_options;
}

async function ceremony(place, form, view) {
  const options = await optionsOf(place, form, view);
  const { credentials } = view.navigator;
  const found = place.dataset.passkey === "add" ? await credentials.create(toCreate(options)) : await credentials.get(toShow(options));
  return JSON.stringify(answer(found));
}

export function startPasskeys(page, view) {
  let busy = false;

  page.addEventListener("submit", async (event) => {
    const form = event.target;
    const place = form.closest("[data-passkey]");
    const field = form.elements.credential;
    if (!place || !field || field.value) return;
    event.preventDefault();
    event.stopPropagation();
    const words = place.querySelector("[data-passkey-words]");
    if (busy) return;
    busy = true;
    words.textContent = "";
    try {
      if (!isKnown(view)) words.textContent = NO_PASSKEYS;
      else {
        field.value = await ceremony(place, form, view);
        form.requestSubmit();
      }
    } catch (error) {
      words.textContent = whyNot(error);
    } finally {
      busy = false;
    }
  }, true);
}

if (typeof document !== "undefined") startPasskeys(document, window);
