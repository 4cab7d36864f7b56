/** What differs between two versions of a sync, and one person's changes laid over another's. Pure. */
import { draftOf, sent, type Draft, type Mapping, type Row, type Rules, type Sync } from './draft.ts';

export interface Difference {
  what: 'added' | 'removed' | 'changed' | 'order';
  /** The Salesforce field of a row, or the name of a rule. */
  name: string;
  isRule: boolean;
  before: string;
  after: string;
}

const NOT_RULES = new Set(['id', 'revision', 'mappings', 'problems']);
const NESTED = ['push', 'pull'] as const;

const said = (value: unknown): string => (value === null || value === undefined || value === '' ? '' : typeof value === 'string' ? value : JSON.stringify(value));

function flat(rules: object): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [name, value] of Object.entries(rules)) {
    if (NOT_RULES.has(name)) continue;
    if ((NESTED as readonly string[]).includes(name)) for (const [inner, each] of Object.entries(value as object)) found.set(`${name}.${inner}`, each);
    else found.set(name, value);
  }
  return found;
}

const plain = ({ key: _key, ...row }: Row): Mapping => row;
const rowText = (row: Mapping): string => {
  const { product, salesforce: _salesforce, ...rest } = row;
  const set = Object.entries(rest).filter(([name, value]) => !isUsual(name, value));
  return [product, ...set.map(([name, value]) => `${name}: ${said(value)}`)].join(' · ');
};

function isUsual(name: string, value: unknown): boolean {
  if (value === null || value === undefined || value === false) return true;
  return (name === 'pull_as' && value === 'value') || (typeof value === 'object' && Object.keys(value as object).length === 0);
}

/** Return what a draft changes of a saved sync, rows first. Rows are the same when they name the same Salesforce field. */
export function differences(base: Sync, draft: Draft): Difference[] {
  const before = draftOf(base).rows.map(plain);
  const after = (sent(draft).mappings ?? []) as Mapping[];
  return [...rowDifferences(before, after), ...ruleDifferences(flat(base), flat(draft.rules))];
}

function rowDifferences(before: readonly Mapping[], after: readonly Mapping[]): Difference[] {
  const found: Difference[] = [];
  const rest = [...before];
  const kept: string[] = [];
  for (const row of after) {
    const at = rest.findIndex((each) => each.salesforce === row.salesforce);
    const old = at < 0 ? undefined : rest.splice(at, 1)[0];
    if (!old) found.push({ what: 'added', name: row.salesforce, isRule: false, before: '', after: rowText(row) });
    else {
      kept.push(row.salesforce);
      if (rowText(old) !== rowText(row)) found.push({ what: 'changed', name: row.salesforce, isRule: false, before: rowText(old), after: rowText(row) });
    }
  }
  for (const row of rest) found.push({ what: 'removed', name: row.salesforce, isRule: false, before: rowText(row), after: '' });
  const order = before.map((row) => row.salesforce).filter((name) => kept.includes(name));
  if (order.join('\n') !== kept.join('\n')) found.push({ what: 'order', name: '', isRule: false, before: order.join(', '), after: kept.join(', ') });
  return found;
}

function ruleDifferences(before: Map<string, unknown>, after: Map<string, unknown>): Difference[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const same = (name: string): boolean => JSON.stringify(before.get(name) ?? null) === JSON.stringify(after.get(name) ?? null);
  return names.filter((name) => !same(name)).map((name) => ({ what: 'changed', name, isRule: true, before: said(before.get(name)), after: said(after.get(name)) }));
}

/** Return my changes of `base` laid over what somebody else saved meanwhile: where both changed the same thing, mine wins. */
export function rebased(base: Sync, mine: Draft, theirs: Sync): Draft {
  const mineBefore = new Map(draftOf(base).rows.map((row) => [row.salesforce, plain(row)]));
  const mineNow = new Map(mine.rows.map((row) => [row.salesforce, row]));
  const rows: Row[] = [];
  for (const row of draftOf(theirs).rows) {
    const before = mineBefore.get(row.salesforce);
    const now = mineNow.get(row.salesforce);
    if (before && !now) continue; // I removed it
    const isMine = now && (!before || rowText(before) !== rowText(plain(now)));
    rows.push(isMine ? now : row);
  }
  const there = new Set(rows.map((row) => row.salesforce));
  const added = mine.rows.filter((row) => !there.has(row.salesforce) && (!mineBefore.has(row.salesforce) || row.salesforce === '' || rowText(mineBefore.get(row.salesforce)!) !== rowText(plain(row))));
  return { rules: rebasedRules(base, mine.rules, theirs), rows: [...rows, ...added] };
}

function rebasedRules(base: Sync, mine: Rules, theirs: Sync): Rules {
  const result = structuredClone(draftOf(theirs).rules) as Record<string, unknown>;
  for (const { name } of ruleDifferences(flat(base), flat(mine))) {
    const [block, inner] = name.split('.') as [keyof Rules, string | undefined];
    if (inner === undefined) result[block] = mine[block];
    else result[block] = { ...(result[block] as object), [inner]: (mine[block] as Record<string, unknown> | undefined)?.[inner] };
  }
  return result as unknown as Rules;
}
