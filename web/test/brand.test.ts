/** A brand's colour is made readable on both grounds; what is readable already stays as it is. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

let brand: typeof import('../src/app/brand.ts');
before(async () => {
  Object.assign(globalThis, { document: { querySelector: () => null } });
  brand = await import('../src/app/brand.ts');
});

test('every colour is readable in the end', () => {
  for (const text of ['#ffff00', '#0b5cad', '#000000', '#ffffff', '#ff00ff', '#7f7f7f'])
    for (const ground of [[246, 247, 249], [30, 39, 49]] as const) assert.ok(brand.contrast(brand.readable(brand.rgbOf(text)!, ground), ground) >= 4.5, `${text} on ${ground}`);
});

test('a colour that is readable stays the brand’s own, and what is no colour is none', () => {
  assert.deepEqual(brand.readable([11, 92, 173], [255, 255, 255]), [11, 92, 173]);
  assert.equal(brand.rgbOf('red;}body{}'), null);
});
