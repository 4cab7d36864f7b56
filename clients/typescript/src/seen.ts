/** Which messages were handled already: the store that a consumer drops repeats by. */

/**
 * Remembers the ids of handled messages.
 *
 * `once` calls `handle` when the id is new, and remembers the id when `handle` succeeded; it resolves to whether the id was new.
 * A store that keeps the ids in the database that handlers write to, and commits both together, makes each message count exactly
 * once, wherever the process dies.
 */
export interface SeenIds {
  once(id: string, handle: () => Promise<void>): Promise<boolean>;
}

/** Remembers the newest ids for as long as the process lives. */
export class MemorySeenIds implements SeenIds {
  readonly #ids = new Set<string>();

  constructor(private readonly kept = 100_000) {}

  async once(id: string, handle: () => Promise<void>): Promise<boolean> {
    if (this.#ids.has(id)) return false;
    await handle();
    this.#ids.add(id);
    if (this.#ids.size > this.kept) {
      for (const oldest of this.#ids) {
        this.#ids.delete(oldest);
        break;
      }
    }
    return true;
  }
}
