// Sends one file by HTTP, says how far it is, and can be stopped. The same `cid` sent again is the same file.

const NO_ANSWER = "The connection was lost before the file had arrived. Try again.";
const NOT_UNDERSTOOD = "The file could not be added. Reload the page and try again.";
export const MOST_BYTES = 10 * 1024 * 1024;

/** What can be said of a file before it is sent; empty where nothing speaks against it. */
export function whyNot(file) {
  if (file.size === 0) return "This file is empty. Choose another file, or save it again and add it once more.";
  return file.size > MOST_BYTES ? "This file is larger than 10 MB. Make it smaller, or send it in parts." : "";
}

/** An id for a file, where there is no secure context as well. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function answerOf(request) {
  try {
    const body = JSON.parse(request.responseText);
    return request.status < 300 ? { ok: true, body } : { ok: false, words: body.words ?? body.message ?? NOT_UNDERSTOOD, retry: request.status === 423 };
  } catch {
    return { ok: false, words: request.status === 413 ? whyNot({ size: Infinity }) : NOT_UNDERSTOOD, retry: request.status >= 500 };
  }
}

/**
 * Starts to send a file. `done` is a promise of `{ ok, body }` or `{ ok: false, words, retry, stopped }`;
 * `stop()` ends it.
 */
export function upload({ url, token, file, cid, onProgress = () => {}, Request = window.XMLHttpRequest }) {
  const request = new Request();
  const done = new Promise((resolve) => {
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    request.addEventListener("load", () => resolve(answerOf(request)));
    request.addEventListener("error", () => resolve({ ok: false, words: NO_ANSWER, retry: true }));
    request.addEventListener("abort", () => resolve({ ok: false, words: "", stopped: true }));
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", token);
    const data = new FormData();
    data.append("cid", cid);
    data.append("file", file, "file");
    request.send(data);
  });
  return { done, stop: () => request.abort() };
}
