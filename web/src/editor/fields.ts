/** The fields of both sides as options to choose from. */
import type { Schemas } from '../api/client.ts';
import type { Option } from '../parts/search.ts';
import { t, tCode, type Key } from '../text/index.ts';
import type { Row } from './draft.ts';

export type OrgField = Schemas['OrgField'];
export type SObject = Schemas['SObject'];
export type ProductField = Schemas['ProductField'];

const GLYPHS: Record<string, string> = {
  string: 'Aa', textarea: '¶', email: '@', phone: '+1', url: '://', picklist: '[v]', multipicklist: '[+]', boolean: 'y/n', reference: '->', id: '#',
  int: '12', double: '1.2', number: '12', currency: '$', percent: '%', date: '31', datetime: '24h', time: '24h', list: '[]', object: '{}',
};
export const glyphOf = (type: string): string => GLYPHS[type] ?? 'Aa';

const OFTEN = new Set(['Email', 'FirstName', 'LastName', 'Company', 'Title', 'Phone', 'MobilePhone', 'Description', 'LeadSource', 'Name', 'Website', 'Industry', 'AccountId']);

/** Return the type of a field in words, with its length. */
export function typeText(field: Pick<OrgField, 'type' | 'length'>): string {
  const type = tCode('type', field.type);
  return field.length > 0 && ['string', 'textarea', 'email', 'phone', 'url', 'picklist'].includes(field.type) ? `${type} · ${field.length}` : type;
}

/** Return the fields of an sObject that a row may name, those that are needed or used often first. */
export function orgOptions(sobject: SObject | undefined, direction: string): Option[] {
  const fields = sobject?.fields ?? [];
  const pushes = direction !== 'pull';
  const options = fields.filter((field) => !pushes || field.createable || field.updateable).map(orgOption);
  const parents = fields.filter((field) => field.relationship).map((field) => ({
    value: `${field.relationship}.Name`,
    label: `${field.label.replace(/ ID$/, '')} › ${t('field.name')}`,
    detail: `${field.relationship}.Name`,
    more: field.reference_to.join(', '),
    glyph: '->',
    group: t('group.parents'),
    words: field.name,
  }));
  const order = [t('group.required'), t('group.often'), t('group.standard'), t('group.custom'), t('group.parents')];
  return [...options, ...parents].sort((a, b) => order.indexOf(a.group ?? '') - order.indexOf(b.group ?? '') || a.label.localeCompare(b.label));
}

function orgOption(field: OrgField): Option {
  const group = field.required ? t('group.required') : OFTEN.has(field.name) ? t('group.often') : field.custom ? t('group.custom') : t('group.standard');
  const more = [typeText(field), field.custom ? t('field.custom') : '', field.createable || field.updateable ? '' : t('field.read_only')].filter(Boolean).join(' · ');
  return { value: field.name, label: field.label, shown: field.label, detail: field.name, more, glyph: glyphOf(field.type), group, words: field.type };
}

/** Return what the product sends as options, with the transcript, the person concerned, and what is known by no name. */
export function productOptions(fields: readonly ProductField[]): Option[] {
  const named = fields.map((field): Option => ({
    value: field.name,
    label: field.label || field.name,
    shown: field.name,
    detail: [field.label ? field.name : '', field.learned ? t('product.learned') : ''].filter(Boolean).join(' · '),
    more: tCode('type', field.type ?? 'string'),
    glyph: glyphOf(field.type ?? 'string'),
    group: t('group.product'),
  }));
  const special = (value: string, label: Key): Option => ({ value, label: t(label), shown: value, detail: value, glyph: '*', group: t('group.special') });
  return [...named, special('conversation', 'special.conversation'), special('about', 'special.about'), special('@.key', 'special.key'), special('occurred_at', 'special.occurred_at')];
}

const letters = (text: string): string => text.toLowerCase().replace(/__c$/, '').replace(/[^a-z0-9]/g, '');

/** Return pairs of fields that say the same in both places and that no row names yet. */
export function suggestions(fields: readonly ProductField[], sobject: SObject | undefined, rows: readonly Row[]): [ProductField, OrgField][] {
  const mapped = new Set(rows.map((row) => row.salesforce.toLowerCase()));
  const used = new Set(rows.map((row) => row.product));
  const writable = (sobject?.fields ?? []).filter((field) => (field.createable || field.updateable) && !mapped.has(field.name.toLowerCase()));
  const found: [ProductField, OrgField][] = [];
  for (const field of fields) {
    if (used.has(field.name) || letters(field.name) === 'email') continue;
    const same = writable.find((each) => [letters(each.name), letters(each.label)].some((text) => text === letters(field.name) || text === letters(field.label || field.name)));
    if (same) found.push([field, same]);
  }
  return found.slice(0, 6);
}

export function fieldNamed(sobject: SObject | undefined, name: string): OrgField | undefined {
  return sobject?.fields.find((field) => field.name.toLowerCase() === name.toLowerCase());
}
