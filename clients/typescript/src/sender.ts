/** Send changes to PushQueue, and send again what SQS refused. */
import { type BatchResultErrorEntry, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type CutMessage, cut, entries } from './cutting.js';
import { NotSent } from './errors.js';
import type { Change } from './generated/push.js';
import { isPassing, isPassingCode } from './faults.js';
import { type Clock, pausesMs, systemClock } from './timing.js';

const ATTEMPTS = 8; // with the pauses between them about 25 seconds

export interface SenderOptions {
  readonly clock?: Clock;
  readonly chance?: () => number;
  readonly attempts?: number;
}

export interface SendOptions {
  /** The run that the changes belong to, after `sync.resend_requested`. */
  readonly run?: string;
  /** Send the changes to Salesforce at once, whatever that costs of the org's calls. */
  readonly urgent?: boolean;
  /** Called with how many more changes SQS has taken. */
  readonly onSent?: (count: number) => void;
}

/** How much was sent, and how many times SQS had to be asked again. */
export interface Sent {
  readonly changes: number;
  readonly messages: number;
  readonly repeats: number;
}

/**
 * Sends changes of any tenant and source to one push queue.
 *
 * A message whose answer was lost is sent again; sending a change twice does no harm.
 */
export class Sender {
  readonly #clock: Clock;
  readonly #chance: () => number;
  readonly #attempts: number;

  constructor(
    private readonly sqs: Pick<SQSClient, 'send'>,
    private readonly queueUrl: string,
    options: SenderOptions = {},
  ) {
    this.#clock = options.clock ?? systemClock;
    this.#chance = options.chance ?? Math.random;
    this.#attempts = options.attempts ?? ATTEMPTS;
  }

  /**
   * Send the changes in their order.
   *
   * Throws InvalidChanges before anything is sent when a change breaks the contract, and NotSent with the changes that SQS did
   * not take after every attempt.
   */
  async send(tenant: string, source: string, changes: Iterable<Change>, options: SendOptions = {}): Promise<Sent> {
    const messages = cut(tenant, source, changes, options.run, options.urgent);
    const groups = entries(messages);
    let repeats = 0;
    for (const [place, group] of groups.entries()) {
      try {
        repeats += await this.#sendGroup(tenant, group, options.onSent);
      } catch (error) {
        if (!(error instanceof Stopped)) throw error;
        const left = [...error.left, ...groups.slice(place + 1).flat()];
        throw new NotSent(error.message, left.flatMap((each) => each.changes));
      }
    }
    return { changes: count(messages), messages: messages.length, repeats };
  }

  /** Send one group until SQS has taken all of it; return how many times it was asked again. */
  async #sendGroup(tenant: string, group: CutMessage[], onSent?: (count: number) => void): Promise<number> {
    const pauses = pausesMs(this.#attempts, this.#chance);
    let [left, repeats] = [group, 0];
    for (;;) {
      const attempt = await this.#attempt(tenant, left);
      if (attempt.left.length < left.length) onSent?.(count(left) - count(attempt.left));
      left = attempt.left;
      if (!left.length) return repeats;
      const pause = pauses.next();
      if (pause.done) throw new Stopped(attempt.reason, left);
      await this.#clock.sleep(pause.value);
      repeats += 1;
    }
  }

  /** Ask SQS once; return what it did not take, and why. Throws Stopped when asking again cannot help. */
  async #attempt(tenant: string, group: CutMessage[]): Promise<{ left: CutMessage[]; reason: string }> {
    const batch = group.map((each, place) => ({ Id: String(place), MessageBody: each.body, MessageGroupId: tenant }));
    try {
      const answer = await this.sqs.send(new SendMessageBatchCommand({ QueueUrl: this.queueUrl, Entries: batch }));
      return notTaken(group, answer.Failed ?? []);
    } catch (error) {
      if (error instanceof Stopped || !isPassing(error)) throw error instanceof Stopped ? error : new Stopped(String(error), group);
      return { left: group, reason: String(error) };
    }
  }
}

class Stopped extends Error {
  constructor(
    reason: string,
    readonly left: CutMessage[],
  ) {
    super(reason);
  }
}

function notTaken(group: CutMessage[], failed: readonly BatchResultErrorEntry[]): { left: CutMessage[]; reason: string } {
  const places = failed.map((entry) => Number(entry.Id)).sort((one, other) => one - other);
  const left = places.flatMap((place) => group[place] ?? []);
  const reason = [...new Set(failed.map((entry) => `${entry.Code}: ${entry.Message ?? ''}`))].join('; ');
  if (failed.some((entry) => entry.SenderFault && !isPassingCode(entry.Code ?? ''))) throw new Stopped(reason, left);
  return { left, reason };
}

function count(messages: readonly CutMessage[]): number {
  return messages.reduce((sum, each) => sum + each.changes.length, 0);
}
