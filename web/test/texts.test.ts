/** Every text of the pages is in the catalogue, every language has every key, and every key is used. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import ts from 'typescript';
import { de } from '../src/text/de.ts';
import { en } from '../src/text/en.ts';

const SOURCE = new URL('../src/', import.meta.url);
const files = readdirSync(SOURCE, { recursive: true }).map(String).filter((name) => /\.tsx?$/.test(name) && !name.startsWith('text/'));
const read = (name: string): string => readFileSync(new URL(name, SOURCE), 'utf8');
const SAID = new Set(['label', 'title', 'placeholder', 'aria-label', 'alt', 'text', 'action', 'hint']);
// What is the same in every language: signs, units of the product, examples, names of things in code.
const NO_TEXT = /^(|→|←|↔|›|·|–|★|…|[^\p{L}]*|Salesforce|interaction:quiz-42|acme\.my\.salesforce\.com|ada@example\.com|https:\/\/hooks\.example\.com\/causeway|2026-11-20T00:00:00Z|all|fields|rules|try|product|org|salesforce_url)$/u;
const LANGUAGES = { de } as Record<string, Record<string, string>>;
const placeholders = (text: string): string => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort().join(' ');

function textsIn(name: string, source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node) && !NO_TEXT.test(node.text.trim())) found.push(`${name}: ${node.text.trim()}`);
    if (ts.isJsxAttribute(node) && node.initializer && ts.isStringLiteral(node.initializer) && SAID.has(node.name.getText()) && !NO_TEXT.test(node.initializer.text)) found.push(`${name}: ${node.initializer.text}`);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX));
  return found;
}

test('no text stands outside the catalogue', () => {
  assert.deepEqual(files.filter((name) => name.endsWith('.tsx')).flatMap((name) => textsIn(name, read(name))), []);
});

test('a text outside the catalogue is found', () => {
  assert.deepEqual(textsIn('x.tsx', 'const a = <p title="Press here">{t("x")} changes</p>;'), ['x.tsx: Press here', 'x.tsx: changes']);
});

test('every language has every key, with the same places to fill in, and as many forms', () => {
  for (const [language, texts] of Object.entries(LANGUAGES)) {
    assert.deepEqual(Object.keys(texts).sort(), Object.keys(en).sort(), language);
    for (const [key, text] of Object.entries(en)) {
      assert.equal(placeholders(texts[key]!), placeholders(text), `${language} ${key}`);
      assert.equal(texts[key]!.split('|').length, text.split('|').length, `${language} ${key}`);
    }
  }
});

test('every key is used somewhere', () => {
  const source = files.map(read).join('\n');
  const groups = [...source.matchAll(/(?:tCode\('|t\(`)([a-z_]+(?:\.[a-z_]+)*)/g)].map(([, group]) => `${group}.`);
  const unused = Object.keys(en).filter((key) => !source.includes(`'${key}'`) && !groups.some((group) => key.startsWith(group)));
  assert.deepEqual(unused, []);
});
