/** Cut changes into push messages: at most 500 changes and 1 MiB each, in bytes as sent. */
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type Fault, InvalidChanges } from './errors.js';
import type { Change } from './generated/push.js';
import { PUSH_SCHEMA } from './generated/push-schema.js';

export const MAX_CHANGES = 500; // docs/messages.md
export const MAX_BYTES = 1_048_576; // SQS limit: of one message, and of all entries of one SendMessageBatch
export const MAX_ENTRIES = 10; // SQS limit: entries of one SendMessageBatch

// SQS refuses these two in a body; JSON.stringify itself escapes halves of surrogate pairs.
const ESCAPED = /[\ufffe\uffff]/g;

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
ajv.addSchema(PUSH_SCHEMA, 'push');
const isMessage = ajv.getSchema('push')!;
const isChange = ajv.getSchema('push#/$defs/ChangeBody')!;

/** One push message: its body, its size in bytes, and the changes in it. */
export interface CutMessage {
  readonly body: string;
  readonly size: number;
  readonly changes: readonly Change[];
}

interface Sized {
  readonly change: Change;
  readonly text: string;
  readonly size: number;
}

/**
 * Return the messages that carry the changes in their order; a change stays whole.
 *
 * Throws InvalidChanges when a change breaks the contract or is larger than a message may be, and RangeError for a tenant,
 * source or run that no message may name.
 */
export function cut(tenant: string, source: string, changes: Iterable<Change>, run?: string, urgent = false): CutMessage[] {
  const opening = openingOf(tenant, source, run, urgent);
  const room = MAX_BYTES - bytes(`${opening}]}`);
  const sized: Sized[] = [];
  const faults: Fault[] = [];
  let position = 0;
  for (const change of changes) {
    const found = sizedOf(change, room);
    if (typeof found === 'string') faults.push({ position, key: keyOf(change), reason: found });
    else sized.push(found);
    position += 1;
  }
  if (faults.length) throw new InvalidChanges(faults);
  return parts(sized, room).map((part) => message(opening, part));
}

/** Return the messages in groups that one SendMessageBatch takes. */
export function entries(messages: readonly CutMessage[]): CutMessage[][] {
  const groups: CutMessage[][] = [];
  let group: CutMessage[] = [];
  let used = 0;
  for (const each of messages) {
    if (group.length && (group.length === MAX_ENTRIES || used + each.size > MAX_BYTES)) {
      groups.push(group);
      [group, used] = [[], 0];
    }
    group.push(each);
    used += each.size;
  }
  return group.length ? [...groups, group] : groups;
}

function openingOf(tenant: string, source: string, run: string | undefined, urgent: boolean): string {
  const head = { version: 1, tenant, source, ...(run === undefined ? {} : { run }), ...(urgent ? { urgent } : {}) };
  if (!isMessage({ ...head, changes: [{ key: 'any' }] })) {
    throw new RangeError(`No message may say this: ${reasonOf(isMessage.errors)}.`);
  }
  return `${text(head).slice(0, -1)},"changes":[`;
}

/** Return a change with its text, or the reason why it cannot be sent. */
function sizedOf(change: Change, room: number): Sized | string {
  let plain: unknown;
  try {
    const fault = numberFault(change);
    if (fault) return fault;
    plain = JSON.parse(text(change) ?? 'null'); // as it will arrive: dates are texts, undefined is nothing
  } catch (error) {
    return `it is no JSON: ${String(error)}`; // it holds itself
  }
  if (!isChange(plain)) return reasonOf(isChange.errors);
  const found = text(plain);
  const size = bytes(found);
  return size > room ? `it is ${size} bytes long, and a message takes ${room}` : { change: plain as Change, text: found, size };
}

/** JSON.stringify would make a null of these, which clears the field in Salesforce. */
function numberFault(value: unknown): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) return `${value} is no JSON number`;
  if (typeof value === 'bigint') return 'a BigInt is no JSON number';
  if (value === null || typeof value !== 'object') return undefined;
  return Object.values(value).map(numberFault).find((fault) => fault !== undefined);
}

function parts(sized: readonly Sized[], room: number): Sized[][] {
  const found: Sized[][] = [];
  let part: Sized[] = [];
  let used = 0;
  for (const each of sized) {
    const comma = part.length ? 1 : 0;
    if (part.length && (part.length === MAX_CHANGES || used + comma + each.size > room)) {
      found.push(part);
      [part, used] = [[], 0];
    }
    used += (part.length ? 1 : 0) + each.size;
    part.push(each);
  }
  return part.length ? [...found, part] : found;
}

function message(opening: string, part: readonly Sized[]): CutMessage {
  const body = `${opening}${part.map((each) => each.text).join(',')}]}`;
  return { body, size: bytes(body), changes: part.map((each) => each.change) };
}

function text(value: unknown): string {
  const found = JSON.stringify(value);
  return found?.replace(ESCAPED, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}

function bytes(body: string): number {
  return Buffer.byteLength(body, 'utf8');
}

function keyOf(change: unknown): string | null {
  const key = (change as { key?: unknown } | null)?.key;
  return typeof key === 'string' ? key : null;
}

function reasonOf(errors: ErrorObject[] | null | undefined): string {
  const first = errors?.[0];
  if (!first) return 'it breaks the schema';
  const extra = first.params['additionalProperty'] as string | undefined;
  const place = [...first.instancePath.split('/').slice(1), ...(extra ? [extra] : [])].join('.');
  return place ? `${place}: ${first.message}` : (first.message ?? 'it breaks the schema');
}
