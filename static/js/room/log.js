/** The lines as they are shown: 1, 2, 3 without gaps. What comes early waits until its turn. */
export class Log {
  constructor(shown = 0) {
    this.shown = shown;
    this.waiting = new Map();
  }

  /** Takes one line and returns those that can be shown now, in order; a line known already returns none. */
  take(line) {
    if (line.seq > this.shown) this.waiting.set(line.seq, line);
    const ready = [];
    while (this.waiting.has(this.shown + 1)) {
      this.shown += 1;
      ready.push(this.waiting.get(this.shown));
      this.waiting.delete(this.shown);
    }
    return ready;
  }

  /** True while something after a gap has arrived. */
  get hasGap() {
    return this.waiting.size > 0;
  }
}
