/**
 * What was written and is not yet known to be kept, in the order in which it was written. Only the first is ever on
 * its way: so the order holds whatever is lost, repeated or refused for a moment, and by whatever road it goes.
 */
export class Outbox {
  constructor() {
    this.entries = [];
  }

  add(cid, text) {
    const entry = { cid, text, state: "sending", sentAt: null, tries: 0, retryAt: 0 };
    this.entries.push(entry);
    return entry;
  }

  get first() {
    return this.entries[0];
  }

  get isEmpty() {
    return this.entries.length === 0;
  }

  find(cid) {
    return this.entries.find((entry) => entry.cid === cid);
  }

  remove(cid) {
    const entry = this.find(cid);
    this.entries = this.entries.filter((other) => other !== entry);
    return entry;
  }

  /** Takes everything back, in order. */
  empty() {
    const entries = this.entries;
    this.entries = [];
    return entries;
  }

  /** The entry to send at this moment, if there is one; it is marked as sent. */
  next(now) {
    const entry = this.first;
    if (!entry || entry.sentAt !== null || entry.retryAt > now) return null;
    entry.sentAt = now;
    entry.tries += 1;
    return entry;
  }

  /** The road was lost: whatever was on its way must be sent again. */
  unsend(entry = this.first, retryAt = 0) {
    if (!entry) return;
    if (entry.sentAt !== null) entry.state = "unsure";
    entry.sentAt = null;
    entry.retryAt = retryAt;
  }
}
