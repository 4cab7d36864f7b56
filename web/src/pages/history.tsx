/** Runs: what happened when, how much of what, at what cost, and each record that failed. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api, ask, type Schemas } from '../api/client.ts';
import { Empty, ErrorNote, Facts, Field, Pill, Select, Skeleton, Table, When } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { useListed } from '../parts/pages.tsx';
import { useLoaded } from '../state/loaded.ts';
import { number, t, tCode } from '../text/index.ts';
import { COUNTS, counted, GOES_ON, RUN_KINDS } from './runs.ts';

type Run = Schemas['Run'];
const WATCH_MS = 4000;

export function HistoryPage(): JSX.Element {
  const list = useListed<Run>('runs', async (next) => {
    const page = await ask(api.GET('/console/api/runs', { params: { query: next ? { next } : {} } }));
    return { items: page.runs, next: page.next };
  });
  const [kind, setKind] = useState('');
  const [status, setStatus] = useState('');
  const [shown, setShown] = useState<string | null>(null);
  const isLive = list.items?.some((run) => GOES_ON.includes(run.status)) ?? false;
  useEffect(() => {
    if (!isLive) return undefined;
    const timer = setInterval(() => void list.loaded.reload(), WATCH_MS);
    return () => clearInterval(timer);
  }, [isLive]);
  const runs = (list.items ?? []).filter((run) => (!kind || run.kind === kind) && (!status || run.status === status));
  const kinds = [...new Set((list.items ?? []).map((run) => run.kind))];
  const statuses = [...new Set((list.items ?? []).map((run) => run.status))];
  return (
    <div class="stack">
      <h1 tabIndex={-1}>{t('nav.history')}</h1>
      <ErrorNote error={list.loaded.error} again={() => void list.loaded.reload()} />
      {!list.items && !list.loaded.error && <Skeleton lines={5} height={40} />}
      {list.items && !list.items.length && <Empty title={t('history.none')}><p>{t('history.none.text')}</p></Empty>}
      {list.items && list.items.length > 0 && (
        <section class="card stack">
          <div class="filters">
            <Field label={t('history.kind')}><Select value={kind} options={[['', t('all')], ...kinds.map((each) => [each, tCode('run_kind', each)] as const)]} change={setKind} /></Field>
            <Field label={t('status')}><Select value={status} options={[['', t('all')], ...statuses.map((each) => [each, tCode('run', each)] as const)]} change={setStatus} /></Field>
          </div>
          <Table name={t('nav.history')} heads={[t('history.run'), t('history.started'), t('status'), t('history.records'), `#${t('test.calls')}`, '']}>
            {runs.map((run) => (
              <tr key={run.id}>
                <td><span class="strong">{tCode('run_kind', run.kind)}</span><div class="quiet small">{[run.sync, run.source, tCode('trigger', run.trigger)].filter(Boolean).join(' · ')}</div></td>
                <td class="tight"><When at={run.started_at} /></td>
                <td><Pill kind={RUN_KINDS[run.status] ?? ''}>{tCode('run', run.status)}</Pill></td>
                <td>{counted(run)}</td>
                <td class="number">{number(run.api_calls)}</td>
                <td class="tight"><Button press={() => setShown(run.id)}>{t('details')}</Button></td>
              </tr>
            ))}
          </Table>
          {list.more}
        </section>
      )}
      {shown && <RunDialog id={shown} close={() => setShown(null)} />}
    </div>
  );
}

function RunDialog({ id, close }: { id: string; close: () => void }): JSX.Element {
  const loaded = useLoaded(`run ${id}`, () => ask(api.GET('/console/api/runs/{run}', { params: { path: { run: id } } })));
  const run = loaded.data;
  const failures = run?.failures ?? [];
  return (
    <Dialog title={run ? `${tCode('run_kind', run.kind)} · ${tCode('run', run.status)}` : t('loading')} close={close} isWide>
      <ErrorNote error={loaded.error} />
      {run && (
        <>
          <Facts pairs={[[t('history.started'), <When at={run.started_at} />], [t('history.ended'), <When at={run.ended_at} />], [t('test.calls'), number(run.api_calls)], ...COUNTS.map((name): [string, string] => [tCode('count', name), run.counts?.[name] ? number(run.counts[name]!) : ''])]} />
          {run.detail && <p>{run.detail}</p>}
          {failures.length ? (
            <Table name={t('history.failed')} heads={[t('record'), t('parked.why')]}>
              {failures.map((each) => <tr key={each.key + each.code}><td class="wrap">{each.key}</td><td><p>{each.reason}</p>{each.remedy && <p class="quiet small">{each.remedy}</p>}<code class="quiet">{each.code}</code></td></tr>)}
            </Table>
          ) : <p class="quiet">{t('history.no_failures')}</p>}
        </>
      )}
      <div class="row end"><Button press={close}>{t('close')}</Button></div>
    </Dialog>
  );
}
