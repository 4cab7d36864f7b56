/** What is read back from Salesforce, and when: the filter in rows, the schedule in words with its next times. */
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { Check, Note, Select } from '../parts/basic.tsx';
import { Combobox } from '../parts/combobox.tsx';
import { session } from '../state/session.ts';
import { moment, t } from '../text/index.ts';
import { Builder } from './builder.tsx';
import type { Change, Rules } from './draft.ts';
import { fieldNamed, typeText, type SObject } from './fields.ts';
import { isZone, nextTimes, zones } from './schedule.ts';
import { ofFilter, operatorsOf, toFilter, type Group } from './tests.ts';

type Pull = NonNullable<Rules['pull']>;
type Schedule = NonNullable<Pull['schedule']>;

export function PullTab({ rules, dispatch, sobject, isReadOnly }: { rules: Rules; dispatch: (change: Change) => void; sobject: SObject | undefined; isReadOnly: boolean }): JSX.Element {
  const pull = rules.pull as Pull;
  const set = (patch: Partial<Pull>): void => dispatch({ do: 'rules', patch: { pull: { ...pull, ...patch } } });
  return (
    <>
      <section class="stack close" aria-label={t('pull.filter')}>
        <h2 class="sub">{t('pull.filter')}</h2>
        <p class="quiet small">{t('pull.filter.hint')}</p>
        <FilterInput pull={pull} set={set} sobject={sobject} isReadOnly={isReadOnly} />
      </section>
      <ScheduleInput pull={pull} set={set} spreadBy={`${session.get().own?.tenant}/${rules.id}`} isReadOnly={isReadOnly} />
      <section class="stack close" aria-label={t('pull.more')}>
        <h2 class="sub">{t('pull.more')}</h2>
        {rules.direction === 'bidirectional' && <div class="sentence"><span>{t('pull.conflict')}</span>
          <Select label={t('pull.conflict')} disabled={isReadOnly} value={pull.conflict ?? 'newest'} options={[['newest', t('pull.conflict.newest')], ['salesforce', t('pull.conflict.salesforce')], ['product', t('pull.conflict.product')]]} change={(conflict) => set({ conflict })} /></div>}
        <Check label={t('pull.deletes')} checked={pull.deletes ?? true} disabled={isReadOnly} change={(deletes) => set({ deletes })} />
        <Check label={t('pull.enrich')} checked={pull.enrich ?? false} disabled={isReadOnly} change={(enrich) => set({ enrich })} />
      </section>
    </>
  );
}

function FilterInput({ pull, set, sobject, isReadOnly }: { pull: Pull; set: (patch: Partial<Pull>) => void; sobject: SObject | undefined; isReadOnly: boolean }): JSX.Element {
  const [built, setBuilt] = useState<Group | null>(null);
  const options = useMemo(() => (sobject?.fields ?? []).map((field) => ({ value: field.name, label: field.label, shown: field.label, detail: field.name, more: typeText(field) })), [sobject]);
  const isBuilt = built && JSON.stringify(toFilter(built)) === JSON.stringify(pull.filter ?? null);
  const group = isBuilt ? built : ofFilter(pull.filter);
  const change = (next: Group): void => {
    setBuilt(next);
    set({ filter: toFilter(next) });
  };
  if (!group) return <pre>{JSON.stringify(pull.filter, null, 2)}</pre>;
  return (
    <Builder group={group} options={options} typeOf={(name) => fieldNamed(sobject, name)?.type ?? 'string'} operatorsOf={operatorsOf} isOpen
      choicesOf={(name) => (fieldNamed(sobject, name)?.picklist ?? []).map((each) => each.value)} change={change} isReadOnly={isReadOnly} />
  );
}

function ScheduleInput({ pull, set, spreadBy, isReadOnly }: { pull: Pull; set: (patch: Partial<Pull>) => void; spreadBy: string; isReadOnly: boolean }): JSX.Element {
  const schedule: Schedule = pull.schedule ?? { zone: 'UTC', paused: false };
  const change = (patch: Partial<Schedule>): void => set({ schedule: { ...schedule, ...patch } });
  const zone = schedule.zone ?? 'UTC';
  const isDaily = Boolean(schedule.daily_at);
  const times = isZone(zone) ? nextTimes(schedule, spreadBy, Date.now()) : [];
  const zoneOptions = useMemo(() => zones().map((value) => ({ value, label: value.replaceAll('_', ' '), shown: value })), []);
  return (
    <section class="stack close" aria-label={t('schedule')}>
      <h2 class="sub">{t('schedule')}</h2>
      <div class="sentence">
        <span>{t('schedule.read')}</span>
        <Select label={t('schedule.read')} disabled={isReadOnly} value={isDaily ? 'daily' : 'often'} options={[['often', t('schedule.often')], ['daily', t('schedule.daily')]]} change={(kind) => change(kind === 'daily' ? { daily_at: '02:00', every_minutes: null } : { daily_at: null, every_minutes: 15 })} />
        {isDaily ? (
          <>
            <input type="time" aria-label={t('schedule.at')} value={schedule.daily_at ?? ''} readOnly={isReadOnly} onChange={(event) => event.currentTarget.value && change({ daily_at: event.currentTarget.value })} />
            <Combobox label={t('schedule.zone')} value={zone} options={zoneOptions} change={(value) => change({ zone: value || 'UTC' })} isReadOnly={isReadOnly} />
          </>
        ) : (
          <>
            <input type="number" aria-label={t('schedule.minutes')} min={1} max={44640} style={{ width: '6rem' }} value={schedule.every_minutes ?? 15} readOnly={isReadOnly} onInput={(event) => Number(event.currentTarget.value) > 0 && change({ every_minutes: Number(event.currentTarget.value), daily_at: null })} />
            <span>{t('schedule.minutes')}</span>
          </>
        )}
      </div>
      <Check label={t('schedule.paused')} checked={schedule.paused ?? false} disabled={isReadOnly} change={(paused) => change({ paused })} />
      {times.length > 0 && <p class="small quiet">{t('schedule.next')} {times.map((each) => moment(each, zone)).join(' · ')}</p>}
      {!schedule.paused && isDaily && zone === 'UTC' && <Note>{t('schedule.off_peak')}</Note>}
    </section>
  );
}
