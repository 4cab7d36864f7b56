// A tour of the simulated org with jsforce. The org's address comes in ORG_URL; python -m tests.clients.run starts it.

import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { before, beforeEach, test } from 'node:test';
import jsforce from 'jsforce';

const ORG_URL = process.env.ORG_URL;
const USERNAME = 'admin@northwind.example';
const PASSWORD = 'northwind1';
const CALLBACK = 'http://127.0.0.1:9999/callback';
const PLAIN_APP = { clientId: '3MVG9local.default.connected.app', clientSecret: 'local-default-secret' };
const ROTATING_APP = { clientId: '3MVG9local.rotating.client.app', clientSecret: 'local-rotating-secret' };
const VERSION = '66.0';

async function control(method, path, body) {
  const answer = await fetch(`${ORG_URL}/_control/${path}`, { method, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return text ? JSON.parse(text) : null;
}

async function connection() {
  const session = await control('POST', 'sessions', {});
  return new jsforce.Connection({ instanceUrl: session.instance_url, accessToken: session.access_token, version: VERSION });
}

// jsforce closes a job after it gave its results, and the next test resets the org.
async function jobsAreClosed(count) {
  for (let closed = 0; closed < count; await new Promise((resolve) => { setTimeout(resolve, 20); })) {
    const { entries } = await control('GET', 'audit?kind=bulk1');
    closed = entries.filter((each) => each.status === 200 && /<state>(Closed|Aborted)/.test(each.body)).length;
  }
}

const hidden = (page, name) => new RegExp(`name="${name}" value="([^"]+)"`).exec(page)[1];

async function post(path, form, cookie = '') {
  return fetch(ORG_URL + path, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual', headers: { cookie } });
}

async function walkThroughThePages(oauth2, verifier) {
  const url = oauth2.getAuthorizationUrl({
    scope: 'api refresh_token id',
    state: 'a b&c',
    code_challenge: crypto.createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const login = await (await fetch(url)).text();
  const loggedIn = await post('/login', { pending: hidden(login, 'pending'), username: USERNAME, pw: PASSWORD });
  const cookie = loggedIn.headers.get('set-cookie').split(';')[0];
  const approval = await (await fetch(ORG_URL + loggedIn.headers.get('location'), { headers: { cookie } })).text();
  const allowed = await post('/services/oauth2/approve', { pending: hidden(approval, 'pending'), decision: 'allow' }, cookie);
  const answer = new URL(allowed.headers.get('location'));
  assert.equal(answer.searchParams.get('state'), 'a b&c');
  return answer.searchParams.get('code');
}

function oauth(app) {
  return new jsforce.OAuth2({ loginUrl: ORG_URL, redirectUri: CALLBACK, ...app });
}

before(() => assert.ok(ORG_URL, 'ORG_URL names the simulated org'));
beforeEach(() => control('POST', 'reset'));

test('log in through the pages with PKCE, then refresh by itself after a 401', async () => {
  const oauth2 = oauth(PLAIN_APP);
  const verifier = crypto.randomBytes(48).toString('base64url');
  const code = await walkThroughThePages(oauth2, verifier);
  const conn = new jsforce.Connection({ oauth2, version: VERSION });
  const user = await conn.authorize(code, { code_verifier: verifier });
  assert.equal(user.organizationId.length, 18);
  assert.equal((await conn.identity()).username, USERNAME);
  const expired = conn.accessToken;
  await control('POST', 'clock', { advance_s: 7201 });
  let refreshed = 0;
  conn.on('refresh', () => { refreshed += 1; });
  assert.equal((await conn.query('SELECT Id FROM User')).totalSize, 5);
  assert.equal(refreshed, 1);
  assert.notEqual(conn.accessToken, expired);
});

test('a rotating app gives a new refresh token, and reuse of the old one kills both', async () => {
  const oauth2 = oauth(ROTATING_APP);
  const verifier = crypto.randomBytes(48).toString('base64url');
  const first = await oauth2.requestToken(await walkThroughThePages(oauth2, verifier), { code_verifier: verifier });
  const second = await oauth2.refreshToken(first.refresh_token);
  assert.notEqual(second.refresh_token, first.refresh_token);
  await assert.rejects(oauth2.refreshToken(first.refresh_token), { name: 'invalid_grant' });
  await assert.rejects(oauth2.refreshToken(second.refresh_token), /expired access\/refresh token/);
});

test('log in with username and password, by SOAP and by OAuth, and log out', async () => {
  const bySoap = new jsforce.Connection({ loginUrl: ORG_URL, version: '59.0' });
  await bySoap.login(USERNAME, PASSWORD);
  assert.equal((await bySoap.query('SELECT COUNT() FROM User')).totalSize, 5);
  await bySoap.logout();
  const byOAuth = new jsforce.Connection({ oauth2: oauth(PLAIN_APP), version: VERSION });
  await byOAuth.login(USERNAME, PASSWORD);
  const token = byOAuth.accessToken;
  await byOAuth.logout();
  const late = new jsforce.Connection({ instanceUrl: ORG_URL, accessToken: token, version: VERSION });
  await assert.rejects(late.query('SELECT Id FROM User'), { errorCode: 'INVALID_SESSION_ID' });
  await assert.rejects(new jsforce.Connection({ loginUrl: ORG_URL, version: '59.0' }).login(USERNAME, 'wrong'), /INVALID_LOGIN/);
});

test('versions, describe global and describe', async () => {
  const conn = await connection();
  const versions = await conn.request('/services/data');
  assert.equal(versions.at(-1).version, '68.0');
  const global = await conn.describeGlobal();
  assert.ok(global.sobjects.some((each) => each.name === 'Contact' && each.keyPrefix === '003'));
  const lead = await conn.describe('Lead');
  const fields = Object.fromEntries(lead.fields.map((each) => [each.name, each]));
  assert.deepEqual([fields.LastName.nillable, fields.Company.length, fields.Email.type], [false, 255, 'email']);
});

test('create, retrieve, update, upsert, delete; one record and many', async () => {
  const conn = await connection();
  const field = { name: 'Key__c', type: 'string', length: 40, externalId: true };
  await control('POST', 'schema', { sobjects: [{ name: 'Contact', fields: [field] }] });
  const created = await conn.sobject('Contact').create({ LastName: 'Doe', Email: 'doe@example.com', Key__c: 'k-1' });
  assert.equal(created.success, true);
  assert.equal((await conn.sobject('Contact').retrieve(created.id)).Email, 'doe@example.com');
  assert.equal((await conn.sobject('Contact').update({ Id: created.id, Title: 'CEO' })).success, true);
  assert.equal((await conn.sobject('Contact').upsert({ Key__c: 'k-1', LastName: 'Roe' }, 'Key__c')).success, true);
  assert.equal((await conn.sobject('Contact').retrieve(created.id)).LastName, 'Roe');
  assert.equal((await conn.sobject('Contact').destroy(created.id)).success, true);
  const many = Array.from({ length: 450 }, (_, number) => ({ LastName: `L${number}`, Key__c: `m-${number}` }));
  const inserted = await conn.sobject('Contact').create(many, { allowRecursive: true });
  assert.equal(inserted.filter((each) => each.success).length, 450);
  const upserted = await conn.sobject('Contact').upsert(many.slice(0, 3), 'Key__c', { allowRecursive: true });
  assert.deepEqual(upserted.map((each) => each.id), inserted.slice(0, 3).map((each) => each.id));
  const mixed = await conn.sobject('Contact').create([{ LastName: 'ok' }, { FirstName: 'no last name' }]);
  assert.deepEqual(mixed.map((each) => each.success), [true, false]);
  assert.equal(mixed[1].errors[0].statusCode, 'REQUIRED_FIELD_MISSING');
});

test('a duplicate is refused until it is allowed', async () => {
  const conn = await connection();
  const doe = { FirstName: 'Jo', LastName: 'Doe', Company: 'Acme', Email: 'jo.doe@example.com' };
  await conn.sobject('Lead').create(doe);
  await assert.rejects(conn.sobject('Lead').create(doe), { errorCode: 'DUPLICATES_DETECTED' });
  const headers = { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' };
  assert.equal((await conn.sobject('Lead').create(doe, { headers })).success, true);
});

test('query with paging, autofetch, find and relationships', async () => {
  const conn = await connection();
  const records = Array.from({ length: 4100 }, (_, number) => ({ LastName: `L${String(number).padStart(5, '0')}`, Company: 'Acme' }));
  await control('POST', 'records', { sobject: 'Lead', records });
  const page = await conn.query('SELECT LastName FROM Lead ORDER BY LastName');
  assert.deepEqual([page.totalSize, page.done, page.records.length], [4100, false, 2000]);
  const next = await conn.queryMore(page.nextRecordsUrl);
  assert.equal(next.records[0].LastName, 'L02000');
  const all = await conn.query('SELECT LastName FROM Lead ORDER BY LastName', { autoFetch: true, maxFetch: 10000 });
  assert.equal(all.records.length, 4100);
  const found = await conn.sobject('Lead').find({ LastName: { $like: 'L0409%' } }, 'Id, Owner.Name').sort('-LastName').limit(5);
  assert.equal(found.length, 5);
  assert.equal(found[0].Owner.Name, 'Alex Admin');
  await assert.rejects(conn.query('SELECT Nope FROM Lead'), { errorCode: 'INVALID_FIELD' });
});

test('composite with references is one API call', async () => {
  const conn = await connection();
  const { api_calls: callsBefore } = await control('GET', 'stats');
  const base = `/services/data/v${VERSION}`;
  const answer = await conn.requestPost(`${base}/composite`, {
    compositeRequest: [
      { method: 'POST', url: `${base}/sobjects/Account`, referenceId: 'acme', body: { Name: 'Acme' } },
      { method: 'POST', url: `${base}/sobjects/Contact`, referenceId: 'doe', body: { LastName: 'Doe', AccountId: '@{acme.id}' } },
    ],
  });
  assert.deepEqual(answer.compositeResponse.map((each) => each.httpStatusCode), [201, 201]);
  assert.equal((await control('GET', 'stats')).api_calls, callsBefore + 1);
});

test('bulk 2.0: ingest and query', async () => {
  const conn = await connection();
  conn.bulk2.pollInterval = 10;
  const input = [{ LastName: 'Doe', Company: 'Acme' }, { LastName: '', Company: 'Acme' }, { LastName: 'Roe', Company: 'Acme' }];
  const result = await conn.bulk2.loadAndWaitForResults({ object: 'Lead', operation: 'insert', input, pollTimeout: 20000, pollInterval: 10 });
  assert.deepEqual([result.successfulResults.length, result.failedResults.length], [2, 1]);
  assert.match(result.failedResults[0].sf__Error, /^REQUIRED_FIELD_MISSING:/);
  const stream = await conn.bulk2.query('SELECT LastName FROM Lead', { pollTimeout: 20000, pollInterval: 10 });
  const rows = await stream.toArray();
  assert.deepEqual(rows.map((each) => each.LastName).sort(), ['Doe', 'Roe']);
});

test('bulk 1.0: load in batches, upsert, query as a stream, delete, abort', async () => {
  const conn = await connection();
  conn.bulk.pollInterval = 10;
  conn.bulk.pollTimeout = 20000;
  const field = { name: 'Key__c', type: 'string', length: 40, externalId: true };
  await control('POST', 'schema', { sobjects: [{ name: 'Lead', fields: [field] }] });
  const rows = [{ LastName: 'Doe', Company: 'Acme', Key__c: 'k-1' }, { LastName: '', Company: 'Acme' }, { LastName: 'Roe', Company: 'Acme' }];
  const loaded = await conn.bulk.load('Lead', 'insert', {}, rows);
  assert.deepEqual(loaded.map((each) => each.success), [true, false, true]);
  assert.match(loaded[1].errors[0], /^REQUIRED_FIELD_MISSING:/);
  const upserted = await conn.bulk.load('Lead', 'upsert', { extIdField: 'Key__c' }, [{ Key__c: 'k-1', LastName: 'Smith', Company: 'Acme' }]);
  assert.equal(upserted[0].id, loaded[0].id);
  const stream = await conn.bulk.query('SELECT LastName FROM Lead ORDER BY LastName');
  assert.deepEqual((await stream.toArray()).map((each) => each.LastName), ['Roe', 'Smith']);
  await assert.rejects(conn.bulk.query('SELECT Nope FROM Lead'), /INVALID_FIELD/);
  const deleted = await conn.bulk.load('Lead', 'delete', {}, [{ Id: loaded[2].id }]);
  assert.equal(deleted[0].success, true);
  const job = await conn.bulk.createJob('Lead', 'insert').open();
  const info = await conn.bulk.job(job.id).check();
  assert.deepEqual([info.state, info.contentType, info.numberBatchesTotal], ['Open', 'CSV', '0']);
  assert.equal((await conn.bulk.job(job.id).abort()).state, 'Aborted');
  await jobsAreClosed(5);
});

test('bulk 1.0: an expired session is refreshed', async () => {
  const oauth2 = oauth(PLAIN_APP);
  const verifier = crypto.randomBytes(48).toString('base64url');
  const conn = new jsforce.Connection({ oauth2, version: VERSION });
  await conn.authorize(await walkThroughThePages(oauth2, verifier), { code_verifier: verifier });
  conn.bulk.pollInterval = 10;
  await control('POST', 'clock', { advance_s: 7201 });
  const loaded = await conn.bulk.load('Lead', 'insert', {}, [{ LastName: 'Doe', Company: 'Acme' }]);
  assert.equal(loaded[0].success, true);
  await jobsAreClosed(1);
});

test('search by SOSL', async () => {
  const conn = await connection();
  await conn.sobject('Account').create([{ Name: 'Acme Corporation' }, { Name: 'Globex' }]);
  const { searchRecords } = await conn.search('FIND {acme OR glob*} IN NAME FIELDS RETURNING Account(Id, Name ORDER BY Name)');
  assert.deepEqual(searchRecords.map((each) => each.Name), ['Acme Corporation', 'Globex']);
  await assert.rejects(conn.search('FIND acme'), { errorCode: 'MALFORMED_SEARCH' });
});

test('recent, deleted and updated records, and deleting or updating what a query finds', async () => {
  const conn = await connection();
  const names = Array.from({ length: 30 }, (_, number) => ({ Name: `Twin ${number}` }));
  const made = await conn.sobject('Account').create(names);
  assert.equal((await conn.sobject('Account').find({ Name: { $like: 'Twin %' } }).update({ Phone: '1' })).length, 30);
  assert.equal(await conn.sobject('Account').count({ Phone: '1' }), 30);
  assert.equal((await conn.sobject('Account').find({ Name: { $like: 'Twin 1%' } }).destroy()).length, 11);
  const start = new Date(Date.now() - 3600_000).toISOString();
  const end = new Date(Date.now() + 3600_000).toISOString();
  assert.equal((await conn.sobject('Account').deleted(start, end)).deletedRecords.length, 11);
  assert.ok((await conn.sobject('Account').updated(start, end)).ids.includes(made[0].id));
  assert.deepEqual(await conn.recent(), []);
});

test('limits and usage', async () => {
  const conn = await connection();
  const limits = await conn.limits();
  assert.equal(limits.DailyApiRequests.Max, 15000);
  assert.equal(conn.limitInfo.apiUsage.limit, 15000);
  await control('POST', 'limits', { DailyApiRequests: 15000 });
  await assert.rejects(conn.query('SELECT Id FROM User'), { errorCode: 'REQUEST_LIMIT_EXCEEDED' });
});

test('identity and userinfo', async () => {
  const conn = await connection();
  const identity = await conn.identity();
  assert.equal(identity.username, USERNAME);
  assert.equal((await conn.request('/services/oauth2/userinfo')).preferred_username, USERNAME);
});
