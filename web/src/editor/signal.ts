/** A signal as it is saved and as it is edited. Pure. */
import type { Rules } from './draft.ts';

export type Kept = NonNullable<Rules['signals']>[string];
export type Full = Exclude<Kept, string>;

/** A signal that is only a text is a condition that fires once. */
export function whole(kept: Kept): Full {
  return typeof kept === 'string' ? { when: kept } : kept;
}

/** What says no more than a condition is kept as its text, as it was written. */
export function short(signal: Full): Kept {
  const isPlain = typeof signal.changed !== 'string' && (signal.fires ?? 'once') === 'once' && !signal.ended;
  return isPlain ? (signal.when ?? '') : signal;
}

export function freeName(signals: readonly [string, Kept][]): string {
  const taken = new Set(signals.map(([name]) => name));
  let number = signals.length + 1;
  while (taken.has(`signal_${number}`)) number += 1;
  return `signal_${number}`;
}
