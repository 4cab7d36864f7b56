/** Texts, numbers and times in the reader's language. A language is one file with every key of en.ts. */
import { LANGUAGE, texts } from './catalogue.ts';
import type { en } from './en.ts';

export type Key = keyof typeof en;
export type Values = Record<string, string | number>;
export type Language = 'en' | 'de';
const STORED = 'causeway:language';

export const language = LANGUAGE as Language;
export const locale = navigator.languages.find((each) => each.startsWith(language)) ?? language;
export const languages: [Language, string][] = [['en', 'English'], ['de', 'Deutsch']];
const plural = new Intl.PluralRules(locale);

export function chooseLanguage(next: Language): void {
  try {
    localStorage.setItem(STORED, next);
  } finally {
    open(next);
  }
}

/** Open the page in the language that a person chose here before, where it came in another. */
export function keepLanguage(): void {
  let chosen: string | null = null;
  try {
    chosen = localStorage.getItem(STORED);
  } catch {
    return;
  }
  if (languages.some(([each]) => each === chosen) && chosen !== language) open(chosen as Language);
}

function open(next: Language): void {
  const query = new URLSearchParams(location.search);
  query.set('lang', next);
  location.replace(`${location.pathname}?${query}${location.hash}`);
}

/** Return a text with its `{names}` filled in; of `one|many`, the form that fits `n`. */
export function t(key: Key, values: Values = {}): string {
  const forms = texts[key].split('|');
  const form = forms.length > 1 && plural.select(Number(values.n)) !== 'one' ? forms[1] : forms[0];
  return (form ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === 'number' ? number(value) : value;
  });
}

/** Return the text of a code that the API gave (`status.connected`), or the code in words where there is none. */
export function tCode(group: string, code: string | null | undefined): string {
  const key = `${group}.${code}`;
  return key in texts ? t(key as Key) : (code ?? '').replaceAll('_', ' ');
}

const numbers = new Intl.NumberFormat(locale);
const percents = new Intl.NumberFormat(locale, { style: 'percent' });
export const number = (value: number): string => numbers.format(value);
export const percent = (value: number): string => percents.format(value);

/** Return a moment with its zone, in the browser's zone or the one that is named. */
export function moment(value: string | number, zone?: string): string {
  const style: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' };
  const date = new Date(value);
  if (date.getFullYear() !== new Date().getFullYear()) style.year = 'numeric';
  return date.toLocaleString(locale, { ...style, ...(zone ? { timeZone: zone } : {}) });
}

export const day = (value: string): string => new Date(value).toLocaleDateString(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000]];

/** Return how long ago a moment was, in the largest fitting unit. */
export function ago(value: string, now = Date.now()): string {
  const span = new Date(value).getTime() - now;
  const [unit, size] = STEPS.find(([, each]) => Math.abs(span) >= each) ?? ['minute', 60_000];
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.round(span / size), unit);
}
