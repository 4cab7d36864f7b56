/** Files for spreadsheets: nothing in them is computed, and every cell comes back whole. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csv } from '../src/pages/csv.ts';

test('cells are quoted where they have to be, and none is a formula', () => {
  assert.equal(csv([['a', 'b "c", d'], [1234, '=SUM(A1)'], [null, undefined]]), '\ufeffa,"b ""c"", d"\r\n1234,\'=SUM(A1)\r\n,\r\n');
});
