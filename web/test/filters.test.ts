/** Filters that are kept: named by what they look for, each once, the newest first. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKept, nameOf, toggled, type Filter } from '../src/state/filters.ts';

test('a filter is kept once, first, and forgotten when it is pressed again', () => {
  let kept: Filter[] = [];
  kept = toggled(kept, { source: 'lead' });
  kept = toggled(kept, { code: 'quota_spent', source: 'lead' });
  assert.deepEqual(kept.map(nameOf), ['quota_spent · lead', 'lead']);
  assert.ok(isKept(kept, { source: 'lead', code: 'quota_spent' }));
  assert.deepEqual(toggled(kept, { source: 'lead', code: 'quota_spent' }).map(nameOf), ['lead']);
});

test('no more are kept than can be looked over', () => {
  let kept: Filter[] = [];
  for (let number = 0; number < 30; number += 1) kept = toggled(kept, { key: `lead-${number}` });
  assert.equal(kept.length, 12);
  assert.equal(nameOf(kept[0]!), 'lead-29');
});
