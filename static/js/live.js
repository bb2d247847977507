// Listens for "something changed" on one websocket and calls back; says nothing about what, the page asks for that.

const PING_MS = 15000;
const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 30000;
const SIGNED_OUT = 4401;
const FORBIDDEN = 4403;
const LOCKED = 4423;

/** How long to wait before the n-th try (0, 1, 2 ...): doubling to half a minute, anywhere within it at random. */
export function waitBefore(attempt, random = Math.random) {
  return random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
}

/** The address of a socket beside the page, wss where the page came by https. */
export function socketUrl(location, path) {
  return `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}${path}`;
}

/**
 * Keeps a socket to `path` open and calls `changed(frame)` for every change, also once after each reconnect, since
 * something may have happened meanwhile. Gives up for good only when the server says that the person may not listen.
 */
export function listen(view, path, changed) {
  const state = { open: false };
  let attempt = 0;
  let pings = 0;

  function retry(event) {
    state.open = false;
    view.clearInterval(pings);
    if (event.code === FORBIDDEN) return;
    if (event.code === LOCKED || event.code === SIGNED_OUT) {
      view.addEventListener("unlocked", connect, { once: true });
      if (event.code === LOCKED) view.dispatchEvent(new Event("locked"));
      return;
    }
    view.setTimeout(connect, waitBefore(attempt));
    attempt += 1;
  }

  function connect() {
    const socket = new view.WebSocket(socketUrl(view.location, path));
    socket.addEventListener("open", () => {
      pings = view.setInterval(() => socket.send('{"type":"ping"}'), PING_MS);
    });
    socket.addEventListener("message", (event) => {
      const frame = JSON.parse(event.data);
      if (frame.type === "welcome") {
        state.open = true;
        attempt = 0;
      }
      if (frame.type === "welcome" || frame.type === "changed") changed(frame);
    });
    socket.addEventListener("close", retry);
  }

  connect();
  return state;
}
