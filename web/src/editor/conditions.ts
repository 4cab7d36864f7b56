/** Conditions of syncs (JMESPath) as groups of tests, and back. What a person wrote by hand and is no such group stays a text. Pure. */
import { isGroup, type Group, type Operator, type Part, type Test, type Value } from './tests.ts';

const SIGNS: Partial<Record<Operator, string>> = { equals: '==', not_equals: '!=', greater: '>', greater_or_equal: '>=', less: '<', less_or_equal: '<=' };
const CALLS: Partial<Record<Operator, string>> = { contains: 'contains', starts: 'starts_with' };

const nameText = (path: string): string => path.split('.').map((part) => (/^[A-Za-z_]\w*$/.test(part) ? part : JSON.stringify(part))).join('.');
const literal = (value: Value): string => (typeof value === 'string' ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'` : `\`${JSON.stringify(value)}\``);

/** Return groups as a condition, '' for none. */
export function conditionText(group: Group): string {
  const parts = group.parts.map(partText).filter(Boolean);
  return parts.join(group.join === 'all' ? ' && ' : ' || ');
}

function partText(part: Part): string {
  if (isGroup(part)) {
    const text = conditionText(part);
    return text && part.parts.length > 1 ? `(${text})` : text;
  }
  if (!part.field) return '';
  const name = nameText(part.field);
  if (part.operator === 'empty') return `!${name}`;
  if (part.operator === 'not_empty') return name;
  const call = CALLS[part.operator];
  if (call) return `${call}(${name}, ${literal(part.value)})`;
  const sign = SIGNS[part.operator];
  return sign ? `${name} ${sign} ${literal(part.value)}` : '';
}

const TOKEN = /\s*(\|\||&&|==|!=|>=|<=|[()<>!,]|'(?:\\.|[^'\\])*'|`[^`]*`|(?:[A-Za-z_]\w*|"(?:\\.|[^"\\])*")(?:\.(?:[A-Za-z_]\w*|"(?:\\.|[^"\\])*"))*)/y;

/** Return a condition as groups, or null where it says more than groups of tests can. */
export function ofCondition(text: string): Group | null {
  if (!text.trim()) return { join: 'all', parts: [] };
  const tokens = tokensOf(text.trim());
  if (!tokens) return null;
  const reader = new Reader(tokens);
  const part = reader.either();
  if (!part || !reader.isAtEnd) return null;
  return isGroup(part) ? part : { join: 'all', parts: [part] };
}

function tokensOf(text: string): string[] | null {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (!match) return null;
    tokens.push(match[1]!);
  }
  return tokens;
}

class Reader {
  private at = 0;
  private readonly tokens: readonly string[];

  constructor(tokens: readonly string[]) {
    this.tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.at === this.tokens.length;
  }

  either(): Part | null {
    return this.joined('||', 'any', () => this.both());
  }

  private both(): Part | null {
    return this.joined('&&', 'all', () => this.single());
  }

  private joined(sign: string, join: 'all' | 'any', next: () => Part | null): Part | null {
    const parts: Part[] = [];
    do {
      const part = next();
      if (!part) return null;
      parts.push(part);
    } while (this.take(sign));
    return parts.length === 1 ? parts[0]! : { join, parts };
  }

  private single(): Part | null {
    if (this.take('(')) {
      const part = this.either();
      return part && this.take(')') ? part : null;
    }
    if (this.take('!')) {
      const field = this.name();
      return field === null ? null : { field, operator: 'empty', value: null };
    }
    const call = Object.entries(CALLS).find(([, name]) => name === this.tokens[this.at] && this.tokens[this.at + 1] === '(');
    if (call) return this.called(call[0] as Operator);
    return this.compared();
  }

  private called(operator: Operator): Test | null {
    this.at += 2;
    const field = this.name();
    if (field === null || !this.take(',')) return null;
    const value = this.value();
    return value !== undefined && this.take(')') ? { field, operator, value } : null;
  }

  private compared(): Test | null {
    const field = this.name();
    if (field === null) return null;
    const sign = Object.entries(SIGNS).find(([, each]) => each === this.tokens[this.at]);
    if (!sign) return { field, operator: 'not_empty', value: null };
    this.at += 1;
    const value = this.value();
    return value === undefined ? null : { field, operator: sign[0] as Operator, value };
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at += 1;
    return true;
  }

  private name(): string | null {
    const token = this.tokens[this.at];
    if (token === undefined || !/^[A-Za-z_"]/.test(token)) return null;
    this.at += 1;
    return [...token.matchAll(/[A-Za-z_]\w*|"(?:\\.|[^"\\])*"/g)].map(([part]) => (part.startsWith('"') ? (JSON.parse(part) as string) : part)).join('.');
  }

  private value(): Value | undefined {
    const token = this.tokens[this.at];
    this.at += 1;
    if (token?.startsWith("'")) return token.slice(1, -1).replace(/\\(['\\])/g, '$1');
    if (!token?.startsWith('`')) return undefined;
    try {
      const value = JSON.parse(token.slice(1, -1)) as unknown;
      return typeof value === 'object' ? undefined : (value as Value);
    } catch {
      return undefined;
    }
  }
}
