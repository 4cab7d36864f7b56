/** The draft of a sync: what is done to it, undone, compared and laid over somebody else's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begun, changed, draftOf, emptyRow, halfRows, sent, type Editing, type Sync } from '../src/editor/draft.ts';
import { differences, rebased } from '../src/editor/differences.ts';

const sync = (rows: [string, string][], more: Partial<Sync> = {}): Sync =>
  ({ id: 's', source: 'lead', sobject: 'Contact', direction: 'push', enabled: false, position: 1, revision: 3, push: { update_existing: true, when: null }, pull: { filter: null }, email: 'automatic', signals: {}, problems: [], mappings: rows.map(([product, salesforce]) => ({ product, salesforce })), ...more }) as unknown as Sync;
const rows = (editing: Editing): string => editing.draft.rows.map((row) => row.product).join(' ');
const base = sync([['a', 'A'], ['b', 'B'], ['c', 'C']]);

test('every step is undone and done again, and typing in one field is one step', () => {
  let editing = begun(base);
  const key = editing.draft.rows[0]!.key;
  for (const product of ['x', 'xy', 'xyz']) editing = changed(editing, { do: 'row', key, patch: { product } });
  editing = changed(editing, { do: 'move', key, to: 2 });
  assert.equal(rows(editing), 'b c xyz');
  editing = changed(editing, { do: 'undo' });
  assert.equal(rows(editing), 'xyz b c');
  editing = changed(editing, { do: 'undo' });
  assert.equal(rows(editing), 'a b c');
  editing = changed(changed(editing, { do: 'redo' }), { do: 'redo' });
  assert.equal(rows(editing), 'b c xyz');
});

test('what is sent has no keys of ours and no row that nobody meant, and rows that name one side stay in the draft', () => {
  let editing = changed(begun(base), { do: 'add', row: emptyRow() });
  editing = changed(editing, { do: 'add', row: { ...emptyRow(), product: 'half' } });
  const body = sent(editing.draft);
  assert.deepEqual(body.mappings, base.mappings);
  assert.deepEqual(halfRows(editing.draft).map((row) => row.product), ['half']);
});

test('after a save the rows keep their keys, so that nothing under the cursor is replaced', () => {
  let editing = changed(begun(base), { do: 'add', row: { ...emptyRow(), product: 'half' } });
  const keys = editing.draft.rows.map((row) => row.key);
  editing = changed(editing, { do: 'saved', sync: { ...base, revision: 4 } });
  assert.deepEqual(editing.draft.rows.map((row) => row.key), keys);
  assert.equal(editing.base.revision, 4);
});

test('an untouched draft differs in nothing, and each change is named by its field', () => {
  let editing = begun(base);
  assert.deepEqual(differences(editing.base, editing.draft), []);
  const [first, second] = editing.draft.rows;
  editing = changed(editing, { do: 'row', key: first!.key, patch: { default: 'None' } });
  editing = changed(editing, { do: 'remove', key: second!.key });
  editing = changed(editing, { do: 'add', row: { ...emptyRow(), product: 'd', salesforce: 'D' } });
  editing = changed(editing, { do: 'rules', patch: { push: { ...editing.draft.rules.push!, when: 'score' } } });
  const found = differences(editing.base, editing.draft);
  assert.deepEqual(found.map((each) => `${each.what} ${each.name}`), ['changed A', 'added D', 'removed B', 'changed push.when']);
});

test('my changes are laid over what somebody else saved: theirs stay, mine win where both changed the same', () => {
  let mine = begun(base);
  mine = changed(mine, { do: 'row', key: mine.draft.rows[0]!.key, patch: { product: 'mine' } });
  mine = changed(mine, { do: 'remove', key: mine.draft.rows[1]!.key });
  mine = changed(mine, { do: 'add', row: { ...emptyRow(), product: 'new', salesforce: 'New' } });
  const theirs = sync([['theirs', 'A'], ['b', 'B'], ['theirs', 'C'], ['t', 'T']], { revision: 5, position: 7 });
  const both = rebased(base, mine.draft, theirs);
  assert.deepEqual(both.rows.map((row) => `${row.product}>${row.salesforce}`), ['mine>A', 'theirs>C', 't>T', 'new>New']);
  assert.equal(both.rules.position, 7);
  assert.equal(both.rules.revision, 5);
});

test('a rule that I changed wins over theirs, inside its block alone', () => {
  let mine = begun(base);
  mine = changed(mine, { do: 'rules', patch: { push: { ...mine.draft.rules.push!, when: 'mine' } } });
  const theirs = sync([['a', 'A']], { push: { update_existing: false, when: null } as unknown as Sync['push'] });
  assert.deepEqual(rebased(base, mine.draft, theirs).rules.push, { update_existing: false, when: 'mine' });
});

test('a draft of a sync without rows is empty', () => {
  assert.deepEqual(draftOf(sync([])).rows, []);
});
