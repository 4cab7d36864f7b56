import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { Consumer, type Handlers } from '../src/consumer.js';
import { readMessage } from '../src/messages.js';
import { MemorySeenIds } from '../src/seen.js';
import { FakeSqs } from './support/fake-sqs.js';
import { eventBody, outcomesBody, recordsBody } from './support/messages.js';

let sqs: FakeSqs;
let client: SQSClient;
let noted: string[];
let failing: Set<string>;
const note = (...keys: string[]) => {
  if (keys.some((key) => failing.has(key))) throw new Error("the product's database is away");
  noted.push(...keys);
};
const handlers: Handlers = {
  outcomes: (message) => note(...message.outcomes.map((each) => each.key)),
  records: async (page) => note(page.page_id),
  event: (event) => note(event['detail-type']),
};
const consumer = (some: Handlers = handlers) => new Consumer(client, sqs.url('outbound'), some, { onLeft: () => undefined });

beforeEach(async () => {
  [sqs, noted, failing] = [new FakeSqs(), [], new Set()];
  client = await sqs.start();
});
afterEach(async () => {
  client.destroy();
  await sqs.stop();
});

test('each kind reaches its handler and leaves the queue', async () => {
  for (const body of [outcomesBody('lead-1', 'lead-2'), recordsBody('p1'), eventBody('e1')]) sqs.put('outbound', body);
  assert.deepEqual(await consumer().poll(0), { handled: 3, repeats: 0, left: 0 });
  assert.deepEqual(noted, ['lead-1', 'lead-2', 'p1', 'connection.status_changed']);
  assert.equal(sqs.kept('outbound').length, 0);
});

test('what a handler fails on stays, and its neighbours go on', async () => {
  failing.add('lead-1');
  sqs.put('outbound', outcomesBody('lead-1'));
  sqs.put('outbound', outcomesBody('lead-2'));
  const reading = consumer();
  assert.deepEqual(await reading.poll(0), { handled: 1, repeats: 0, left: 1 });
  failing.clear();
  sqs.now += 60;
  assert.deepEqual(await reading.poll(0), { handled: 1, repeats: 0, left: 0 });
  assert.deepEqual(noted, ['lead-2', 'lead-1']);
});

test('second deliveries and second copies of a page or event are dropped', async () => {
  sqs.faults = { notDeleted: 1 };
  sqs.put('outbound', outcomesBody('lead-1'));
  for (const body of [recordsBody('p1'), recordsBody('p1'), eventBody('e1'), eventBody('e1')]) sqs.put('outbound', body);
  const reading = consumer();
  assert.deepEqual(await reading.poll(0), { handled: 3, repeats: 2, left: 0 });
  sqs.faults = {};
  sqs.now += 60;
  assert.deepEqual(await reading.poll(0), { handled: 0, repeats: 5, left: 0 });
  assert.equal(sqs.kept('outbound').length, 0);
});

test('what cannot be read and what has no handler stays on the queue', async () => {
  for (const body of ['no json', '[]', 'null', '{"type":"outcomes","version":2}', recordsBody('p1')]) sqs.put('outbound', body);
  const { outcomes } = handlers;
  assert.deepEqual(await consumer(outcomes ? { outcomes } : {}).poll(0), { handled: 0, repeats: 0, left: 5 });
  assert.equal(sqs.kept('outbound').length, 5);
});

test('a run ends when it is told to, and outlives a poll that SQS does not answer', async () => {
  const stop = new AbortController();
  sqs.put('outbound', outcomesBody('lead-1'));
  let asked = 0;
  const slept: number[] = [];
  const flaky = {
    send: (async (command: unknown) => {
      asked += 1;
      if (asked === 1) throw Object.assign(new Error('slow down'), { name: 'RequestThrottled' });
      return client.send(command as never);
    }) as SQSClient['send'],
  };
  const clock = { sleep: async (milliseconds: number) => void slept.push(milliseconds) };
  await new Consumer(flaky, sqs.url('outbound'), { outcomes: () => stop.abort() }, { clock }).run(stop.signal);
  assert.deepEqual(slept, [5000]);
});

test('a key that a newer deployment sends does no harm', () => {
  const raw = JSON.parse(outcomesBody('lead-1')) as object;
  assert.equal(readMessage(JSON.stringify({ ...raw, shard: 7 })).kind, 'outcomes');
});

test('the memory store forgets the oldest ids and failed ones', async () => {
  const seen = new MemorySeenIds(2);
  const isNew = (id: string) => seen.once(id, async () => undefined);
  const found = [];
  for (const id of ['a', 'b', 'c', 'b', 'a']) found.push(await isNew(id));
  assert.deepEqual(found, [true, true, true, false, true]);
  await assert.rejects(seen.once('d', () => Promise.reject(new Error('no'))));
  assert.equal(await isNew('d'), true);
});

test('a page of version 2 is read as one of version 1', () => {
  const head = JSON.parse(recordsBody('p1')) as object;
  const record = { kind: 'created', salesforce_id: '003000000000001AAA', system_modstamp: '2026-11-20T10:00:00Z', values: {} };
  const data = [{ salesforce_account_name: 'Acme' }];
  const records = [
    { ...record, data: 0 },
    { ...record, key: 'k', data: 0, salesforce_contact_id: null, salesforce_lead_id: '00Q000000000001AAA' },
    record,
  ];
  const { message } = readMessage(JSON.stringify({ ...head, version: 2, data, records }));
  const empty = { key: null, signals: [], merged_into: null, converted: null };
  const acme = { salesforce_account_name: 'Acme' };
  assert.deepEqual(message, {
    ...head,
    records: [
      { ...empty, ...record, data: { ...acme, salesforce_lead_id: null, salesforce_contact_id: record.salesforce_id } },
      { ...empty, ...record, key: 'k', data: { ...acme, salesforce_lead_id: '00Q000000000001AAA', salesforce_contact_id: null } },
      { ...empty, ...record, data: {} },
    ],
  });
  const lost = { ...head, version: 2, data, records: [{ ...record, data: 1 }] };
  assert.throws(() => readMessage(JSON.stringify(lost)), /no data at place 1/);
});
