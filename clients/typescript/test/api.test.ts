import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causewayApi } from '../src/api.js';
import { ApiError } from '../src/errors.js';

interface Asked {
  method: string;
  path: string;
  authorization: string;
  body: string;
}

/** An API that answers as told, and what it was asked. */
function answering(status: number, body: unknown): { asked: Asked[]; api: ReturnType<typeof causewayApi> } {
  const asked: Asked[] = [];
  const fake = async (request: Request) => {
    const { pathname, search } = new URL(request.url);
    const authorization = request.headers.get('authorization') ?? '';
    asked.push({ method: request.method, path: pathname + search, authorization, body: await request.text() });
    return new Response(JSON.stringify(body), { status });
  };
  const api = causewayApi({
    url: 'https://api.example.com/live/',
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    fetch: fake as typeof fetch,
  });
  return { asked, api };
}

test('a call is signed for execute-api in its region, with typed path, query and body', async () => {
  const { asked, api } = answering(200, { parked: [], next: null });
  const { data } = await api.GET('/v1/tenants/{tenant}/parked', { params: { path: { tenant: 'acme' }, query: { code: 'converted' } } });
  assert.deepEqual(data?.parked, []);
  assert.equal(asked[0]!.path, '/live/v1/tenants/acme/parked?code=converted');
  assert.match(asked[0]!.authorization, /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/execute-api\/aws4_request/);
  await api.POST('/v1/tenants/{tenant}/connect-links', { params: { path: { tenant: 'acme' } }, body: { user: 'ada', role: 'manager' } as never });
  assert.equal(asked[1]!.body, '{"user":"ada","role":"manager"}');
});

test('a key with any characters stays one segment of the path', async () => {
  const { asked, api } = answering(200, {});
  const path = { tenant: 'acme', source: 'i:q', key: 'lead/7 ü' };
  await api.GET('/v1/tenants/{tenant}/records/{source}/{key}', { params: { path } });
  assert.equal(asked[0]!.path, '/live/v1/tenants/acme/records/i%3Aq/lead%2F7%20%C3%BC');
});

test("a refusal throws the API's sentence, remedy and places", async () => {
  const error = { code: 'invalid_request', message: 'The request does not fit.', remedy: 'Correct it.', fields: ['role'], request_id: 'r-1' };
  const { api } = answering(400, { error });
  await assert.rejects(api.GET('/v1/connections'), (thrown) => {
    assert.ok(thrown instanceof ApiError);
    const { status, code, message, remedy, fields, requestId } = thrown;
    assert.deepEqual({ status, code, message, remedy, fields, request_id: requestId }, { status: 400, ...error });
    return true;
  });
});

test('a refusal of the gateway itself is one too', async () => {
  const { api } = answering(403, { message: 'Forbidden' });
  await assert.rejects(api.GET('/v1/connections'), { name: 'ApiError', code: 'http_403', message: 'Forbidden' });
});
