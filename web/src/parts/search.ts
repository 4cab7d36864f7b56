/** Finds options by label, name and type. Pure, and quick enough to run at every key. */

export interface Option {
  value: string;
  label: string;
  /** What the field says when this is chosen; the value, if not given. */
  shown?: string;
  detail?: string;
  more?: string;
  glyph?: string;
  group?: string;
  /** What else it is found by, in small letters. */
  words?: string;
}

export interface Found {
  shown: Option[];
  more: number;
}

const lower = new WeakMap<Option, [string, string, string]>();

function texts(option: Option): [string, string, string] {
  let known = lower.get(option);
  if (!known) {
    known = [option.label.toLowerCase(), option.value.toLowerCase(), `${option.detail ?? ''} ${option.more ?? ''} ${option.words ?? ''}`.toLowerCase()];
    lower.set(option, known);
  }
  return known;
}

/** Return how well an option fits, less is better; -1 for not at all. Every word must be in it somewhere. */
function rank(option: Option, words: readonly string[]): number {
  const [label, value, rest] = texts(option);
  const whole = words.join(' ');
  if (label === whole || value === whole) return 0;
  let worst = 1;
  for (const word of words) {
    if (label.startsWith(word) || value.startsWith(word)) continue;
    if (label.includes(` ${word}`)) worst = Math.max(worst, 2);
    else if (label.includes(word) || value.includes(word)) worst = Math.max(worst, 3);
    else if (rest.includes(word)) worst = Math.max(worst, 4);
    else return -1;
  }
  return worst;
}

/** Return the options that fit best, at most `limit`, and how many more fit; `other` adds what was typed as an option of its own. */
export function found(options: readonly Option[], typed: string, limit: number, other: string): Found {
  const words = typed.toLowerCase().split(/[\s›.]+/).filter(Boolean);
  if (!words.length) return { shown: options.slice(0, limit), more: Math.max(0, options.length - limit) };
  const ranks: Option[][] = [[], [], [], [], []];
  for (const option of options) {
    const at = rank(option, words);
    if (at >= 0) ranks[at]!.push(option);
  }
  const fitting = ranks.flat();
  const text = typed.trim();
  if (other && !ranks[0]!.length) {
    const own: Option = { value: text, label: other, glyph: '+' };
    if (ranks[1]!.length + ranks[2]!.length + ranks[3]!.length > 0) fitting.splice(Math.min(limit - 1, fitting.length), 0, own);
    else fitting.unshift(own);
  }
  const shown = fitting.slice(0, limit).map((option) => (option.group ? { ...option, group: '' } : option));
  return { shown, more: Math.max(0, fitting.length - limit) };
}
