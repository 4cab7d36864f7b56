import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inlined, lookedUp } from '../inline.ts';

const texts = { 'close': 'Close “it”', 'n': '{n} change', 'many': 'one|many', 'status.good': 'Good', 'nav.a': 'A', 'days.b': 'B' };

test('a text stands where it is said; what is filled in or has forms is looked up', () => {
  assert.equal(inlined("<p title={t('close')}>{t('n')} {t('n', { n })} {t('many')}</p>", texts), "<p title={\"Close “it”\"}>{t('n')} {t('n', { n })} {t('many')}</p>");
  assert.equal(inlined("t('unknown') last('close') key('close')", texts), "t('unknown') last('close') key('close')");
});

test('the catalogue keeps what is named in another way, and nothing else', () => {
  const sources = ["t('close') + t('n', { n: 1 })", "tCode('status', x)", "const SECTIONS = ['nav.a']", 't(`days.${x}`)'];
  assert.deepEqual(Object.keys(lookedUp(sources, texts)), ['n', 'status.good', 'nav.a', 'days.b']);
});
