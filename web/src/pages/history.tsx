/** Runs: what happened when, how much of what, at what cost, and each record that failed. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api, ask, saveFile, type Schemas } from '../api/client.ts';
import { Empty, ErrorNote, Facts, Field, Pill, Select, Skeleton, Table, When } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Link } from '../parts/link.tsx';
import { useListed } from '../parts/pages.tsx';
import { useLoaded } from '../state/loaded.ts';
import { note, route } from '../state/route.ts';
import { useStore } from '../state/store.ts';
import { number, percent, t, tCode } from '../text/index.ts';
import { csv, type Cell } from './csv.ts';
import { COUNTS, counted, GOES_ON, RUN_KINDS } from './runs.ts';

type Run = Schemas['Run'];
const WATCH_MS = 4000;

export function HistoryPage(): JSX.Element {
  const here = useStore(route);
  const wanted: Wanted = Object.fromEntries(NAMES.flatMap((name) => (here[name] ? [[name, here[name]]] : [])));
  const asked = JSON.stringify(wanted);
  const list = useListed<Run>(`runs ${asked}`, (next) => runs(wanted, next));
  const syncs = useLoaded('syncs', () => ask(api.GET('/console/api/syncs')));
  const [shown, setShown] = useState<Run | null>(null);
  const isLive = list.items?.some((run) => GOES_ON.includes(run.status)) ?? false;
  useEffect(() => {
    if (!isLive) return undefined;
    const timer = setInterval(() => void list.loaded.reload(), WATCH_MS);
    return () => clearInterval(timer);
  }, [isLive]);
  const isFiltered = asked !== '{}';
  const found = list.items ?? [];
  return (
    <div class="stack">
      <div class="row spread"><h1 tabIndex={-1}>{t('nav.history')}</h1>{found.length > 0 && <Button press={() => exported(wanted)}>{t('parked.export')}</Button>}</div>
      {list.items && !found.length && !isFiltered ? <Empty title={t('history.none')}><p>{t('history.none.text')}</p></Empty> : (
        <section class="card stack">
          <Filters wanted={wanted} syncs={(syncs.data?.syncs ?? []).map((sync) => sync.id)} />
          <ErrorNote error={list.loaded.error} again={() => void list.loaded.reload()} />
          {!list.items && !list.loaded.error && <Skeleton lines={5} height={40} />}
          {found.length > 0 && (
            <Table name={t('nav.history')} heads={[t('history.run'), t('history.started'), t('status'), t('history.records'), `#${t('test.calls')}`, '']}>
              {found.map((run) => (
                <tr key={run.id}>
                  <td><span class="strong">{tCode('run_kind', run.kind)}</span><div class="quiet small">{[run.sync, run.source, tCode('trigger', run.trigger)].filter(Boolean).join(' · ')}</div></td>
                  <td class="tight"><When at={run.started_at} /></td>
                  <td><Pill kind={RUN_KINDS[run.status] ?? ''}>{tCode('run', run.status)}</Pill><Progress run={run} /></td>
                  <td>{counted(run)}</td>
                  <td class="number">{number(run.api_calls)}</td>
                  <td class="tight"><Button press={() => setShown(run)}>{t('details')}</Button></td>
                </tr>
              ))}
            </Table>
          )}
          <p class="quiet" role="status">{list.items && !found.length && t('history.none.filtered')}</p>
          {list.more}
        </section>
      )}
      {shown && <RunDialog first={shown} close={() => setShown(null)} />}
    </div>
  );
}

const NAMES = ['kind', 'status', 'outcome', 'sync', 'days', 'record'] as const;
type Wanted = Partial<Record<(typeof NAMES)[number], string>>;

/** The filters, in the address: they stay over a reload, and other pages lead to them. */
function Filters({ wanted, syncs }: { wanted: Wanted; syncs: readonly string[] }): JSX.Element {
  const [text, setText] = useState(wanted.record ?? '');
  const choice = (name: (typeof NAMES)[number], label: string, options: readonly (readonly [string, string])[]): JSX.Element => (
    <Field label={label}><Select value={wanted[name] ?? ''} options={[['', t('all')], ...options]} change={(value) => note({ [name]: value })} /></Field>
  );
  const coded = (group: string, codes: readonly string[]): [string, string][] => codes.map((each) => [each, tCode(group, each)]);
  return (
    <form class="filters" aria-label={t('filters')} onSubmit={(event) => { event.preventDefault(); note({ record: text.trim() }); }}>
      <Field label={t('records.search')}><input type="search" value={text} spellcheck={false} onInput={(event) => { setText(event.currentTarget.value); if (!event.currentTarget.value) note({ record: '' }); }} /></Field>
      {choice('kind', t('history.kind'), coded('run_kind', ['push', 'pull', 'bidirectional']))}
      {choice('status', t('status'), coded('run', Object.keys(RUN_KINDS)))}
      {choice('outcome', t('history.outcome'), coded('count', COUNTS.slice(1)))}
      {choice('sync', t('history.sync'), syncs.map((id) => [id, id] as const))}
      {choice('days', t('history.started'), ['1', '7', '14', '30'].map((each) => [each, t('history.days', { n: Number(each) })] as const))}
      <button type="submit">{t('filters.find')}</button>
    </form>
  );
}

const DAY_MS = 86_400_000;
const MOST_PAGES = 100;

/** One page of the runs that are looked for. */
async function runs({ days, ...wanted }: Wanted, next: string | undefined, limit = 50): Promise<{ items: Run[]; next: string | null | undefined }> {
  const since = days ? { since: new Date(Date.now() - Number(days) * DAY_MS).toISOString().slice(0, 16) + 'Z' } : {};
  const page = await ask(api.GET('/console/api/runs', { params: { query: { ...(wanted as object), ...since, limit, ...(next ? { next } : {}) } } }));
  return { items: page.runs, next: page.next };
}

/** Write all runs that fit into a file, not those alone that are shown. */
async function exported(wanted: Wanted): Promise<void> {
  const rows: Cell[][] = [CSV_HEAD];
  let next: string | null | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const found = await runs(wanted, next ?? undefined, 200);
    rows.push(...found.items.map(csvRow));
    next = found.next;
    if (!next) break;
  }
  saveFile([csv(rows)], 'history.csv');
}

/** How far a run is that goes on, where its whole is known. */
function Progress({ run }: { run: Run }): JSX.Element | null {
  if (!GOES_ON.includes(run.status) || typeof run.percent !== 'number') return null;
  return <><progress max={100} value={run.percent} aria-label={t('history.progress')} /><span class="quiet small">{t('history.of', { percent: percent(run.percent / 100), n: run.total ?? 0 })}</span></>;
}

const CSV_HEAD = ['id', 'kind', 'trigger', 'source', 'sync', 'started_at', 'ended_at', 'status', 'detail', 'api_calls', ...COUNTS];
const csvRow = (run: Run): Cell[] => [run.id, run.kind, run.trigger, run.source, run.sync, run.started_at, run.ended_at, run.status, run.detail, run.api_calls, ...COUNTS.map((name) => run.counts?.[name] ?? 0)];

function RunDialog({ first, close }: { first: Run; close: () => void }): JSX.Element {
  const { id } = first;
  const loaded = useLoaded(`run ${id}`, () => ask(api.GET('/console/api/runs/{run}', { params: { path: { run: id } } })));
  const run: Run = loaded.data ?? first;
  const failures = loaded.data?.failures;
  const isLive = GOES_ON.includes(run.status);
  useEffect(() => {
    if (!isLive) return undefined;
    const timer = setInterval(() => void loaded.reload(), WATCH_MS);
    return () => clearInterval(timer);
  }, [isLive]);
  const goOn = async (): Promise<void> => {
    const before = loaded.data!;
    const page = await ask(api.GET('/console/api/runs/{run}', { params: { path: { run: id }, query: { next: before.next ?? undefined } } }));
    loaded.replace({ ...page, failures: [...before.failures, ...page.failures] });
  };
  return (
    <Dialog title={`${tCode('run_kind', run.kind)} · ${tCode('run', run.status)}`} close={close} isWide>
      <ErrorNote error={loaded.error} again={() => void loaded.reload()} />
      <Facts pairs={[[t('history.started'), <When at={run.started_at} />], [t('history.ended'), <When at={run.ended_at} />], [t('test.calls'), number(run.api_calls)], ...COUNTS.map((name): [string, string] => [tCode('count', name), run.counts?.[name] ? number(run.counts[name]!) : ''])]} />
      <div aria-live="polite"><Progress run={run} /></div>
      {run.detail && <p>{run.detail}</p>}
      {!failures && !loaded.error && <Skeleton />}
      {failures && failures.length > 0 && (
        <Table name={t('history.failed')} heads={[t('record'), t('parked.why')]}>
          {failures.map((each) => <tr key={each.key + each.code}><td class="wrap">{run.source ? <Link section="records" rest={{ source: run.source, key: each.key }}>{each.key}</Link> : each.key}</td><td><p>{each.reason}</p>{each.remedy && <p class="quiet small">{each.remedy}</p>}<code class="quiet">{each.code}</code></td></tr>)}
        </Table>
      )}
      {failures && !failures.length && <p class="quiet">{t('history.no_failures')}</p>}
      <div class="row end">{loaded.data?.next && <Button press={goOn}>{t('more')}</Button>}<Button press={close}>{t('close')}</Button></div>
    </Dialog>
  );
}
