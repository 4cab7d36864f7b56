/** The one client of the API: typed from docs/openapi.json, with the session's token, and errors as sentences. */
import type { Client } from 'openapi-fetch';
import type { components, paths } from '../../generated/api.ts';
import { t } from '../text/index.ts';

export type Schemas = components['schemas'];
export type Problem = Schemas['Problem'];

/** What the API refused, and why: `message` says what happened, `remedy` what to do. */
export class ApiError extends Error {
  readonly code: string;
  readonly remedy: string;
  readonly fields: string[];
  readonly problems: Problem[];
  readonly status: number;

  constructor(status: number, body: Partial<Schemas['ErrorBody']>) {
    super(body.message ?? t('error.answered', { status }));
    this.code = body.code ?? 'unknown';
    this.remedy = body.remedy ?? (body.message ? '' : t('error.again'));
    this.fields = body.fields ?? [];
    this.problems = body.problems ?? [];
    this.status = status;
  }
}

let token: string | null = null;
let onEnd: () => void = () => undefined;

/** Use this session's token from now on, and call `ended` when the API no longer knows it. */
export function useToken(given: string | null, ended: () => void): void {
  token = given;
  onEnd = ended;
}

let embedder = '';

/** Say with each request which page embeds the console: a session for embedding works for that page alone. */
export function useEmbedder(origin: string): void {
  embedder = origin;
}

const credentials = (): Record<string, string> => ({ Authorization: `Bearer ${token}`, ...(embedder ? { 'X-Causeway-Embed-Origin': embedder } : {}) });

const here = location.pathname.replace(/\/+$/, '').replace(/\/console$/, '');

interface Asking {
  params?: { path?: Record<string, string>; query?: Record<string, unknown> };
  body?: unknown;
  signal?: AbortSignal;
}

/** Call a route; `data` is what it answered, `error` what it refused with. Of openapi-fetch the types are used alone: this is all of it that is needed. */
async function called(method: string, path: string, { params = {}, body, signal }: Asking = {}): Promise<Answered<unknown>> {
  const place = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params.path?.[name] ?? ''));
  const given = Object.entries(params.query ?? {}).filter(([, value]) => value !== undefined && value !== null);
  const query = given.length ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : '';
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const headers = { ...credentials(), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) };
  const response = await fetch(`${location.origin}${here}${place}${query}`, { method, headers, signal: signal ?? null, ...sent });
  const text = await response.text();
  return response.ok ? { data: text ? JSON.parse(text) : undefined, response } : { error: read(text), response };
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not of the API: a proxy on the way answered
  }
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;
export const api = Object.fromEntries(METHODS.map((method) => [method, (path: string, asking?: Asking) => called(method, path, asking)])) as unknown as Pick<Client<paths>, (typeof METHODS)[number]>;

interface Answered<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Return what the API answered; throw ApiError for a refusal, also where no server was reached. */
export async function ask<T>(asked: Promise<Answered<T>>): Promise<T> {
  let answered: Answered<T>;
  try {
    answered = await asked;
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    throw new ApiError(0, { code: 'unreachable', message: t('error.unreachable'), remedy: t('error.unreachable.remedy') });
  }
  if (answered.response.ok) return answered.data as T;
  const body = (answered.error as { error?: Schemas['ErrorBody'] } | undefined)?.error;
  const status = answered.response.status;
  if ((status === 401 || status === 403) && (!body || body.code === 'access_denied')) onEnd();
  throw new ApiError(status, body ?? {});
}

/** Fetch a file that comes in parts (`X-Next`) and hand it to the browser to save. */
export async function download(path: string, query: Record<string, string>, name: string): Promise<void> {
  const parts: string[] = [];
  let next: string | null = '';
  do {
    const asked: URLSearchParams = new URLSearchParams({ ...query, ...(next ? { next } : {}) });
    const response: Response = await fetch(`${location.origin}${here}${path}?${asked}`, { headers: credentials() });
    if (!response.ok) throw new ApiError(response.status, ((await response.json().catch(() => null)) as { error?: Schemas['ErrorBody'] } | null)?.error ?? {});
    const text = await response.text();
    parts.push(parts.length ? text.slice(text.indexOf('\n') + 1) : text);
    next = response.headers.get('X-Next');
  } while (next);
  saveFile(parts, name);
}

/** Hand a CSV file to the browser to save. */
export function saveFile(parts: string[], name: string): void {
  const url = URL.createObjectURL(new Blob(parts, { type: 'text/csv' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
