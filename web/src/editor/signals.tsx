/** The signals of a sync: each with its condition (or the value it watches), how often it fires and whether its end is told. */
import type { JSX } from 'preact';
import { Check, Select } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import type { Option } from '../parts/search.ts';
import { TypedInput } from '../parts/typed-input.tsx';
import { t } from '../text/index.ts';
import { ConditionInput } from './condition-input.tsx';
import type { Change, Rules } from './draft.ts';
import { freeName, short, whole, type Full, type Kept } from './signal.ts';

export interface SignalsProps {
  rules: Rules;
  dispatch: (change: Change) => void;
  options: readonly Option[];
  types: ReadonlyMap<string, string>;
  isReadOnly: boolean;
}

export function Signals({ rules, dispatch, isReadOnly, ...fields }: SignalsProps): JSX.Element {
  const signals = Object.entries(rules.signals ?? {});
  const set = (entries: [string, Kept][]): void => dispatch({ do: 'rules', patch: { signals: Object.fromEntries(entries) } });
  const rename = (next: string, at: number, kept: Kept): void => {
    const isTaken = signals.some(([other], index) => index !== at && other === next); // two of one name would be one
    if (next && !isTaken) set(signals.with(at, [next, kept]));
  };
  return (
    <section class="stack close" aria-label={t('signals')}>
      <h2 class="sub">{t('signals')}</h2>
      <p class="quiet small">{t('signals.hint')}</p>
      {signals.map(([name, kept], at) => (
        <div class="group-box" key={at}>
          <div class="row"><TypedInput label={t('signals.name')} width="14rem" value={name} isReadOnly={isReadOnly} take={(next) => rename(next.trim(), at, kept)} />
            {!isReadOnly && <Button kind="icon" label={t('signals.remove', { name })} press={() => set(signals.filter((_, index) => index !== at))}><Icon name="close" /></Button>}</div>
          <OneSignal signal={whole(kept)} isReadOnly={isReadOnly} change={(next) => set(signals.with(at, [name, short(next)]))} {...fields} />
        </div>
      ))}
      {!isReadOnly && <div><Button press={() => set([...signals, [freeName(signals), '']])}>{t('signals.add')}</Button></div>}
    </section>
  );
}

interface OneSignalProps extends Pick<SignalsProps, 'options' | 'types' | 'isReadOnly'> {
  signal: Full;
  change: (next: Full) => void;
}

function OneSignal({ signal, change, options, types, isReadOnly }: OneSignalProps): JSX.Element {
  const watches = typeof signal.changed === 'string';
  const text = (watches ? signal.changed : signal.when) ?? '';
  const kind = (value: string): void => change(value === 'changed' ? { changed: '', fires: signal.fires } : { when: '', fires: signal.fires });
  return (
    <>
      <div class="sentence"><span>{t('signals.kind')}</span>
        <Select label={t('signals.kind')} disabled={isReadOnly} value={watches ? 'changed' : 'when'} options={[['when', t('signals.kind.when')], ['changed', t('signals.kind.changed')]]} change={kind} />
        {!watches && <Select label={t('signals.fires')} disabled={isReadOnly} value={signal.fires ?? 'once'} options={[['once', t('signals.fires.once')], ['every_time', t('signals.fires.every_time')]]} change={(fires) => change({ ...signal, fires, ...(fires === 'every_time' ? { ended: false } : {}) })} />}
      </div>
      {watches
        ? <input aria-label={t('signals.changed')} list="signal-values" value={text} readOnly={isReadOnly} onInput={(event) => change({ ...signal, changed: event.currentTarget.value })} />
        : <ConditionInput text={text} options={options} types={types} isReadOnly={isReadOnly} change={(when) => change({ ...signal, when })} />}
      {watches && <datalist id="signal-values">{options.map(({ value, label }) => <option key={value} value={value} label={label} />)}</datalist>}
      {!watches && signal.fires !== 'every_time' && <Check label={t('signals.ended')} checked={signal.ended ?? false} disabled={isReadOnly} change={(ended) => change({ ...signal, ended })} />}
    </>
  );
}
