/**
 * Puts texts into the places that say them: a bundle has one language, so that `t('close')` is that text already. Pure.
 *
 * What is filled in, has several forms, or is named in another way stays in the catalogue.
 */
const SAID = /\bt\('([\w.]+)'\)/g;
const GROUP = /(?:tCode\('|t\(`)([a-z_]+(?:\.[a-z_]+)*)/g;

type Texts = Readonly<Record<string, string>>;

const isPlain = (text: string | undefined): boolean => text !== undefined && !/[{|]/.test(text);

/** Return a source with the plain texts in place of their keys. */
export const inlined = (source: string, texts: Texts): string => source.replace(SAID, (whole, key: string) => (isPlain(texts[key]) ? JSON.stringify(texts[key]) : whole));

/** Return the texts that the sources still look up once they are inlined. */
export function lookedUp(sources: readonly string[], texts: Texts): Texts {
  const rest = sources.map((each) => inlined(each, texts)).join('\n');
  const groups = [...rest.matchAll(GROUP)].map(([, group]) => `${group}.`);
  return Object.fromEntries(Object.entries(texts).filter(([key]) => rest.includes(`'${key}'`) || groups.some((group) => key.startsWith(group))));
}
