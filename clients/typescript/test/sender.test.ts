import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { NotSent } from '../src/errors.js';
import { Sender } from '../src/sender.js';
import { FakeSqs } from './support/fake-sqs.js';

let sqs: FakeSqs;
let client: SQSClient;
const changes = (count: number) => Array.from({ length: count }, (_, number) => ({ key: `lead-${number}` }));
const noWait = () => {
  const slept: number[] = [];
  return { slept, sleep: async (milliseconds: number) => void slept.push(milliseconds) };
};

beforeEach(async () => {
  sqs = new FakeSqs();
  client = await sqs.start();
});
afterEach(async () => {
  client.destroy();
  await sqs.stop();
});

/** A client that answers as told, then as SQS does. */
function scripted(...answers: unknown[]): Pick<SQSClient, 'send'> {
  const send = async (command: unknown) => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer ?? client.send(command as never);
  };
  return { send: send as SQSClient['send'] };
}

const failure = (name: string, extra: object = {}) => Object.assign(new Error(name), { name }, extra);

test('changes arrive in the group of their tenant', async () => {
  const sent = await new Sender(client, sqs.url('push')).send('acme', 'lead', changes(1200));
  assert.deepEqual(sent, { changes: 1200, messages: 3, repeats: 0 });
  assert.deepEqual(sqs.kept('push').map((each) => each.group), ['acme', 'acme', 'acme']);
});

test('only what was refused is sent again, after growing pauses', async () => {
  const clock = noWait();
  const refused = (id: string) => ({ Failed: [{ Id: id, Code: 'InternalError', SenderFault: false }] });
  const taken: number[] = [];
  const sender = new Sender(scripted(refused('1'), refused('0')), sqs.url('push'), { clock, chance: () => 1 });
  const sent = await sender.send('acme', 'lead', changes(1500), { onSent: (count) => taken.push(count) });
  assert.equal(sent.repeats, 2);
  assert.deepEqual(clock.slept, [200, 400]);
  assert.deepEqual(taken, [1000, 500]);
  const [last] = sqs.kept('push');
  assert.match(last!.body, /"lead-500"/);
});

test('a throttle or a broken connection is waited out', async () => {
  for (const error of [
    failure('RequestThrottled'),
    failure('AWS.SimpleQueueService.OverLimit'),
    failure('Whatever', { $metadata: { httpStatusCode: 503 } }),
    failure('Error', { code: 'ECONNRESET' }),
  ]) {
    const sent = await new Sender(scripted(error), sqs.url('push'), { clock: noWait() }).send('acme', 'lead', changes(1));
    assert.equal(sent.repeats, 1);
  }
});

test('what repeating cannot help stops at once and names the changes', async () => {
  const faulty = { Failed: [{ Id: '0', Code: 'InvalidMessageContents', SenderFault: true }] };
  for (const answer of [failure('AccessDenied'), faulty]) {
    const clock = noWait();
    await assert.rejects(
      new Sender(scripted(answer), sqs.url('push'), { clock }).send('acme', 'lead', changes(1)),
      (error) => error instanceof NotSent && JSON.stringify(error.changes) === '[{"key":"lead-0"}]',
    );
    assert.deepEqual(clock.slept, []);
  }
});

test('after the last attempt the error has every change that was not taken', async () => {
  sqs.faults = { throttled: 1 };
  const sender = new Sender(client, sqs.url('push'), { clock: noWait(), attempts: 3 });
  await assert.rejects(
    sender.send('acme', 'lead', changes(6000)),
    (error) => error instanceof NotSent && error.changes.length === 6000,
  );
  assert.equal(sqs.counts.throttled, 3);
});
