// Before the room opens: counts down, then goes in by itself.
const place = document.querySelector("[data-opens-at]");
const SOON_MS = 1000;

function words(left) {
  const seconds = Math.max(0, Math.ceil(left / 1000));
  if (seconds < 60) return `That is in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 120) return `That is in ${minutes} minutes.`;
  return "";
}

if (place) {
  const opens = Date.parse(place.dataset.opensAt);
  const ahead = Date.parse(place.dataset.now) - Date.now();
  const turn = () => {
    const left = opens - (Date.now() + ahead);
    if (left <= -SOON_MS) location.reload();
    else if (words(left)) place.textContent = words(left);
  };
  setInterval(turn, 1000);
}
