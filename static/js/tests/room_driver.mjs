// Lets another process drive protocol.js: one JSON command a line in, what became of it out.
import { createInterface } from "node:readline";
import { Protocol } from "../room/protocol.js";

let rooms = new Map();

function create(name) {
  let made = 0;
  rooms.set(name, new Protocol({ newCid: () => `${name}-${(made += 1)}`, random: () => 0 }));
  return [];
}

for await (const line of createInterface({ input: process.stdin })) {
  const { room, verb, args } = JSON.parse(line);
  if (verb === "reset") rooms = new Map();
  const effects = verb === "reset" ? [] : verb === "create" ? create(room) : rooms.get(room)[verb](...args);
  const protocol = rooms.get(room);
  const state = protocol ? { shown: protocol.log.shown, waiting: protocol.outbox.entries.length, link: protocol.link } : {};
  process.stdout.write(`${JSON.stringify({ effects, ...state })}\n`);
}
