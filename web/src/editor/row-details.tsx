/** What a row says beyond its two fields: default, translated values, and what Salesforce takes there. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../parts/button.tsx';
import { Check, Facts, Field, Select } from '../parts/basic.tsx';
import { Icon } from '../parts/icon.tsx';
import { t } from '../text/index.ts';
import type { Mapping } from './draft.ts';
import { typeText, type OrgField } from './fields.ts';
import type { RowProps } from './row.tsx';

type Scalar = string | number | boolean;

/** Return a text as the kind of value that a field takes. */
export function scalarOf(text: string, type: string | undefined): Scalar | null {
  if (text === '') return null;
  if (type === 'boolean' && ['true', 'false'].includes(text.toLowerCase())) return text.toLowerCase() === 'true';
  const isNumber = ['int', 'double', 'currency', 'percent', 'long'].includes(type ?? '');
  return isNumber && Number.isFinite(Number(text)) ? Number(text) : text;
}

const shown = (value: unknown): string => (value === null || value === undefined ? '' : String(value));

export function RowDetails({ row, field, direction, isReadOnly, dispatch, lead, unfold, sobject }: RowProps & { field: OrgField | undefined }): JSX.Element {
  const set = (patch: Partial<Mapping>): void => dispatch({ do: 'row', key: row.key, patch });
  const choices = (field?.picklist ?? []).filter((each) => each.active);
  const list = choices.length ? `values-${row.key}` : undefined;
  const rules = (sobject?.validation_rules ?? []).filter((rule) => rule.field === row.salesforce);
  const close = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    unfold(row.key, false);
    lead(event.key === 'Enter' ? `next:${row.key}` : `more:${row.key}`);
  };
  return (
    <div class="more stack close">
      <div class="grid">
        <Field label={t('row.default')} hint={t('row.default.hint')}>
          <input data-place={`default:${row.key}`} value={shown(row.default)} list={list} readOnly={isReadOnly} onInput={(event) => set({ default: scalarOf(event.currentTarget.value, field?.type) })} onKeyDown={close} />
        </Field>
        {direction !== 'push' && choices.length > 0 && (
          <Field label={t('row.pull_as')}>
            <Select disabled={isReadOnly} value={row.pull_as ?? 'value'} options={[['value', t('row.pull_as.value')], ['label', t('row.pull_as.label')]]} change={(pull_as) => set({ pull_as })} />
          </Field>
        )}
      </div>
      {row.salesforce.includes('.') && direction !== 'pull' && <Check label={t('row.create_related')} checked={row.create_related ?? false} disabled={isReadOnly} change={(create_related) => set({ create_related })} />}
      {row.product === 'conversation' && <Check label={t('row.overwrite_always')} checked={row.overwrite === 'always'} disabled={isReadOnly} change={(value) => set({ overwrite: value ? 'always' : null })} />}
      {list && <datalist id={list}>{choices.map((each) => <option key={each.value} value={each.value} label={each.label} />)}</datalist>}
      <Values row={row} field={field} list={list} isReadOnly={isReadOnly} set={set} />
      {field && <Facts pairs={[
        [t('field.type'), typeText(field)],
        [t('field.about'), [field.required && t('field.required'), field.unique && t('field.unique'), field.external_id && t('field.external_id'), field.custom && t('field.custom'), !field.updateable && t('field.create_only')].filter(Boolean).join(' · ')],
        [t('field.values'), choices.length ? choices.slice(0, 40).map((each) => each.value).join(', ') + (choices.length > 40 ? ' …' : '') : ''],
        [t('field.controller'), field.controller ?? ''],
        [t('field.rules'), rules.length ? <ul>{rules.map((rule) => <li key={rule.name}>{rule.message}</li>)}</ul> : ''],
      ]} />}
    </div>
  );
}

function Values({ row, field, list, isReadOnly, set }: { row: RowProps['row']; field: OrgField | undefined; list: string | undefined; isReadOnly: boolean; set: (patch: Partial<Mapping>) => void }): JSX.Element {
  const [own, keep] = useState<[string, Scalar | null][]>(() => Object.entries(row.values ?? {}) as [string, Scalar | null][]);
  // An object puts names that are numbers first; the lines that a person edits keep their order here.
  const isSame = JSON.stringify(Object.fromEntries(own)) === JSON.stringify(row.values ?? {});
  const pairs = isSame ? own : (Object.entries(row.values ?? {}) as [string, Scalar | null][]);
  const save = (next: [string, Scalar | null][]): void => {
    keep(next);
    set({ values: Object.fromEntries(next) });
  };
  const replace = (at: number, name: string, value: string): void => {
    save(pairs.map((each, index): [string, Scalar | null] => (index === at ? [name, scalarOf(value, field?.type)] : each)));
  };
  if (!pairs.length) return isReadOnly ? <></> : <div><Button kind="link" press={() => save([['', '']])}>{t('row.values.begin')}</Button></div>;
  return (
    <fieldset class="stack close" style={{ border: '0', padding: '0', margin: '0' }}>
      <legend class="strong small">{t('row.values')}</legend>
      {pairs.map(([name, value], at) => (
        <div class="pairs" key={at}>
          <input aria-label={t('row.values.from')} placeholder={t('row.values.from')} value={name} readOnly={isReadOnly} onInput={(event) => replace(at, event.currentTarget.value, shown(value))} />
          <input aria-label={t('row.values.to')} placeholder={t('row.values.to')} value={shown(value)} list={list} readOnly={isReadOnly} onInput={(event) => replace(at, name, event.currentTarget.value)} />
          {!isReadOnly && <Button kind="icon" label={t('row.values.remove', { name })} press={() => save(pairs.filter((_, index) => index !== at))}><Icon name="close" /></Button>}
        </div>
      ))}
      {!isReadOnly && <div class="row">
        <Button press={() => save([...pairs, ['', '']])}>{t('row.values.add')}</Button>
        <label class="row small">{t('row.fallback')} <input style={{ width: '12rem' }} list={list} value={shown(row.fallback)} onInput={(event) => set({ fallback: scalarOf(event.currentTarget.value, field?.type) })} /></label>
      </div>}
    </fieldset>
  );
}
