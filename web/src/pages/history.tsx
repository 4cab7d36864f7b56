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
import { number, percent, t, tCode } from '../text/index.ts';
import { csv, type Cell } from './csv.ts';
import { COUNTS, counted, GOES_ON, RUN_KINDS } from './runs.ts';

type Run = Schemas['Run'];
const WATCH_MS = 4000;

export function HistoryPage(): JSX.Element {
  const list = useListed<Run>('runs', async (next) => {
    const page = await ask(api.GET('/console/api/runs', { params: { query: next ? { next } : {} } }));
    return { items: page.runs, next: page.next };
  });
  const [wanted, setWanted] = useState<Wanted>({ kind: '', status: '', text: '', days: '' });
  const [shown, setShown] = useState<Run | null>(null);
  const isLive = list.items?.some((run) => GOES_ON.includes(run.status)) ?? false;
  useEffect(() => {
    if (!isLive) return undefined;
    const timer = setInterval(() => void list.loaded.reload(), WATCH_MS);
    return () => clearInterval(timer);
  }, [isLive]);
  const runs = (list.items ?? []).filter((run) => fits(run, wanted));
  const kinds = [...new Set((list.items ?? []).map((run) => run.kind))];
  const statuses = [...new Set((list.items ?? []).map((run) => run.status))];
  const set = (patch: Partial<Wanted>): void => setWanted({ ...wanted, ...patch });
  return (
    <div class="stack">
      <div class="row spread"><h1 tabIndex={-1}>{t('nav.history')}</h1>{runs.length > 0 && <Button press={() => saveFile([csv([CSV_HEAD, ...runs.map(csvRow)])], 'history.csv')}>{t('parked.export')}</Button>}</div>
      <ErrorNote error={list.loaded.error} again={() => void list.loaded.reload()} />
      {!list.items && !list.loaded.error && <Skeleton lines={5} height={40} />}
      {list.items && !list.items.length && <Empty title={t('history.none')}><p>{t('history.none.text')}</p></Empty>}
      {list.items && list.items.length > 0 && (
        <section class="card stack">
          <div class="filters">
            <Field label={t('history.find')}><input type="search" value={wanted.text} spellcheck={false} onInput={(event) => set({ text: event.currentTarget.value })} /></Field>
            <Field label={t('history.kind')}><Select value={wanted.kind} options={[['', t('all')], ...kinds.map((each) => [each, tCode('run_kind', each)] as const)]} change={(kind) => set({ kind })} /></Field>
            <Field label={t('status')}><Select value={wanted.status} options={[['', t('all')], ...statuses.map((each) => [each, tCode('run', each)] as const)]} change={(status) => set({ status })} /></Field>
            <Field label={t('history.started')}><Select value={wanted.days} options={[['', t('all')], ...SPANS.map((each) => [each, t('history.days', { n: Number(each) })] as const)]} change={(days) => set({ days })} /></Field>
          </div>
          <Table name={t('nav.history')} heads={[t('history.run'), t('history.started'), t('status'), t('history.records'), `#${t('test.calls')}`, '']}>
            {runs.map((run) => (
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
          {!runs.length && <p class="quiet">{t('history.none.filtered')}</p>}
          {list.more}
        </section>
      )}
      {shown && <RunDialog first={shown} close={() => setShown(null)} />}
    </div>
  );
}

/** How far a run is that goes on, where its whole is known. */
function Progress({ run }: { run: Run }): JSX.Element | null {
  if (!GOES_ON.includes(run.status) || typeof run.percent !== 'number') return null;
  return <><progress max={100} value={run.percent} aria-label={t('history.progress')} /><span class="quiet small">{t('history.of', { percent: percent(run.percent / 100), n: run.total ?? 0 })}</span></>;
}

interface Wanted {
  kind: string;
  status: string;
  text: string;
  days: string;
}

const SPANS = ['1', '7', '14', '30'] as const;
const DAY_MS = 86_400_000;

function fits(run: Run, wanted: Wanted): boolean {
  const isRecent = !wanted.days || Date.parse(run.started_at ?? '') > Date.now() - Number(wanted.days) * DAY_MS;
  const text = `${run.id} ${run.sync ?? ''} ${run.source ?? ''} ${run.detail ?? ''}`.toLowerCase();
  return isRecent && (!wanted.kind || run.kind === wanted.kind) && (!wanted.status || run.status === wanted.status) && text.includes(wanted.text.trim().toLowerCase());
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
