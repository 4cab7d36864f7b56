/** Options are found by label, name and type, the best first, and quickly among thousands. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { found, type Option } from '../src/parts/search.ts';

const options: Option[] = [
  { value: 'Company', label: 'Company', more: 'text' },
  { value: 'Lead_Score__c', label: 'Score of the lead', more: 'number' },
  { value: 'LeadSource', label: 'Lead Source', more: 'picklist' },
  { value: 'MobilePhone', label: 'Mobile Phone', more: 'phone' },
];
const values = (typed: string, other = ''): string[] => found(options, typed, 10, other).shown.map((each) => each.value);

test('a field is found by its label, its API name and its type', () => {
  assert.deepEqual(values('score'), ['Lead_Score__c']);
  assert.deepEqual(values('lead_score__c')[0], 'Lead_Score__c');
  assert.deepEqual(values('picklist'), ['LeadSource']);
  assert.deepEqual(values('phone mobile'), ['MobilePhone']);
});

test('what begins with the text comes before what has it inside', () => {
  assert.deepEqual(values('lead'), ['Lead_Score__c', 'LeadSource']);
});

test('what was typed can be used as it is, after what was found', () => {
  assert.deepEqual(values('lead', 'Use it'), ['Lead_Score__c', 'LeadSource', 'lead']);
  assert.deepEqual(values('join(fields.a)', 'Use it'), ['join(fields.a)']);
  assert.deepEqual(values('company', 'Use it'), ['Company']);
});

test('five thousand options are searched in less than the blink of a frame or two (50 ms)', () => {
  const many = Array.from({ length: 5000 }, (_, index): Option => ({ value: `Field_${index}__c`, label: `Custom field ${index}`, more: 'text' }));
  found(many, 'x', 60, '');
  const took = Array.from({ length: 10 }, () => {
    const began = performance.now();
    for (const typed of ['c', 'cu', 'cus', 'custom 49', 'field_49', '4999']) found(many, typed, 60, '');
    return (performance.now() - began) / 6;
  });
  assert.ok(Math.min(...took) < 50, `${Math.min(...took)} ms`);
});
