// While the clinician fills in how the session ended, the room goes on counting them as here.
const BEAT_MS = 10000;
// The socket of the page before may be seen to close a moment after this page has come.
const AGAIN_MS = 1500;

const place = document.querySelector("[data-beat]");

async function beat() {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": place.dataset.token };
  try {
    await fetch(place.dataset.beat, { method: "POST", headers, body: "{}", cache: "no-store" });
  } catch {
    // The next one will do.
  }
}

if (place) {
  beat();
  setTimeout(beat, AGAIN_MS);
  setInterval(beat, BEAT_MS);
}
