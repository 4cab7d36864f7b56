/** Read outcomes, pages of records and events from a queue: each handled once, deleted only when it was. */
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { Unreadable } from './errors.js';
import { isPassing } from './faults.js';
import type { OutcomesMessage } from './generated/outcomes.js';
import type { RecordsMessage } from './generated/records.js';
import { type CausewayEvent, identityOf, type Received, readMessage } from './messages.js';
import { MemorySeenIds, type SeenIds } from './seen.js';
import { type Clock, systemClock } from './timing.js';

const MAX_MESSAGES = 10; // SQS limit: messages of one ReceiveMessage
const WAIT_S = 20; // SQS limit: long polling
const PAUSE_MS = 5_000; // after a poll that SQS did not answer

/**
 * What to do with each kind of message. A kind without a handler stays on the queue.
 *
 * A handler that throws leaves its message on the queue; SQS delivers it again after the visibility timeout.
 */
export interface Handlers {
  readonly outcomes?: (message: OutcomesMessage) => void | Promise<void>;
  readonly records?: (message: RecordsMessage) => void | Promise<void>;
  readonly event?: (event: CausewayEvent) => void | Promise<void>;
}

/** What one poll did: messages handled, dropped as repeats, and left on the queue. */
export interface Polled {
  readonly handled: number;
  readonly repeats: number;
  readonly left: number;
}

export interface ConsumerOptions {
  readonly seen?: SeenIds;
  readonly clock?: Clock;
  /** Told of every message that stays on the queue, and why; by default a warning on standard error. */
  readonly onLeft?: (messageId: string, error: unknown) => void;
}

/** Reads one queue for one product. */
export class Consumer {
  readonly #seen: SeenIds;
  readonly #clock: Clock;
  readonly #onLeft: (messageId: string, error: unknown) => void;

  constructor(
    private readonly sqs: Pick<SQSClient, 'send'>,
    private readonly queueUrl: string,
    private readonly handlers: Handlers,
    options: ConsumerOptions = {},
  ) {
    this.#seen = options.seen ?? new MemorySeenIds();
    this.#clock = options.clock ?? systemClock;
    this.#onLeft = options.onLeft ?? ((id, error) => console.warn(`Left on the queue, message ${id}:`, error));
  }

  /** Poll until the signal is aborted; a poll that SQS does not answer now is made again. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.poll();
      } catch (error) {
        if (!isPassing(error)) throw error;
        await this.#clock.sleep(PAUSE_MS);
      }
    }
  }

  /** Handle the next messages, at most ten, waiting up to `waitS` for the first. */
  async poll(waitS: number = WAIT_S): Promise<Polled> {
    const answer = await this.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: this.queueUrl, MaxNumberOfMessages: MAX_MESSAGES, WaitTimeSeconds: waitS }),
    );
    const polled = { handled: 0, repeats: 0, left: 0 };
    const receipts: string[] = [];
    for (const message of answer.Messages ?? []) {
      const end = await this.#take(message);
      polled[end] += 1;
      if (end !== 'left') receipts.push(message.ReceiptHandle ?? '');
    }
    await this.#delete(receipts);
    return polled;
  }

  async #take(message: Message): Promise<keyof Polled> {
    const messageId = message.MessageId ?? '';
    try {
      const received = readMessage(message.Body ?? '');
      const handle = this.#handler(received);
      const isNew = await this.#seen.once(identityOf(received, messageId), handle);
      return isNew ? 'handled' : 'repeats';
    } catch (error) {
      this.#onLeft(messageId, error);
      return 'left';
    }
  }

  /** Return the call that handles a message; throw Unreadable when there is no handler for its kind. */
  #handler(received: Received): () => Promise<void> {
    const handler = this.handlers[received.kind] as ((message: unknown) => void | Promise<void>) | undefined;
    if (!handler) throw new Unreadable(`There is no handler for ${received.kind}.`);
    return async () => handler(received.message);
  }

  /** Delete what was handled; what SQS does not delete now comes again, and is then dropped as a repeat. */
  async #delete(receipts: readonly string[]): Promise<void> {
    if (!receipts.length) return;
    const batch = receipts.map((receipt, place) => ({ Id: String(place), ReceiptHandle: receipt }));
    await this.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: this.queueUrl, Entries: batch }));
  }
}
