// The road without a socket, for networks that block them: the same verbs, asked for and answered one by one.

export class HttpRoad {
  constructor(data, protocol, run) {
    this.urls = { lines: data.lines, beat: data.beat, draft: data.draft, leaving: data.leaving };
    this.data = data;
    this.protocol = protocol;
    this.run = run;
  }

  /** Asks and returns the answer's JSON, whatever its status; null where none came. */
  async #ask(url, body = null, more = {}) {
    const headers = { Accept: "application/json" };
    const options = { headers, cache: "no-store", signal: AbortSignal.timeout(8000), ...more };
    if (body) {
      Object.assign(headers, { "Content-Type": "application/json", "X-CSRFToken": this.data.token });
      Object.assign(options, { method: "POST", body: JSON.stringify(body) });
    }
    try {
      const answer = await fetch(url, options);
      if (answer.redirected) return null;
      if (answer.status === 403) dispatchEvent(new Event("stale"));
      return await answer.json();
    } catch {
      return null;
    }
  }

  async post(cid, text, now) {
    const answer = await this.#ask(this.urls.lines, { cid, text });
    this.run(this.protocol.posted(cid, answer?.type ? answer : null, now()));
  }

  async fetch(after, now) {
    const answer = await this.#ask(`${this.urls.lines}?after=${after}`);
    this.run(this.protocol.fetched(answer?.lines ? answer : null, now()));
  }

  async beat(seen, reloaded) {
    const answer = await this.#ask(this.urls.beat, { seen, reloaded });
    this.run(this.protocol.beaten(answer?.now ? answer : null));
  }

  /** Keeps a draft with a request that outlives the page; where another window wrote meanwhile both are kept. */
  async lastDraft(text, facts) {
    await this.#ask(this.urls.draft, { text, ...facts, leaving: true }, { keepalive: true });
  }

  /** Says that the person leaves, with a request that outlives the page. */
  async leave() {
    await this.#ask(this.urls.leaving, {}, { keepalive: true });
  }

  async draft(text, facts, answered) {
    const answer = await this.#ask(this.urls.draft, { text, ...facts });
    answered(typeof answer?.draft === "boolean" ? answer : { draft: false });
  }
}
