/**
 * Makes of `ask` something that may be called at any moment: one request at a time, and what was called meanwhile asks
 * once more. Where the network is away nothing is said: the next ring or poll asks again.
 */
export function oneAtATime(ask) {
  let running = false;
  let again = false;

  return async function refresh() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      await ask();
    } catch {
      // Away; see above.
    } finally {
      running = false;
    }
    if (again) {
      again = false;
      refresh();
    }
  };
}
