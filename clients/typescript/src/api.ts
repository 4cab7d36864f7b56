/** Call the HTTP API with AWS Signature Version 4: every path, body and answer is typed by the OpenAPI document. */
import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import createClient, { type Client } from 'openapi-fetch';
import { ApiError } from './errors.js';
import type { paths } from './generated/api.js';

const TIMEOUT_MS = 35_000; // nothing takes the API longer than half a minute
const SERVICE = 'execute-api';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface ApiOptions {
  /** The stack's output PublicUrl. */
  readonly url: string;
  readonly region: string;
  /** The credentials, or where they come from, such as `fromNodeProviderChain()` of @aws-sdk/credential-providers. */
  readonly credentials: Credentials | (() => Promise<Credentials>);
  readonly fetch?: typeof fetch;
}

export type CausewayApi = Client<paths>;

/** Return a client of one deployment's API. A refusal throws ApiError with the API's own sentence. */
export function causewayApi(options: ApiOptions): CausewayApi {
  const signer = new SignatureV4({
    credentials: options.credentials,
    region: options.region,
    service: SERVICE,
    sha256: Sha256,
  });
  const call = options.fetch ?? fetch;
  return createClient<paths>({
    baseUrl: options.url.replace(/\/$/, ''),
    fetch: async (request) => answered(await call(await signed(request, signer))),
  });
}

async function signed(request: Request, signer: SignatureV4): Promise<Request> {
  const url = new URL(request.url);
  const body = await request.text();
  const toSign = new HttpRequest({
    method: request.method,
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port ? { port: Number(url.port) } : {}),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host, ...(body ? { 'content-type': 'application/json' } : {}) },
    body,
  });
  const { headers } = await signer.sign(toSign);
  const { host: _, ...sent } = headers;
  return new Request(request.url, {
    method: request.method,
    headers: sent,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(body ? { body } : {}),
  });
}

async function answered(response: Response): Promise<Response> {
  if (response.ok) return response;
  const raw = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const error = (raw['error'] ?? { message: raw['message'] ?? raw['Message'] }) as Record<string, unknown>;
  throw new ApiError(
    response.status,
    String(error['code'] ?? `http_${response.status}`),
    String(error['message'] ?? `The API answered ${response.status}.`),
    String(error['remedy'] ?? ''),
    (error['fields'] ?? []) as string[],
    String(error['request_id'] ?? response.headers.get('x-amzn-requestid') ?? ''),
  );
}
