import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cut, entries, MAX_BYTES } from '../src/cutting.js';
import { InvalidChanges } from '../src/errors.js';
import type { Change } from '../src/generated/push.js';

const change = (number: number, note = ''): Change => ({ key: `lead-${number}`, fields: { note } });
const read = (body: string) => JSON.parse(body) as { run?: string; changes: Change[] };

test('501 changes are two messages in order', () => {
  const messages = cut('acme', 'lead', Array.from({ length: 501 }, (_, number) => change(number)));
  assert.deepEqual(messages.map((each) => each.changes.length), [500, 1]);
  assert.equal(read(messages[1]!.body).changes[0]!.key, 'lead-500');
});

test('a message may be exactly as large as SQS takes, in bytes and not in characters', () => {
  const bare = cut('acme', 'lead', [change(1)])[0]!.size;
  const [message] = cut('acme', 'lead', [change(1, 'x'.repeat(MAX_BYTES - bare))]);
  assert.equal(message!.size, MAX_BYTES);
  assert.throws(() => cut('acme', 'lead', [change(1, 'x'.repeat(MAX_BYTES - bare + 1))]), /bytes long/);
  const third = 'ü'.repeat(MAX_BYTES / 6);
  assert.deepEqual(cut('acme', 'lead', [1, 2, 3, 4].map((each) => change(each, third))).map((each) => each.changes.length), [2, 2]);
});

test('what is undefined is left out, a null in a field stays, and characters that SQS refuses are escapes', () => {
  const given: Change = { key: 'lead-1', fields: { phone: null, fax: undefined, text: 'a\uffffb' } };
  const [message] = cut('acme', 'lead', [given], 'run-1');
  assert.equal(read(message!.body).run, 'run-1');
  assert.deepEqual(read(message!.body).changes, [{ key: 'lead-1', fields: { phone: null, text: 'a\uffffb' } }]);
  assert.match(message!.body, /a\\uffffb/);
});

test('a change that breaks the contract is named with its place and nothing is sent', () => {
  const circle: Record<string, unknown> = { key: 'a' };
  circle['fields'] = { circle };
  const bad: [unknown, RegExp][] = [
    [circle, /no JSON/],
    [{ key: '' }, /key/],
    [{ fields: {} }, /key/],
    [{ key: 'a', feilds: {} }, /feilds/],
    [{ key: 'a', occurred_at: 'yesterday' }, /occurred_at/],
    [{ key: 'a', fields: { score: Number.NaN } }, /NaN is no JSON number/],
    [{ key: 'a', fields: { deep: [{ score: 1n }] } }, /BigInt/],
    [null, /object/],
  ];
  for (const [each, reason] of bad) {
    assert.throws(
      () => cut('acme', 'lead', [change(1), each as Change]),
      (error) => error instanceof InvalidChanges && reason.test(error.message) && error.faults[0]!.position === 1,
    );
  }
});

test('a tenant or source that no message may name is refused', () => {
  assert.throws(() => cut('a b', 'lead', [change(1)]), RangeError);
  assert.throws(() => cut('acme', '', [change(1)]), RangeError);
});

test('groups hold ten messages and a mebibyte at most', () => {
  const sized = (count: number, size: number) => Array.from({ length: count }, () => ({ body: 'x', size, changes: [] }));
  assert.deepEqual(entries(sized(23, 1)).map((group) => group.length), [10, 10, 3]);
  assert.deepEqual(entries(sized(5, 400_000)).map((group) => group.length), [2, 2, 1]);
});
