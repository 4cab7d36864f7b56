/** Time as the package uses it: a clock that tests replace, and pauses that grow. */

export interface Clock {
  sleep(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** Yield one pause fewer than `attempts`: doubling up to `longestMs`, each shortened by chance to no less than half. */
export function* pausesMs(
  attempts: number,
  chance: () => number = Math.random,
  firstMs = 200,
  longestMs = 20_000,
): Generator<number, void, undefined> {
  for (let attempt = 0; attempt < attempts - 1; attempt += 1) {
    yield Math.min(longestMs, firstMs * 2 ** attempt) * (0.5 + chance() / 2);
  }
}
