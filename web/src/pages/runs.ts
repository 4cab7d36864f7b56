/** How runs are said: their counts in words, and which of them go on. */
import type { Schemas } from '../api/client.ts';
import type { Kind } from '../parts/basic.tsx';
import { number, tCode } from '../text/index.ts';

export const COUNTS = ['read', 'created', 'updated', 'deleted', 'merged', 'converted', 'echoed', 'unchanged', 'skipped', 'rejected', 'waiting'] as const;
export const RUN_KINDS: Record<string, Kind> = { completed: 'good', running: 'warn', requested: 'warn', waiting: 'warn', cancelling: 'warn', failed: 'bad', stopped: '' };
export const GOES_ON: readonly string[] = ['requested', 'running', 'waiting', 'cancelling'];

export function counted(run: Pick<Schemas['Run'], 'counts'>): string {
  return COUNTS.filter((name) => run.counts?.[name]).map((name) => `${number(run.counts[name]!)} ${tCode('count', name)}`).join(', ');
}
