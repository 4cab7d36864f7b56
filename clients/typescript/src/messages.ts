/** What arrives on the outbound queue and from the event bus, read into typed messages. */
import { Unreadable } from './errors.js';
import type { OutcomesMessage } from './generated/outcomes.js';
import type { RecordsMessage } from './generated/records.js';
import { isSharedPage, plainPage } from './shared-pages.js';

/** One event of the deployment's event bus, as an EventBridge rule delivers it to a queue or function. */
export interface CausewayEvent {
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: 'causeway';
  readonly time: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export type Received =
  | { readonly kind: 'outcomes'; readonly message: OutcomesMessage }
  | { readonly kind: 'records'; readonly message: RecordsMessage }
  | { readonly kind: 'event'; readonly message: CausewayEvent };

/**
 * Return what a message says; throw Unreadable for anything else than outcomes, records or an event.
 *
 * A page of records in version 2 is read as one of version 1 would be, so that a handler needs to know one shape only.
 * Keys that this version of the package does not know stay: a newer deployment may send more.
 */
export function readMessage(body: string): Received {
  let raw: unknown;
  try {
    raw = JSON.parse(body);
  } catch (error) {
    throw new Unreadable(`The message is no JSON: ${String(error)}`);
  }
  const found = (raw ?? {}) as Record<string, unknown>;
  if (found['type'] === 'outcomes' && fits(found, 'outcomes')) {
    return { kind: 'outcomes', message: raw as OutcomesMessage };
  }
  if (found['type'] === 'records' && typeof found['page_id'] === 'string') {
    if (fits(found, 'records')) return { kind: 'records', message: raw as RecordsMessage };
    if (isSharedPage(found)) return { kind: 'records', message: plainPage(found) };
  }
  if (found['source'] === 'causeway' && typeof found['detail-type'] === 'string' && typeof found['id'] === 'string') {
    return { kind: 'event', message: raw as CausewayEvent };
  }
  throw new Unreadable(`The message is of an unknown type or version: ${JSON.stringify(found['type'] ?? found['detail-type'])}.`);
}

/**
 * Return the id by which a message is recognized when it comes again.
 *
 * A page of records and an event keep their own id whatever brings them; outcomes have that of their SQS message.
 */
export function identityOf(received: Received, messageId: string): string {
  if (received.kind === 'records') return `page:${received.message.tenant}:${received.message.page_id}`;
  return received.kind === 'event' ? `event:${received.message.id}` : `message:${messageId}`;
}

function fits(raw: Record<string, unknown>, list: string): boolean {
  return raw['version'] === 1 && typeof raw['tenant'] === 'string' && Array.isArray(raw[list]);
}
