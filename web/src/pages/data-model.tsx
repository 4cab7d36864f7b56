/** The data model of both sides: what the product sends, and what the org has. */
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { api, ask, type Schemas } from '../api/client.ts';
import { glyphOf, typeText, type OrgField, type ProductField } from '../editor/fields.ts';
import { Empty, ErrorNote, Field, Pill, Select, Skeleton, Table } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { Combobox } from '../parts/combobox.tsx';
import { TabPanel, Tabs } from '../parts/tabs.tsx';
import { tell } from '../parts/toasts.tsx';
import { useLoaded } from '../state/loaded.ts';
import { note, route } from '../state/route.ts';
import { may } from '../state/session.ts';
import { useStore } from '../state/store.ts';
import { t, tCode } from '../text/index.ts';

type Sync = Schemas['Sync'];
const TYPES = ['string', 'number', 'boolean', 'date', 'datetime', 'list', 'object'] as const;

export function DataModelPage(): JSX.Element {
  const { part = 'product' } = useStore(route);
  return (
    <div class="stack">
      <h1 tabIndex={-1}>{t('nav.model')}</h1>
      <section class="card stack" aria-label={t('nav.model')}>
        <Tabs name={t('nav.model')} chosen={part} choose={(next) => note({ part: next })} tabs={[['product', t('model.product')], ['org', t('model.org')]]} />
        {part === 'product' ? <TabPanel name="product" chosen={part}><ProductSide /></TabPanel> : <TabPanel name="org" chosen={part}><OrgSide /></TabPanel>}
      </section>
    </div>
  );
}

function ProductSide(): JSX.Element {
  const syncs = useLoaded('syncs', () => ask(api.GET('/console/api/syncs')));
  const sources = [...new Set((syncs.data?.syncs ?? []).map((sync) => sync.source))];
  const { source } = useStore(route);
  const chosen = source || sources[0] || '';
  if (!syncs.data) return syncs.error ? <ErrorNote error={syncs.error} /> : <Skeleton />;
  if (!chosen) return <Empty title={t('model.no_source')}><p>{t('model.no_source.text')}</p></Empty>;
  return (
    <div class="stack">
      <div class="sentence"><span>{t('source')}</span><Select label={t('source')} value={chosen} options={sources.map((each) => [each, each] as const)} change={(next) => note({ source: next })} /></div>
      <ProductFields key={chosen} source={chosen} syncs={syncs.data.syncs.filter((sync) => sync.source === chosen)} />
    </div>
  );
}

function ProductFields({ source, syncs }: { source: string; syncs: readonly Sync[] }): JSX.Element {
  const loaded = useLoaded(`fields ${source}`, () => ask(api.GET('/console/api/sources/{source}/fields', { params: { path: { source } } })));
  const [edited, setEdited] = useState<Record<string, ProductField>>({});
  const fields = (loaded.data?.fields ?? []).map((field) => edited[field.name] ?? field);
  const set = (field: ProductField, patch: Partial<ProductField>): void => setEdited({ ...edited, [field.name]: { ...field, ...patch, learned: false } });
  const save = async (): Promise<void> => {
    const kept = fields.filter((field) => !field.learned);
    loaded.replace(await ask(api.PUT('/console/api/sources/{source}/fields', { params: { path: { source } }, body: { fields: kept } as never })));
    setEdited({});
    tell(t('model.saved'));
  };
  const mapped = (name: string): string => syncs.flatMap((sync) => (sync.mappings ?? []).filter((row) => row.product === name).map((row) => `${sync.sobject}.${row.salesforce}`)).join(', ');
  const mayChange = may('integrator');
  if (!loaded.data) return loaded.error ? <ErrorNote error={loaded.error} /> : <Skeleton />;
  if (!fields.length) return <Empty title={t('model.no_fields')}><p>{t('model.no_fields.text')}</p></Empty>;
  return (
    <div class="stack close">
      <Table name={t('model.product')} heads={[t('model.field'), t('model.label'), t('model.type'), t('model.mapped')]}>
        {fields.map((field) => (
          <tr key={field.name}>
            <td><code>{field.name}</code> {field.learned && <Pill>{t('product.learned')}</Pill>}</td>
            <td><input aria-label={t('model.label.of', { name: field.name })} style={{ minWidth: '9rem' }} value={field.label ?? ''} readOnly={!mayChange} onInput={(event) => set(field, { label: event.currentTarget.value })} /></td>
            <td><Select label={t('model.type.of', { name: field.name })} disabled={!mayChange} value={(field.type ?? 'string') as string} options={TYPES.map((type) => [type, tCode('type', type)] as const)} change={(type) => set(field, { type: type as never })} /></td>
            <td class="wrap">{mapped(field.name) || <span class="quiet">{t('model.not_mapped')}</span>}</td>
          </tr>
        ))}
      </Table>
      {mayChange && Object.keys(edited).length > 0 && <div><Button kind="primary" press={save}>{t('save')}</Button></div>}
    </div>
  );
}

function OrgSide(): JSX.Element {
  const sobjects = useLoaded('sobjects', () => ask(api.GET('/console/api/sobjects')));
  const { object = 'Lead' } = useStore(route);
  const options = useMemo(() => (sobjects.data?.sobjects ?? []).map((each) => ({ value: each.name, label: each.label, shown: each.label, detail: each.name, glyph: each.custom ? '+' : '' })), [sobjects.data]);
  return (
    <div class="stack">
      <ErrorNote error={sobjects.error} again={() => void sobjects.reload()} />
      <div class="form"><Field label={t('object')}><Combobox label={t('object')} value={object} options={options} change={(next) => note({ object: next })} /></Field></div>
      {!sobjects.error && <OrgFields key={object} name={object} />}
    </div>
  );
}

function OrgFields({ name }: { name: string }): JSX.Element {
  const loaded = useLoaded(`sobject ${name}`, () => ask(api.GET('/console/api/sobjects/{name}', { params: { path: { name } } })));
  const [text, setText] = useState('');
  if (!loaded.data) return loaded.error ? <ErrorNote error={loaded.error} again={() => void loaded.reload()} /> : <Skeleton lines={6} />;
  const wanted = text.toLowerCase();
  const fields = loaded.data.fields.filter((field) => `${field.label} ${field.name} ${field.type}`.toLowerCase().includes(wanted)).slice(0, 200);
  const rules = loaded.data.validation_rules ?? [];
  return (
    <div class="stack">
      <div class="form"><Field label={t('model.find')}><input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} /></Field></div>
      <Table name={t('model.org')} heads={[t('model.field'), t('model.type'), t('field.about'), t('field.values')]}>{fields.map((field) => <OrgLine key={field.name} field={field} />)}</Table>
      {rules.length > 0 && <section class="stack close"><h2>{t('field.rules')}</h2><ul class="stack close">{rules.map((rule) => <li key={rule.name}><span class="strong">{rule.name}</span>{rule.field && <span class="quiet"> · {rule.field}</span>}<p>{rule.message}</p></li>)}</ul></section>}
    </div>
  );
}

function OrgLine({ field }: { field: OrgField }): JSX.Element {
  const said = [field.required && t('field.required'), field.custom && t('field.custom'), field.unique && t('field.unique'), field.external_id && t('field.external_id'), !field.createable && !field.updateable && t('field.read_only')].filter(Boolean).join(' · ');
  const values = field.picklist.filter((each) => each.active);
  return (
    <tr>
      <td>{field.label}<div class="quiet small mono">{field.name}</div></td>
      <td class="tight"><span class="glyph" aria-hidden="true">{glyphOf(field.type)}</span> {typeText(field)}{field.reference_to.length > 0 && <div class="quiet small">{field.reference_to.join(', ')}</div>}</td>
      <td>{said}{field.controller && <div class="quiet small">{t('field.controller')}: {field.controller}</div>}</td>
      <td class="wrap">{values.length > 0 && <details><summary>{t('model.values', { n: values.length })}</summary><ul class="small">{values.map((each) => <li key={each.value}>{each.value}{each.label !== each.value && <span class="quiet"> · {each.label}</span>}{each.valid_for && <span class="quiet"> · {t('model.only_for', { names: each.valid_for.join(', ') })}</span>}</li>)}</ul></details>}</td>
    </tr>
  );
}
