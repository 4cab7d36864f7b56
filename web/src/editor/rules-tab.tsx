/** The rules of a sync in sentences with choices inside. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { Check, Select } from '../parts/basic.tsx';
import { Combobox } from '../parts/combobox.tsx';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import type { Option } from '../parts/search.ts';
import { session } from '../state/session.ts';
import { t } from '../text/index.ts';
import { ConditionInput } from './condition-input.tsx';
import type { Change, Rules } from './draft.ts';
import type { ProductField, SObject } from './fields.ts';
import { PullTab } from './pull-rules.tsx';
import { Signals } from './signals.tsx';

export interface RulesTabProps {
  rules: Rules;
  dispatch: (change: Change) => void;
  sobject: SObject | undefined;
  productFields: readonly ProductField[];
  isReadOnly: boolean;
}

type Push = NonNullable<Rules['push']>;
const PEOPLE = ['Lead', 'Contact'];
const OUTSIDE = ['account', 'record', 'owner'] as const;

export function RulesTab(props: RulesTabProps): JSX.Element {
  const { rules, dispatch, isReadOnly, sobject } = props;
  const push = rules.push as Push;
  const set = (patch: Partial<Push>): void => dispatch({ do: 'rules', patch: { push: { ...push, ...patch } } });
  const mayPull = session.get().own?.may_set_pull_rules ?? false;
  const { options, types } = useMemo(() => conditionFields(props.productFields), [props.productFields]);
  return (
    <div class="stack">
      <Direction rules={rules} dispatch={dispatch} isReadOnly={isReadOnly || !mayPull} />
      {rules.direction !== 'pull' && (
        <>
          <section class="stack close" aria-label={t('rules.when')}>
            <h2 class="sub">{t('rules.when')}</h2>
            <p class="quiet small">{t('rules.when.hint')}</p>
            <ConditionInput text={push.when ?? ''} options={options} types={types} isReadOnly={isReadOnly} change={(when) => set({ when: when || null })} />
          </section>
          <Matching push={push} set={set} rules={rules} dispatch={dispatch} sobject={sobject} isReadOnly={isReadOnly} />
          <Signals rules={rules} dispatch={dispatch} options={options} types={types} isReadOnly={isReadOnly} />
        </>
      )}
      {rules.direction !== 'push' && <PullTab rules={rules} dispatch={dispatch} sobject={sobject} isReadOnly={isReadOnly || !mayPull} />}
      {!mayPull && <p class="quiet small">{t('rules.pull.operator')}</p>}
    </div>
  );
}

function conditionFields(fields: readonly ProductField[]): { options: Option[]; types: Map<string, string> } {
  const named = fields.map((field): [Option, string] => [{ value: `fields.${field.name}`, label: field.label || field.name, detail: field.name, group: t('group.product') }, field.type ?? 'string']);
  const outside = OUTSIDE.map((name): [Option, string] => [{ value: `${name}.Name`, label: t(`condition.${name}`), detail: `${name}.Name`, group: t('group.special') }, 'string']);
  const all = [...named, ...outside];
  return { options: all.map(([option]) => option), types: new Map(all.map(([option, type]) => [option.value, type])) };
}

function Direction({ rules, dispatch, isReadOnly }: { rules: Rules; dispatch: (change: Change) => void; isReadOnly: boolean }): JSX.Element {
  return (
    <div class="sentence">
      <span>{t('rules.direction')}</span>
      <Select label={t('rules.direction')} disabled={isReadOnly} value={rules.direction ?? 'push'} options={[['push', t('direction.push')], ['pull', t('direction.pull')], ['bidirectional', t('direction.bidirectional')]]} change={(direction) => dispatch({ do: 'rules', patch: { direction } })} />
      <span>{t('rules.position')}</span>
      <input aria-label={t('rules.position')} type="number" min={0} max={10000} style={{ width: '5.5rem' }} value={rules.position ?? 1} readOnly={isReadOnly} onInput={(event) => event.currentTarget.value !== '' && dispatch({ do: 'rules', patch: { position: Number(event.currentTarget.value) } })} />
      <span class="quiet small">{t('rules.position.hint')}</span>
    </div>
  );
}

interface MatchingProps {
  push: Push;
  set: (patch: Partial<Push>) => void;
  rules: Rules;
  dispatch: (change: Change) => void;
  sobject: SObject | undefined;
  isReadOnly: boolean;
}

function Matching({ push, set, rules, dispatch, sobject, isReadOnly }: MatchingProps): JSX.Element {
  const isPerson = PEOPLE.includes(rules.sobject);
  const off = isReadOnly;
  return (
    <section class="stack close" aria-label={t('rules.matching')}>
      <h2 class="sub">{t('rules.matching')}</h2>
      <MatchOrder push={push} set={set} sobject={sobject} isPerson={isPerson} isReadOnly={off} />
      <div class="sentence"><span>{t('rules.found')}</span>
        <Select label={t('rules.found')} disabled={off} value={push.update_existing === false ? 'no' : 'yes'} options={[['yes', t('rules.found.yes')], ['no', t('rules.found.no')]]} change={(value) => set({ update_existing: value === 'yes', ...(value === 'no' ? { create_when_missing: false } : {}) })} />
      </div>
      <div class="sentence"><span>{t('rules.several')}</span>
        <Select label={t('rules.several')} disabled={off} value={push.several ?? 'newest'} options={[['newest', t('rules.several.newest')], ['oldest', t('rules.several.oldest')], ['reject', t('rules.several.reject')]]} change={(several) => set({ several })} />
      </div>
      <div class="sentence"><span>{t('rules.missing')}</span>
        <Select label={t('rules.missing')} disabled={off} value={push.create_when_missing ? 'yes' : 'no'} options={[['no', t('rules.missing.no')], ['yes', t('rules.missing.yes', { name: sobject?.label ?? rules.sobject })]]} change={(value) => set({ create_when_missing: value === 'yes', ...(value === 'yes' ? { update_existing: true } : {}) })} />
        {push.create_when_missing && isPerson && <>
          <span>{t('rules.unless')}</span>
          <Select label={t('rules.unless')} disabled={off} value={push.create_unless ?? 'person_exists'} options={[['person_exists', t('rules.unless.person_exists')], ['never', t('rules.unless.never')]]} change={(create_unless) => set({ create_unless })} />
        </>}
      </div>
      <div class="sentence"><span>{t('rules.duplicate')}</span>
        <Select label={t('rules.duplicate')} disabled={off} value={push.on_duplicate ?? 'guard'} options={[['guard', t('rules.duplicate.guard')], ['save', t('rules.duplicate.save')], ['reject', t('rules.duplicate.reject')]]} change={(on_duplicate) => set({ on_duplicate })} />
      </div>
      <p class="quiet small">{t(`rules.duplicate.${push.on_duplicate ?? 'guard'}.means`)}</p>
      <div class="sentence"><span>{t('rules.within')}</span>
        <input type="number" aria-label={t('rules.within')} min={0} max={3600} style={{ width: '6rem' }} value={push.deliver_within_s ?? 300} readOnly={off} onInput={(event) => event.currentTarget.value !== '' && set({ deliver_within_s: Math.max(0, Math.round(Number(event.currentTarget.value))) })} />
        <span>{t('rules.within.seconds')}</span>
      </div>
      {isPerson && <Check label={t('rules.email')} checked={rules.email === 'automatic'} disabled={off} change={(value) => dispatch({ do: 'rules', patch: { email: value ? 'automatic' : 'off' } })} />}
      <Check label={t('rules.assignment')} checked={push.assignment_rules ?? true} disabled={off} change={(assignment_rules) => set({ assignment_rules })} />
      <Check label={t('rules.recreate')} checked={push.recreate_deleted ?? false} disabled={off} change={(recreate_deleted) => set({ recreate_deleted })} />
    </section>
  );
}

function MatchOrder({ push, set, sobject, isPerson, isReadOnly }: { push: Push; set: (patch: Partial<Push>) => void; sobject: SObject | undefined; isPerson: boolean; isReadOnly: boolean }): JSX.Element {
  const fields = sobject?.fields ?? [];
  const external = fields.filter((field) => field.external_id).map((field): Option => ({ value: field.name, label: field.label, shown: field.label, detail: field.name }));
  const others = fields.map((field): Option => ({ value: field.name, label: field.label, shown: field.label, detail: field.name }));
  const match = push.match_fields ?? [];
  return (
    <>
      <p>{t(isPerson ? 'rules.match.people' : 'rules.match.others')}</p>
      <div class="sentence"><span>{t('rules.external')}</span>
        <Combobox label={t('rules.external')} value={push.external_id_field ?? ''} options={[{ value: '', label: t('rules.external.none'), shown: t('rules.external.none') }, ...external]} isReadOnly={isReadOnly} change={(value) => set({ external_id_field: value || null })} />
      </div>
      {!isPerson && (
        <div class="sentence"><span>{t('rules.match_fields')}</span>
          {match.map((name) => <span class="pill" key={name}>{name}{!isReadOnly && <Button kind="link" label={t('rules.match_fields.remove', { name })} press={() => set({ match_fields: match.filter((each) => each !== name) })}><Icon name="close" /></Button>}</span>)}
          {!isReadOnly && <Combobox label={t('rules.match_fields.add')} placeholder={t('rules.match_fields.add')} value="" options={others.filter((each) => !match.includes(each.value))} change={(name) => set({ match_fields: [...match, name] })} />}
        </div>
      )}
    </>
  );
}
