/** The next times of a schedule are those that the server works out (syncs/schedules.py). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextTimes } from '../src/editor/schedule.ts';

const at = (text: string): number => Date.parse(text);
const schedule = (given: object): Parameters<typeof nextTimes>[0] => ({ zone: 'UTC', paused: false, ...given }) as Parameters<typeof nextTimes>[0];
const texts = (times: number[]): string[] => times.map((each) => new Date(each).toISOString().slice(0, 16));

test('an interval is spread by tenant and sync as the server spreads it', () => {
  // crc32(b'acme/lead-contact') % 900_000 in Python, and next_due_ms at this moment
  const now = at('2026-11-20T10:00:00Z');
  const offset = 2_406_086_202 % 900_000;
  const times = nextTimes(schedule({ every_minutes: 15 }), 'acme/lead-contact', now);
  assert.equal(times[0], now + 900_000 - ((now - offset) % 900_000));
  assert.equal(times[1]! - times[0]!, 900_000);
});

test('a daily time keeps the wall clock of its zone over a change of the clocks', () => {
  const times = nextTimes(schedule({ daily_at: '02:00', zone: 'Europe/Berlin' }), 'x', at('2026-10-23T12:00:00Z'));
  assert.deepEqual(texts(times), ['2026-10-24T00:00', '2026-10-25T00:00', '2026-10-26T01:00']);
});

test('today counts while its time is still to come', () => {
  assert.deepEqual(texts(nextTimes(schedule({ daily_at: '18:00' }), 'x', at('2026-11-20T10:00:00Z'), 1)), ['2026-11-20T18:00']);
  assert.deepEqual(texts(nextTimes(schedule({ daily_at: '06:00', zone: 'America/New_York' }), 'x', at('2026-11-20T10:00:00Z'), 1)), ['2026-11-20T11:00']);
});

test('nothing is due while it is paused', () => {
  assert.deepEqual(nextTimes(schedule({ every_minutes: 15, paused: true }), 'x', 0), []);
});
