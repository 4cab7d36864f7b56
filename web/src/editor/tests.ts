/** Tests of values in groups: as rows that a person builds, as a filter of the API, and as a condition in JMESPath. Pure. */

export type Value = string | number | boolean | null | readonly (string | number | boolean)[];
export interface Test {
  field: string;
  operator: Operator;
  value: Value;
}
export interface Group {
  join: 'all' | 'any';
  parts: readonly Part[];
}
export type Part = Test | Group;

export const OPERATORS = ['equals', 'not_equals', 'in', 'not_in', 'contains', 'starts', 'greater', 'greater_or_equal', 'less', 'less_or_equal', 'empty', 'not_empty', 'within_last', 'within_next', 'includes', 'excludes'] as const;
export type Operator = (typeof OPERATORS)[number];

export const isGroup = (part: Part): part is Group => 'join' in part;
export const needsNoValue = (operator: Operator): boolean => operator === 'empty' || operator === 'not_empty';
export const takesSeveral = (operator: Operator): boolean => ['in', 'not_in', 'includes', 'excludes'].includes(operator);

const NUMBERS = ['int', 'double', 'currency', 'percent', 'long', 'number'];
const MOMENTS = ['date', 'datetime'];
const COMPARED: Operator[] = ['equals', 'not_equals', 'greater', 'greater_or_equal', 'less', 'less_or_equal'];
const PRESENCE: Operator[] = ['empty', 'not_empty'];

/** Return the operators that Salesforce has for a field's type. */
export function operatorsOf(type: string): Operator[] {
  if (NUMBERS.includes(type)) return [...COMPARED, 'in', 'not_in', ...PRESENCE];
  if (MOMENTS.includes(type)) return ['within_last', 'within_next', ...COMPARED, ...PRESENCE];
  if (type === 'boolean') return ['equals', 'not_equals'];
  if (type === 'picklist') return ['in', 'not_in', 'equals', 'not_equals', 'contains', 'starts', ...PRESENCE];
  if (type === 'multipicklist') return ['includes', 'excludes', ...PRESENCE];
  if (type === 'reference' || type === 'id') return ['equals', 'not_equals', 'in', 'not_in', ...PRESENCE];
  return ['equals', 'not_equals', 'contains', 'starts', 'in', 'not_in', ...PRESENCE];
}

/** Return the operators that a condition on the product's own values has. */
export const CONDITION_OPERATORS: readonly Operator[] = [...COMPARED, 'contains', 'starts', ...PRESENCE];

/** Return the value of a type that a text means. */
export function valueOf(text: string, type: string, operator: Operator): Value {
  if (needsNoValue(operator)) return null;
  const one = (each: string): string | number | boolean => {
    const trimmed = each.trim();
    if (type === 'boolean') return trimmed === 'true';
    const isNumber = NUMBERS.includes(type) || operator === 'within_last' || operator === 'within_next';
    return isNumber && trimmed !== '' && Number.isFinite(Number(trimmed)) ? Number(trimmed) : trimmed;
  };
  return takesSeveral(operator) ? text.split(/[,;]/).map(one).filter((each) => each !== '') : one(text);
}

export const textOf = (value: Value): string => (Array.isArray(value) ? value.join(', ') : value === null ? '' : String(value));

type Tree = Record<string, unknown>;

/** Return a filter of the API as groups; null where it says what cannot be built here. */
export function ofFilter(tree: Tree | null | undefined): Group | null {
  if (!tree) return { join: 'all', parts: [] };
  const part = partOf(tree);
  if (!part) return null;
  return isGroup(part) ? part : { join: 'all', parts: [part] };
}

function partOf(node: unknown): Part | null {
  if (typeof node !== 'object' || node === null) return null;
  const { all, any, field, operator, value } = node as Tree;
  const members = Array.isArray(all) ? all : any;
  if (Array.isArray(members)) {
    const parts = members.map(partOf);
    return parts.every((each) => each !== null) ? { join: Array.isArray(all) ? 'all' : 'any', parts } : null;
  }
  if (typeof field !== 'string' || !OPERATORS.includes(operator as Operator)) return null;
  return { field, operator: operator as Operator, value: (value ?? null) as Value };
}

/** Return groups as a filter of the API, null for none; tests that name no field are left out. */
export function toFilter(group: Group): Tree | null {
  const tree = treeOf(group);
  return tree && (tree[group.join] as unknown[]).length ? tree : null;
}

function treeOf(part: Part): Tree | null {
  if (isGroup(part)) {
    const members = part.parts.map(treeOf).filter((each) => each !== null);
    return members.length || part.parts.length === 0 ? { [part.join]: members } : null;
  }
  if (!part.field) return null;
  return needsNoValue(part.operator) ? { field: part.field, operator: part.operator } : { field: part.field, operator: part.operator, value: part.value };
}
