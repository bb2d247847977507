// The words of the room: what a state means to the person who reads it.

const LINKS = {
  connecting: "Connecting",
  open: "Connected",
  lost: "Connection lost. Trying again",
  http: "The connection is slow, but you can go on writing",
  "signed-out": "You are signed out. Sign in again to go on",
  refused: "This room is not open to you",
  ended: "The session has ended",
};
const STATES = { sending: "Sending", unsure: "Not confirmed, trying again", sent: "Sent", seen: "Seen" };
const PRESENCES = {
  here: "is here",
  yet: "is not here yet",
  quiet: "may be away for a moment",
  left: "has left the room",
  lost: "has lost the connection",
};
const FAILURES = {
  too_long: "It is longer than 4,000 characters.",
  empty: "There was nothing in it.",
  closed: "The session had ended before it could be kept.",
  forbidden: "You can no longer write in this room.",
  not_open: "The room is not open yet.",
};
const SPOKEN = { ...LINKS, open: "Connected again", lost: "Connection lost. Trying again. You can go on writing." };
const MINUTE = 60000;
const SHORT = 10 * MINUTE;

export const linkWords = (link) => LINKS[link] ?? LINKS.lost;
export const spokenLink = (link) => SPOKEN[link] ?? "";
export const presenceWords = (state) => PRESENCES[state] ?? "is not here";
export const stateWords = (state) => STATES[state] ?? "";
/** Why a line came back into the box; of one that was on its way nobody can say whether it was kept. */
export function failureWords(code) {
  if (code === "unsure") return "We could not find out whether your last message was kept. Look in the conversation before you send it again.";
  return `Your last message was not sent. ${FAILURES[code] ?? "The server did not take it."}`;
}

/** How much of a session is left: all three moments in milliseconds. */
export function timeWords(now, starts, ends) {
  const minutes = (span) => Math.max(1, Math.ceil(span / MINUTE));
  const counted = (number) => `${number} ${number === 1 ? "minute" : "minutes"}`;
  if (now < starts) return `Starts in ${counted(minutes(starts - now))}`;
  if (now < ends) return `${counted(minutes(ends - now))} left`;
  return "Past the planned end";
}

/** "early", "on", "short" (ten minutes left) or "over": what the time means. */
export function phaseOf(now, starts, ends) {
  if (now < starts) return "early";
  if (now >= ends) return "over";
  return ends - now <= SHORT ? "short" : "on";
}

/** What is said aloud when a session comes into a phase; nothing for the others. */
export const phaseWords = (phase) => ({ short: "10 minutes left", over: "The planned end has come" })[phase] ?? "";

const MISTAKE = /^error:(\d+)$/;

/** The number of the line that an event says was sent by mistake; null for any other event. */
export const mistakenIn = (text) => Number(MISTAKE.exec(text)?.[1] ?? 0) || null;

/** What happened, for the lines that the platform writes. */
export function eventWords(text, name) {
  if (text === "ended") return "The session has ended.";
  if (text === "looking") return "A supervisor is reading along now.";
  if (text === "looked") return "The supervisor is no longer reading along.";
  if (mistakenIn(text)) return `${name} marked a message as sent by mistake.`;
  return text === "joined" ? `${name} came in.` : text;
}

const ITEM = /^[ \t]*(?:[-*•–]|\d{1,3}[.)])[ \t]+\S/;

/** A text as rows: `{ text, isItem }`; rows of a list stand by themselves, all between them together. */
export function rows(text) {
  const found = [];
  for (const row of text.split("\n")) {
    const last = found.at(-1);
    const isItem = ITEM.test(row);
    if (isItem || !last || last.isItem) found.push({ text: row, isItem });
    else last.text += `\n${row}`;
  }
  // A line break that ends a part is not seen: one more makes the empty row that was written.
  for (const part of found) if (!part.isItem && (part.text === "" || part.text.endsWith("\n"))) part.text += "\n";
  return found;
}

const LINK = /https?:\/\/[^\s<>"']{1,2000}/g;
const ENDS_A_SENTENCE = /[.,;:!?)\]}]+$/;

/** A line as parts: `{ text }`, or `{ text, href }` for a web address; the server's pages follow the same rule. */
export function parts(text) {
  const found = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const href = match[0].replace(ENDS_A_SENTENCE, "");
    if (!URL.canParse(href)) continue;
    if (match.index > end) found.push({ text: text.slice(end, match.index) });
    found.push({ text: href, href });
    end = match.index + href.length;
  }
  if (end < text.length) found.push({ text: text.slice(end) });
  return found;
}
