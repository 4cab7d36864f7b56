/**
 * A product in one small Node server: people sign up and chat, and the page says who looks after their company.
 *
 *     npm start            # PORT=8201 by default, 0 takes a free one; the first line printed is the address
 */

import { createServer } from 'node:http';
import { Consumer, Sender } from 'causeway-client';

import { deployment } from './deployment.mjs';
import { personPage, signUpPage } from './pages.mjs';
import { changeOf, note, personOf, says, signUp } from './people.mjs';

const MOST_BYTES = 10_000;
const { tenant, push, outbound, sqs } = deployment();
const sender = new Sender(sqs, push);
const consumer = new Consumer(sqs, outbound, { outcomes: note, records: () => undefined });

/** Send all that is known of a person; a product that must not lose any change sends from an outbox of its database. */
const send = (person) => sender.send(tenant, 'lead', [changeOf(person)]);

async function formOf(request) {
  let body = '';
  for await (const part of request) {
    body += part;
    if (body.length > MOST_BYTES) throw new Error('The form is too long.');
  }
  return Object.fromEntries(new URLSearchParams(body));
}

async function answer(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  const [, place, key, part] = pathname.split('/');
  const person = place === 'people' && key ? personOf(key) : undefined;
  const show = (status, html) => response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(html);
  const goTo = (address) => response.writeHead(303, { location: address }).end();
  if (request.method === 'GET' && pathname === '/') return show(200, signUpPage());
  if (request.method === 'POST' && pathname === '/people') {
    const added = signUp(await formOf(request));
    await send(added);
    return goTo(`/people/${added.key}`);
  }
  if (!person) return show(404, 'Nobody signed up with this key.');
  if (request.method === 'GET') return show(200, personPage(person));
  if (request.method === 'POST' && part === 'messages') {
    says(person, (await formOf(request)).text);
    await send(person);
    return goTo(`/people/${person.key}`);
  }
  return show(405, 'This page takes no such request.');
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    response.writeHead(500, { 'content-type': 'text/plain' }).end('Something went wrong; please try again.');
  });
});
const stop = new AbortController();
process.once('SIGTERM', () => {
  stop.abort();
  server.close();
});
server.listen(Number(process.env.PORT ?? 8201), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});
await consumer.run(stop.signal);
