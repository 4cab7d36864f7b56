/** Try the draft as it stands with one change: what would be matched, what would become of each field, and what it costs. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { api, ApiError, ask, type Schemas } from '../api/client.ts';
import { ErrorNote, Field, Note, Pill, Table, type Kind } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { Combobox } from '../parts/combobox.tsx';
import { useLoaded } from '../state/loaded.ts';
import { t, tCode } from '../text/index.ts';
import { sent, type Draft } from './draft.ts';
import type { ProductField } from './fields.ts';
import { SalesforceId } from '../parts/salesforce-id.tsx';

type Change = Schemas['ChangeToTry'];
type DryRun = Schemas['DryRun'];

const RESULTS: Record<string, Kind> = { created: 'good', updated: 'good', unchanged: '', skipped: 'warn', rejected: 'bad', waiting: 'warn' };
const ACTIONS: Record<string, Kind> = { write: 'good', same: '', kept: '', left_out: 'warn' };
const EXAMPLES: Record<string, unknown> = { email: 'ada@example.com', first_name: 'Ada', last_name: 'Lovelace', company: 'Analytical Engines', phone: '+44 20 7946 0000', country: 'United Kingdom', title: 'Countess' };
const PLAIN = /^(fields\.)?([A-Za-z_]\w*)$/;
const NO_FIELDS = new Set(['conversation', 'about', 'occurred_at', 'key', 'source', 'record', 'account', 'owner', 'fields']);

/** Return the names of the product's fields that a draft reads, its address first. */
function namesOf(draft: Draft): string[] {
  const named = draft.rows.map((row) => PLAIN.exec(row.product.trim())?.[2]).filter((name): name is string => Boolean(name) && !NO_FIELDS.has(name!));
  return [...new Set(['email', ...named])];
}

/** `mayLookBack` offers changes that were really sent, which the panel of one source does not see. */
export function TryTab({ draft, productFields, isAsked, mayLookBack }: { draft: Draft; productFields: readonly ProductField[]; isAsked: number; mayLookBack: boolean }): JSX.Element {
  const [change, setChange] = useState<Change>({ key: 'test-1', fields: {} } as unknown as Change);
  const [chosen, setChosen] = useState('');
  const [text, setText] = useState<string | null>(null);
  const [result, setResult] = useState<DryRun | null>(null);
  const [error, setError] = useState<ApiError | undefined>();
  const recent = useRecent(mayLookBack ? draft.rules.source : '');
  const fields = (change.fields ?? {}) as Record<string, unknown>;
  const names = namesOf(draft);
  const filled = (): Change => (chosen ? change : ({ ...change, fields: { ...Object.fromEntries(names.filter((name) => EXAMPLES[name] !== undefined).map((name) => [name, EXAMPLES[name]])), ...fields } } as Change));

  const run = async (): Promise<void> => {
    setError(undefined);
    try {
      const tried = text === null ? filled() : parsed(text);
      setResult(await ask(api.POST('/console/api/syncs/dry-run', { body: { sync: sent(draft), change: tried } })));
    } catch (problem) {
      setResult(null);
      setError(problem instanceof ApiError ? problem : new ApiError(0, { code: 'unreadable', message: t('try.not_json'), remedy: t('try.not_json.remedy') }));
    }
  };
  useEffect(() => {
    if (isAsked) void run();
  }, [isAsked]);
  const pick = (key: string): void => {
    const found = recent.find((each) => each.key === key);
    setChosen(key);
    if (found) setChange(found.change);
  };
  const labels = new Map(productFields.map((field) => [field.name, field.label]));
  return (
    <div class="stack close">
      <p class="quiet small">{t('try.hint')}</p>
      {recent.length > 0 && text === null && (
        <Field label={t('try.recent')}>
          <Combobox label={t('try.recent')} value={chosen} placeholder={t('try.recent.search')} options={recent.map((each) => ({ value: each.key, label: each.name, detail: each.key, shown: each.name, words: each.words }))} change={pick} />
        </Field>
      )}
      {text === null ? (
        <div class="grid">
          {names.map((name) => (
            <Field key={name} label={labels.get(name) || name}>
              <input value={shown(fields[name])} placeholder={chosen ? '' : shown(EXAMPLES[name])} onInput={(event) => setChange({ ...change, fields: { ...fields, [name]: event.currentTarget.value } } as Change)} />
            </Field>
          ))}
        </div>
      ) : <textarea aria-label={t('try.json')} value={text} spellcheck={false} onInput={(event) => setText(event.currentTarget.value)} />}
      <div class="row">
        <Button kind="primary" press={run} keys="Control+Enter">{t('try.run')}</Button>
        <Button kind="plain" press={() => setText(text === null ? JSON.stringify(filled(), null, 2) : null)}>{text === null ? t('try.as_json') : t('try.as_fields')}</Button>
      </div>
      <div aria-live="polite">
        <ErrorNote error={error} />
        {result && <Result result={result} />}
      </div>
    </div>
  );
}

const shown = (value: unknown): string => (value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));
const parsed = (text: string): Change => JSON.parse(text) as Change;

interface Recent {
  key: string;
  name: string;
  words: string;
  change: Change;
}

/** The changes of this source that are at hand: those that were parked. */
function useRecent(source: string): Recent[] {
  const parked = useLoaded(source && `recent ${source}`, () => ask(api.GET('/console/api/parked', { params: { query: { source, limit: 50 } } })));
  return useMemo(() => (parked.data?.parked ?? []).filter((each) => each.change && each.key).map((each) => {
    const fields = (each.change?.fields ?? {}) as Record<string, unknown>;
    const name = [fields.first_name, fields.last_name, fields.email].filter(Boolean).join(' ');
    return { key: each.key!, name: name || each.key!, words: Object.values(fields).map(shown).join(' '), change: each.change as unknown as Change };
  }), [parked.data]);
}

function Result({ result }: { result: DryRun }): JSX.Element {
  const kind = RESULTS[result.result] ?? '';
  return (
    <div class="stack close">
      <p class="row"><Pill kind={kind}>{tCode('would', result.result)}</Pill>{result.salesforce_id && <SalesforceId id={result.salesforce_id} />}{result.code && <code class="quiet">{result.code}</code>}</p>
      {result.detail && <Note kind={kind}><p>{result.detail}</p>{result.remedy && <p>{result.remedy}</p>}</Note>}
      {result.candidates.length > 0 && <div><h2 class="sub">{t('try.candidates')}</h2><ul>{result.candidates.map((each) => <li key={each.id} class="row"><SalesforceId id={each.id} /> {t('try.matched_by', { how: tCode('matched', each.matched_by) })} {each.chosen && <Pill kind="good">{t('try.chosen')}</Pill>}</li>)}</ul></div>}
      {result.parents.map((parent) => <Note key={parent.field}>{t('try.parent', { sobject: parent.sobject, name: parent.name, field: parent.field })}</Note>)}
      {result.fields.length > 0 && (
        <Table name={t('try.fields')} heads={[t('row.org'), t('try.decision'), t('try.value')]}>
          {result.fields.map((each) => <tr key={each.field}><td>{each.field}</td><td><Pill kind={ACTIONS[each.action] ?? ''}>{tCode('action', each.action)}</Pill></td><td class="wrap">{each.action === 'write' && <>{shown(each.before) && <><del>{shown(each.before)}</del> → </>}<ins>{shown(each.value)}</ins></>} {each.is_default && <span class="quiet small">{t('try.default')}</span>}</td></tr>)}
        </Table>
      )}
      {result.warnings.map((each) => <Note key={each.field + each.code} kind="warn">{each.detail}</Note>)}
      <details><summary class="small quiet">{t('try.whole')}</summary><pre tabIndex={0}>{JSON.stringify(result, null, 2)}</pre></details>
    </div>
  );
}
