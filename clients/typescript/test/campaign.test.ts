/** 2,000 changes through the client: nothing is lost, and nothing is handled twice, whatever SQS refuses and whoever dies. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { Consumer } from '../src/consumer.js';
import type { OutcomesMessage } from '../src/generated/outcomes.js';
import type { SeenIds } from '../src/seen.js';
import { Sender } from '../src/sender.js';
import { FakeSqs, seeded } from './support/fake-sqs.js';
import { outcomesBody } from './support/messages.js';

const CHANGES = 2_000;
const PER_CALL = 100;
const PER_PAGE = 20;
const DIES = 0.05;

class Killed extends Error {}

/** A database whose writes count when they are committed, together with the id of the message. */
class Database {
  readonly handled = new Map<string, number>();
  readonly ids = new Set<string>();
  #pending: string[] = [];

  write(key: string): void {
    this.#pending.push(key);
  }

  commit(): void {
    for (const key of this.#pending) this.handled.set(key, (this.handled.get(key) ?? 0) + 1);
    this.#pending = [];
  }

  rollback(): void {
    this.#pending = [];
  }
}

/** A store in that database; the process may die before, within and after the transaction. `apart` commits the id by itself. */
function storeIn(database: Database, dies: () => void, apart: boolean): SeenIds {
  return {
    async once(id, handle) {
      dies();
      if (database.ids.has(id)) return false;
      await handle();
      if (!apart) dies();
      database.commit();
      if (apart) dies();
      database.ids.add(id);
      dies();
      return true;
    },
  };
}

interface Figures {
  lost: number;
  handledTwice: number;
  kills: number;
}

async function campaign(sqs: FakeSqs, client: SQSClient, broken: 'no' | 'apart' | 'hides refusals'): Promise<Figures> {
  const chance = seeded(7);
  await send(sqs, client, chance, broken === 'hides refusals');
  answer(sqs);
  const database = new Database();
  let kills = 0;
  const dies = () => {
    if (chance() >= DIES) return;
    kills += 1;
    throw new Killed();
  };
  const outcomes = (message: OutcomesMessage) => {
    for (const each of message.outcomes) database.write(each.key);
    dies();
  };
  for (let idle = 0; idle < 5; ) {
    // A process that dies takes the rest of its poll along: nothing after the kill is handled or deleted.
    let dead = false;
    const seen = storeIn(database, dies, broken === 'apart');
    const mortal: SeenIds = { once: (id, handle) => (dead ? Promise.reject(new Killed()) : seen.once(id, handle)) };
    const onLeft = (_: string, error: unknown) => void (dead ||= error instanceof Killed);
    const polled = await new Consumer(client, sqs.url('outbound'), { outcomes }, { seen: mortal, onLeft }).poll();
    database.rollback();
    idle = polled.handled + polled.repeats + polled.left || sqs.kept('outbound').length ? 0 : idle + 1;
  }
  const keys = Array.from({ length: CHANGES }, (_, number) => `lead-${number}`);
  const lost = keys.filter((key) => !database.handled.has(key)).length;
  const handledTwice = [...database.handled.values()].reduce((sum, count) => sum + count - 1, 0);
  return { lost, handledTwice, kills };
}

async function send(sqs: FakeSqs, client: SQSClient, chance: () => number, hidesRefusals: boolean): Promise<void> {
  sqs.faults = { refused: 0.3, throttled: 0.2, lostAnswer: 0.15 };
  const hiding = {
    send: (async (command: unknown) => ({ ...((await client.send(command as never)) as object), Failed: [] })) as SQSClient['send'],
  };
  const clock = { sleep: async () => undefined };
  const sender = new Sender(hidesRefusals ? hiding : client, sqs.url('push'), { clock, chance, attempts: 40 });
  for (let start = 0; start < CHANGES; start += PER_CALL) {
    await sender.send('acme', 'lead', Array.from({ length: PER_CALL }, (_, place) => ({ key: `lead-${start + place}` })));
  }
}

/** Put the outcomes of every change on the outbound queue: a change that was sent twice because its answer was lost has one. */
function answer(sqs: FakeSqs): void {
  sqs.faults = { deliveredTwice: 0.1, notDeleted: 0.1 };
  const bodies = sqs.kept('push').map((each) => JSON.parse(each.body) as { changes: { key: string }[] });
  const keys = [...new Set(bodies.flatMap((body) => body.changes.map((each) => each.key)))];
  for (let start = 0; start < keys.length; start += PER_PAGE) sqs.put('outbound', outcomesBody(...keys.slice(start, start + PER_PAGE)));
}

async function figures(broken: 'no' | 'apart' | 'hides refusals'): Promise<Figures & FakeSqs['counts']> {
  const sqs = new FakeSqs(1);
  const client = await sqs.start();
  try {
    return { ...(await campaign(sqs, client, broken)), ...sqs.counts };
  } finally {
    client.destroy();
    await sqs.stop();
  }
}

test('2,000 changes: 0 lost, 0 handled twice', async (context) => {
  const found = await figures('no');
  context.diagnostic(JSON.stringify(found));
  assert.deepEqual({ lost: found.lost, handledTwice: found.handledTwice }, { lost: 0, handledTwice: 0 });
  for (const happened of [found.kills, found.refused, found.throttled, found.lostAnswer, found.secondDeliveries]) assert.ok(happened > 0);
});

test('a client that hides refusals loses changes, and a store that commits the id apart handles some twice', async () => {
  assert.ok((await figures('hides refusals')).lost > 0);
  assert.ok((await figures('apart')).handledTwice > 0);
});
