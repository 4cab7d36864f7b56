/** Builds groups of tests by choosing: for filters of pulls, conditions and signals. */
import type { JSX } from 'preact';
import { Button } from '../parts/button.tsx';
import { Combobox } from '../parts/combobox.tsx';
import { Select } from '../parts/basic.tsx';
import { Icon } from '../parts/icon.tsx';
import type { Option } from '../parts/search.ts';
import { TypedInput } from '../parts/typed-input.tsx';
import { t } from '../text/index.ts';
import { isGroup, needsNoValue, takesSeveral, textOf, valueOf, type Group, type Operator, type Part, type Test } from './tests.ts';

export interface BuilderProps {
  group: Group;
  options: readonly Option[];
  typeOf: (field: string) => string;
  operatorsOf: (type: string) => readonly Operator[];
  choicesOf?: (field: string) => readonly string[];
  change: (group: Group) => void;
  isReadOnly: boolean;
  /** Whether a field may be named that is no option. */
  isOpen?: boolean;
  depth?: number;
}

const DEEPEST = 5;

export function Builder(props: BuilderProps): JSX.Element {
  const { group, change, isReadOnly, depth = 1 } = props;
  const set = (at: number, part: Part | null): void => change({ ...group, parts: part ? group.parts.with(at, part) : group.parts.filter((_, index) => index !== at) });
  const add = (part: Part): void => change({ ...group, parts: [...group.parts, part] });
  const test: Test = { field: '', operator: 'equals', value: '' };
  return (
    <div class="group-box">
      {(group.parts.length > 1 || depth > 1) && (
        <div class="row">
          <Select label={t('builder.join')} disabled={isReadOnly} value={group.join} options={[['all', t('builder.all')], ['any', t('builder.any')]]} change={(join) => change({ ...group, join })} />
        </div>
      )}
      {group.parts.map((part, at) => isGroup(part)
        ? (
          <div key={at} class="stack close">
            <Builder {...props} group={part} depth={depth + 1} change={(next) => set(at, next)} />
            {!isReadOnly && <div><Button kind="link" press={() => set(at, null)}>{t('builder.remove_group')}</Button></div>}
          </div>
        )
        : <Condition key={at} {...props} test={part} set={(next) => set(at, next)} />)}
      {!isReadOnly && (
        <div class="row">
          <Button press={() => add(test)}>{t('builder.add')}</Button>
          {depth < DEEPEST && group.parts.length > 0 && <Button kind="plain" press={() => add({ join: group.join === 'all' ? 'any' : 'all', parts: [test] })}>{t('builder.add_group')}</Button>}
        </div>
      )}
    </div>
  );
}

function Condition({ test, set, options, typeOf, operatorsOf, choicesOf, isReadOnly, isOpen }: BuilderProps & { test: Test; set: (test: Test | null) => void }): JSX.Element {
  const type = typeOf(test.field);
  const operators = operatorsOf(type);
  const choices = choicesOf?.(test.field) ?? [];
  const toField = (field: string): void => {
    const fitting = operatorsOf(typeOf(field));
    set({ field, operator: fitting.includes(test.operator) ? test.operator : (fitting[0] ?? 'equals'), value: test.value });
  };
  const toOperator = (operator: Operator): void => set({ ...test, operator, value: valueOf(textOf(test.value), type, operator) });
  return (
    <div class="condition">
      <Combobox label={t('builder.field')} value={test.field} options={options} change={toField} isReadOnly={isReadOnly} placeholder={t('builder.field')} other={isOpen ? (text) => t('row.use', { text }) : undefined} />
      <Select label={t('builder.operator')} disabled={isReadOnly} value={test.operator} options={operators.map((each) => [each, t(`operator.${each}`)] as const)} change={toOperator} />
      {needsNoValue(test.operator) ? <span /> : <ValueInput test={test} type={type} choices={choices} set={set} isReadOnly={isReadOnly} />}
      {isReadOnly ? <span /> : <Button kind="icon" label={t('builder.remove', { name: test.field || t('builder.field') })} press={() => set(null)}><Icon name="close" /></Button>}
    </div>
  );
}

const KINDS: Record<string, 'date' | 'number'> = { date: 'date', int: 'number', double: 'number', currency: 'number', percent: 'number', number: 'number' };

function ValueInput({ test, type, choices, set, isReadOnly }: { test: Test; type: string; choices: readonly string[]; set: (test: Test) => void; isReadOnly: boolean }): JSX.Element {
  const take = (text: string): void => set({ ...test, value: valueOf(text, type, test.operator) });
  if (type === 'boolean') return <Select label={t('builder.value')} disabled={isReadOnly} value={String(test.value === true)} options={[['true', t('yes')], ['false', t('no')]]} change={take} />;
  const isDays = test.operator === 'within_last' || test.operator === 'within_next';
  if (choices.length && takesSeveral(test.operator)) {
    const chosen = Array.isArray(test.value) ? test.value.map(String) : [];
    const toggle = (choice: string): void => set({ ...test, value: chosen.includes(choice) ? chosen.filter((each) => each !== choice) : [...chosen, choice] });
    return (
      <details>
        <summary>{chosen.length ? chosen.join(', ') : t('builder.choose')}</summary>
        <div class="stack close">{choices.map((choice) => <label class="check" key={choice}><input type="checkbox" checked={chosen.includes(choice)} disabled={isReadOnly} onChange={() => toggle(choice)} /><span>{choice}</span></label>)}</div>
      </details>
    );
  }
  if (choices.length) return <Combobox label={t('builder.value')} value={textOf(test.value)} options={choices.map((value) => ({ value, label: value }))} change={take} isReadOnly={isReadOnly} other={(text) => text} />;
  const kind = isDays ? 'number' : takesSeveral(test.operator) ? 'text' : (KINDS[type] ?? 'text');
  return (
    <span class="row">
      <TypedInput label={t('builder.value')} type={kind} min={isDays ? 1 : undefined} width={isDays ? '6rem' : ''} value={textOf(test.value)} isReadOnly={isReadOnly} take={take} placeholder={takesSeveral(test.operator) ? t('builder.several') : type === 'datetime' ? '2026-11-20T00:00:00Z' : ''} />
      {isDays && <span>{t('builder.days')}</span>}
    </span>
  );
}
