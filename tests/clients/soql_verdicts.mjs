// The kept verdicts on SOQL statements against the parser that Salesforce publishes: @salesforce/soql-common, outside Apex.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const { SOQLParser } = createRequire(import.meta.url)('@salesforce/soql-common/lib/soql-parser');
const parser = SOQLParser({ isApex: false, isMultiCurrencyEnabled: true, apiVersion: 50.0 });

/** Say whether the published parser takes a statement; a character that its lexer only warns of counts as a refusal. */
function accepts(soql) {
  const warn = console.error;
  let unreadable = 0;
  console.error = () => { unreadable += 1; };
  try {
    return parser.parseQuery(soql).getSuccess() && unreadable === 0;
  } finally {
    console.error = warn;
  }
}

for (const name of ['soql_verdicts.jsonl', 'grammar_verdicts.jsonl']) {
  test(`${name} holds the verdicts of the published parser`, () => {
    const lines = readFileSync(`${process.env.SOQL_VERDICTS}/${name}`, 'utf8').trim().split('\n');
    const wrong = lines.map((line) => JSON.parse(line)).filter((each) => accepts(each.soql) !== each.accepted);
    assert.deepEqual(wrong, []);
    assert.ok(lines.length > 30);
  });
}
