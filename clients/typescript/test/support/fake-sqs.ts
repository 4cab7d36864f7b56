/** A small SQS over HTTP on this machine: its limits, refusals, lost answers, second deliveries and visibility in virtual time. */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SQSClient } from '@aws-sdk/client-sqs';

const MAX_BYTES = 1_048_576;
const VISIBILITY_S = 60;
// eslint-disable-next-line no-control-regex -- what SQS takes
const NO_TEXT = /[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** How often, of 1, something goes wrong. */
export interface Faults {
  refused?: number;
  throttled?: number;
  lostAnswer?: number;
  deliveredTwice?: number;
  notDeleted?: number;
}

interface Kept {
  id: string;
  body: string;
  group: string | undefined;
  visibleAt: number;
  deliveries: number;
}

interface Entry {
  Id: string;
  MessageBody: string;
  MessageGroupId?: string;
  ReceiptHandle: string;
}

/** A generator of numbers from 0 to 1 that repeats for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Queues by name; `now` is virtual and in seconds. */
export class FakeSqs {
  now = 0;
  faults: Faults = {};
  readonly counts = { refused: 0, throttled: 0, lostAnswer: 0, secondDeliveries: 0 };
  readonly #queues = new Map<string, Map<string, Kept>>();
  readonly #server: Server;
  readonly #chance: () => number;

  constructor(seed = 1) {
    this.#chance = seeded(seed);
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** Start listening and return a client that knows no other address. */
  async start(): Promise<SQSClient> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return new SQSClient({
      endpoint: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  url(name: string): string {
    return `http://127.0.0.1/123456789012/${name}`;
  }

  put(queue: string, body: string, group?: string): string {
    const id = randomUUID();
    this.#queue(queue).set(id, { id, body, group, visibleAt: 0, deliveries: 0 });
    return id;
  }

  kept(queue: string): Kept[] {
    return [...this.#queue(queue).values()];
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const asked = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>;
    const operation = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
    const queue = String(asked['QueueUrl']).split('/').at(-1) ?? '';
    const found = this.#operation(operation, queue, asked);
    if (found === 'lost') {
      request.socket.destroy();
      return;
    }
    const body = JSON.stringify(found.body);
    response.writeHead(found.status, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
  }

  #operation(operation: string, queue: string, asked: Record<string, unknown>): { status: number; body: unknown } | 'lost' {
    if (operation === 'SendMessageBatch') return this.#send(queue, asked['Entries'] as Entry[]);
    if (operation === 'ReceiveMessage') return { status: 200, body: this.#receive(queue, Number(asked['WaitTimeSeconds'] ?? 0)) };
    if (operation === 'DeleteMessageBatch') return { status: 200, body: this.#delete(queue, asked['Entries'] as Entry[]) };
    return refusal('UnknownOperationException', operation);
  }

  #send(queue: string, batch: Entry[]): { status: number; body: unknown } | 'lost' {
    if (batch.length > 10) return refusal('com.amazonaws.sqs#TooManyEntriesInBatchRequest', 'too many');
    if (batch.reduce((sum, each) => sum + Buffer.byteLength(each.MessageBody), 0) > MAX_BYTES) {
      return refusal('com.amazonaws.sqs#BatchRequestTooLong', 'too long');
    }
    if (batch.some((each) => NO_TEXT.test(each.MessageBody))) return refusal('com.amazonaws.sqs#InvalidMessageContents', 'no text');
    if (this.#happens('throttled')) {
      this.counts.throttled += 1;
      return refusal('com.amazonaws.sqs#RequestThrottled', 'slow down');
    }
    const [Successful, Failed]: [unknown[], unknown[]] = [[], []];
    for (const each of batch) {
      if (this.#happens('refused')) {
        this.counts.refused += 1;
        Failed.push({ Id: each.Id, Code: 'InternalError', Message: 'again', SenderFault: false });
      } else {
        const MessageId = this.put(queue, each.MessageBody, each.MessageGroupId);
        Successful.push({ Id: each.Id, MessageId, MD5OfMessageBody: md5(each.MessageBody) });
      }
    }
    if (this.#happens('lostAnswer')) {
      this.counts.lostAnswer += 1;
      return 'lost';
    }
    return { status: 200, body: { Successful, Failed } };
  }

  #receive(queue: string, waitS: number): unknown {
    const visible = this.kept(queue).filter((each) => each.visibleAt <= this.now).slice(0, 10);
    if (!visible.length) this.now += waitS;
    for (const each of visible) {
      each.deliveries += 1;
      this.counts.secondDeliveries += each.deliveries > 1 ? 1 : 0;
      each.visibleAt = this.#happens('deliveredTwice') ? this.now : this.now + VISIBILITY_S;
    }
    const Messages = visible.map((each) => ({
      MessageId: each.id,
      ReceiptHandle: `${each.id}/${each.deliveries}`,
      Body: each.body,
      MD5OfBody: md5(each.body),
    }));
    return Messages.length ? { Messages } : {};
  }

  #delete(queue: string, batch: Entry[]): unknown {
    const Failed: unknown[] = [];
    for (const each of batch) {
      if (this.#happens('notDeleted')) Failed.push({ Id: each.Id, Code: 'InternalError', SenderFault: false });
      else this.#queue(queue).delete(each.ReceiptHandle.split('/')[0] ?? '');
    }
    return { Successful: [], Failed };
  }

  #happens(fault: keyof Faults): boolean {
    const share = this.faults[fault] ?? 0;
    return share > 0 && this.#chance() < share;
  }

  #queue(name: string): Map<string, Kept> {
    const found = this.#queues.get(name) ?? new Map<string, Kept>();
    this.#queues.set(name, found);
    return found;
  }
}

function refusal(type: string, message: string): { status: number; body: unknown } {
  return { status: 400, body: { __type: type, message } };
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
