/** Conditions and filters: what is built is written as the API takes it, and read back as the same rows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionText, ofCondition } from '../src/editor/conditions.ts';
import { ofFilter, operatorsOf, toFilter, valueOf, type Group } from '../src/editor/tests.ts';

const group: Group = {
  join: 'all',
  parts: [
    { field: 'fields.score', operator: 'greater', value: 50 },
    { join: 'any', parts: [{ field: 'fields.country', operator: 'equals', value: "C'H\\" }, { field: 'account.Name', operator: 'empty', value: null }] },
    { field: 'fields.first name', operator: 'contains', value: 'Ada' },
    { field: 'fields.vip', operator: 'not_empty', value: null },
  ],
};

test('a condition is written in JMESPath and read back as it was built', () => {
  const text = conditionText(group);
  assert.equal(text, "fields.score > `50` && (fields.country == 'C\\'H\\\\' || !account.Name) && contains(fields.\"first name\", 'Ada') && fields.vip");
  assert.deepEqual(ofCondition(text), group);
});

test('what a person wrote by hand and is no group of tests stays a text', () => {
  for (const text of ['length(fields.tags) > `2`', 'fields.a > fields.b', 'fields.tags[0]', 'a &&', '(a', "a == 'open", 'a == `[1]`', 'a | b']) assert.equal(ofCondition(text), null, text);
});

test('no condition is no rows, and rows without a field say nothing', () => {
  assert.deepEqual(ofCondition('  '), { join: 'all', parts: [] });
  assert.equal(conditionText({ join: 'all', parts: [{ field: '', operator: 'equals', value: '' }] }), '');
});

test('and binds stronger than or', () => {
  const read = ofCondition('a && b || c')!;
  assert.equal(read.join, 'any');
  assert.equal(conditionText(read), '(a && b) || c');
});

test('a filter of the API is read as groups and written as it was', () => {
  const tree = { all: [{ field: 'LeadSource', operator: 'in', value: ['Web'] }, { any: [{ field: 'CreatedDate', operator: 'within_last', value: 30 }, { field: 'Email', operator: 'not_empty' }] }] };
  assert.deepEqual(toFilter(ofFilter(tree)!), tree);
  assert.equal(ofFilter({ not: [] }), null);
  assert.equal(toFilter({ join: 'all', parts: [] }), null);
  assert.equal(toFilter({ join: 'all', parts: [{ field: '', operator: 'equals', value: '' }] }), null);
});

test('a value is of the kind that the field takes', () => {
  assert.equal(valueOf('12', 'double', 'equals'), 12);
  assert.equal(valueOf('12', 'string', 'equals'), '12');
  assert.equal(valueOf('true', 'boolean', 'equals'), true);
  assert.equal(valueOf('30', 'datetime', 'within_last'), 30);
  assert.deepEqual(valueOf('Web; Phone, ', 'picklist', 'in'), ['Web', 'Phone']);
  assert.equal(valueOf('x', 'string', 'empty'), null);
});

test('no type offers an operator that Salesforce refuses for it', () => {
  assert.ok(!operatorsOf('boolean').includes('contains'));
  assert.ok(!operatorsOf('double').includes('starts'));
  assert.deepEqual(operatorsOf('multipicklist').slice(0, 2), ['includes', 'excludes']);
});
