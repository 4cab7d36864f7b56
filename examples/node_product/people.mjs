/** The people of the product: what they said, and what Salesforce says of them. In memory; a real product has a database here. */

import { randomUUID } from 'node:crypto';

const people = new Map();

/** Keep somebody who signed up, and return the person. */
export function signUp({ first_name, last_name, company, email }) {
  const person = { key: randomUUID(), fields: { first_name, last_name, company, email }, said: [], results: {}, owner: '', account: '' };
  people.set(person.key, person);
  return person;
}

/** Return who has a key; undefined for nobody. */
export const personOf = (key) => people.get(key);

/** Add one message of a person to the conversation. */
export function says(person, text) {
  person.said.push({ at: new Date().toISOString(), speaker: person.fields.first_name, text });
}

/** Return all that is known of a person as one change: sending it again does no harm. */
export function changeOf({ key, fields, said }) {
  return said.length > 0 ? { key, fields, conversation: said } : { key, fields };
}

/** Keep what became of changes, and whom they belong to in Salesforce. */
export function note({ outcomes }) {
  for (const { key, sync, result, data } of outcomes) {
    const person = people.get(key);
    if (!person) continue;
    person.results[sync ?? ''] = result;
    person.account = data.salesforce_account_name || person.account;
    person.owner = data.salesforce_account_owner_name || data.salesforce_assigned_sales_rep_name || person.owner;
  }
}
