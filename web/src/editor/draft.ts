/** A sync while it is edited: its rows, what was done to it (for undo), and what differs from what is saved. Pure. */
import type { Schemas } from '../api/client.ts';

export type Sync = Schemas['Sync'];
export type Mapping = Schemas['Mapping'];
export interface Row extends Mapping {
  /** Stays with the row, whatever becomes of it; it is not sent. */
  key: string;
}
export type Rules = Omit<Sync, 'mappings' | 'problems'>;

export interface Draft {
  rules: Rules;
  rows: readonly Row[];
}

export interface Editing {
  base: Sync;
  draft: Draft;
  past: readonly Draft[];
  future: readonly Draft[];
  /** What was done last, so that typing on is one step of undo. */
  step: string;
}

export type Change =
  | { do: 'row'; key: string; patch: Partial<Mapping> }
  | { do: 'add'; row: Row; at?: number }
  | { do: 'remove'; key: string }
  | { do: 'move'; key: string; to: number }
  | { do: 'rules'; patch: Partial<Rules> }
  | { do: 'undo' | 'redo' | 'discard' }
  | { do: 'saved'; sync: Sync }
  | { do: 'replace'; base: Sync; draft: Draft };

const LONGEST_PAST = 100;
let last = 0;

/** Return a key for a row that no other row has. */
export const newKey = (): string => `r${Date.now().toString(36)}${(last += 1)}`;

export const emptyRow = (): Row => ({ key: newKey(), product: '', salesforce: '', create_related: false, pull_as: 'value' }) as Row;

export function draftOf(sync: Sync): Draft {
  const { mappings = [], problems: _problems, ...rules } = sync;
  return { rules, rows: mappings.map((row, index) => ({ ...row, key: `s${sync.revision}-${index}` })) };
}

export const begun = (sync: Sync): Editing => ({ base: sync, draft: draftOf(sync), past: [], future: [], step: '' });

/** Return what is sent to the API: rows that name neither side are left out, as nobody meant them. */
export function sent(draft: Draft): Schemas['SyncDraft'] {
  const mappings = draft.rows.filter((row) => row.product.trim() && row.salesforce.trim()).map(({ key: _key, ...row }) => ({ ...row, product: row.product.trim(), salesforce: row.salesforce.trim() }));
  return { ...draft.rules, mappings } as Schemas['SyncDraft'];
}

/** Return the rows that name one side only: they are kept in the draft and cannot be saved. */
export const halfRows = (draft: Draft): Row[] => draft.rows.filter((row) => Boolean(row.product.trim()) !== Boolean(row.salesforce.trim()));

export function changed(before: Editing, change: Change): Editing {
  switch (change.do) {
    case 'undo': {
      const previous = before.past.at(-1);
      return previous ? { ...before, draft: previous, past: before.past.slice(0, -1), future: [before.draft, ...before.future], step: '' } : before;
    }
    case 'redo': {
      const [following, ...rest] = before.future;
      return following ? { ...before, draft: following, past: [...before.past, before.draft], future: rest, step: '' } : before;
    }
    case 'discard':
      return followed(before, draftOf(before.base), 'discard');
    case 'saved':
      return { ...begun(change.sync), draft: keyed(change.sync, before.draft), past: [], future: [] };
    case 'replace':
      return { ...before, base: change.base, draft: change.draft, past: [...before.past, before.draft], future: [], step: '' };
    default: {
      const draft = applied(before.draft, change);
      return draft === before.draft ? before : followed(before, draft, stepOf(change));
    }
  }
}

function followed(before: Editing, draft: Draft, step: string): Editing {
  const isSameStep = step !== '' && step === before.step;
  const past = isSameStep ? before.past : [...before.past, before.draft].slice(-LONGEST_PAST);
  return { ...before, draft, past, future: [], step };
}

function stepOf(change: Change): string {
  if (change.do === 'row') return `row ${change.key} ${Object.keys(change.patch).join(' ')}`;
  return change.do === 'rules' ? `rules ${Object.keys(change.patch).join(' ')}` : '';
}

function applied(draft: Draft, change: Change): Draft {
  switch (change.do) {
    case 'row':
      return { ...draft, rows: draft.rows.map((row) => (row.key === change.key ? { ...row, ...change.patch } : row)) };
    case 'add':
      return { ...draft, rows: draft.rows.toSpliced(change.at ?? draft.rows.length, 0, change.row) };
    case 'remove':
      return { ...draft, rows: draft.rows.filter((row) => row.key !== change.key) };
    case 'move': {
      const from = draft.rows.findIndex((row) => row.key === change.key);
      const to = Math.min(Math.max(change.to, 0), draft.rows.length - 1);
      if (from < 0 || from === to) return draft;
      return { ...draft, rows: draft.rows.toSpliced(from, 1).toSpliced(to, 0, draft.rows[from]!) };
    }
    case 'rules':
      return { ...draft, rules: { ...draft.rules, ...change.patch } };
    default:
      return draft;
  }
}

/** Return the draft of a saved sync in which rows keep the keys that they had, so that nothing under the cursor is replaced. */
function keyed(sync: Sync, before: Draft): Draft {
  const keys = before.rows.filter((row) => row.product.trim() && row.salesforce.trim()).map((row) => row.key);
  const draft = draftOf(sync);
  const rows: Row[] = draft.rows.map((row, index) => ({ ...row, key: keys[index] ?? row.key }));
  const open = before.rows.filter((row) => !keys.includes(row.key));
  return { ...draft, rows: [...rows, ...open] };
}
