/** A condition: chosen in rows, or written as an expression by those who want more. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../parts/button.tsx';
import type { Option } from '../parts/search.ts';
import { t } from '../text/index.ts';
import { Builder } from './builder.tsx';
import { conditionText, ofCondition } from './conditions.ts';
import { CONDITION_OPERATORS, type Group } from './tests.ts';

export function ConditionInput({ text, options, types, change, isReadOnly }: { text: string; options: readonly Option[]; types: ReadonlyMap<string, string>; change: (text: string) => void; isReadOnly: boolean }): JSX.Element {
  const [built, setBuilt] = useState<Group | null>(() => ofCondition(text));
  const [isExpert, setExpert] = useState(built === null);
  // The rows stay as they are while they say what the text says; an undo or a draft from elsewhere brings others.
  const group = built && conditionText(built) === text ? built : ofCondition(text);
  const set = (next: Group): void => {
    setBuilt(next);
    change(conditionText(next));
  };
  if (isExpert || !group) {
    return (
      <div class="stack close">
        <textarea aria-label={t('condition.expression')} value={text} readOnly={isReadOnly} spellcheck={false} style={{ minHeight: '4rem' }} onInput={(event) => change(event.currentTarget.value)} />
        <p class="hint">{t('condition.expression.hint')}</p>
        {group && !isReadOnly && <div><Button kind="link" press={() => setExpert(false)}>{t('condition.rows')}</Button></div>}
      </div>
    );
  }
  return (
    <div class="stack close">
      <Builder group={group} options={options} typeOf={(field) => types.get(field) ?? 'string'} operatorsOf={() => CONDITION_OPERATORS} change={set} isReadOnly={isReadOnly} isOpen />
      {!isReadOnly && <div><Button kind="link" press={() => setExpert(true)}>{t('condition.expert')}</Button></div>}
    </div>
  );
}
