/** Signals survive being edited: what is saved comes back as it was, whatever kind it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freeName, short, whole, type Kept } from '../src/editor/signal.ts';

const KINDS: Kept[] = [
  "account.type == 'Customer'",
  '',
  { when: 'fields.score > `50`', fires: 'every_time' },
  { when: 'fields.score > `50`', ended: true },
  { changed: 'record.OwnerId' },
  { changed: '' },
] as Kept[];

test('every kind of signal is the same after it was opened', () => {
  for (const kept of KINDS) assert.deepEqual(short(whole(kept)), kept);
});

test('a value that is watched stays one while it is typed, and a plain condition is kept as its text', () => {
  assert.deepEqual(short({ ...whole({ changed: '' } as Kept), changed: 'record.Name' }), { changed: 'record.Name' });
  assert.equal(short({ ...whole({ when: 'a', fires: 'every_time' } as Kept), fires: 'once' }), 'a');
});

test('a new signal takes no name that there is', () => {
  assert.equal(freeName([['signal_2', '']]), 'signal_3');
});
