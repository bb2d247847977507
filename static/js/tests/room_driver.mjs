// Lets another process drive protocol.js: one JSON command a line in, what became of it out.
import { createInterface } from "node:readline";
import { Protocol } from "../room/protocol.js";

let rooms = new Map();

function create(name, you) {
  let made = 0;
  rooms.set(name, new Protocol({ newCid: () => `${name.replace(" ", "-")}-${(made += 1)}`, you, random: () => 0 }));
  return [];
}

for await (const line of createInterface({ input: process.stdin })) {
  const { room, verb, args } = JSON.parse(line);
  if (verb === "reset") rooms = new Map();
  const effects = verb === "reset" ? [] : verb === "create" ? create(room, ...args) : rooms.get(room)[verb](...args);
  const protocol = rooms.get(room);
  const state = protocol ? { shown: protocol.log.shown, waiting: protocol.outbox.entries.map((entry) => entry.text), link: protocol.link } : {};
  process.stdout.write(`${JSON.stringify({ effects, ...state })}\n`);
}
