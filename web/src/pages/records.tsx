/** What happened to a record: found by key, address or Salesforce Id, with every change, what was decided, and sending one again. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, ask, type Schemas } from '../api/client.ts';
import { Empty, ErrorNote, Facts, Field, Note, Pill, Skeleton, When, type Kind } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { Link } from '../parts/link.tsx';
import { SalesforceId } from '../parts/salesforce-id.tsx';
import { tell } from '../parts/toasts.tsx';
import { useLoaded } from '../state/loaded.ts';
import { go, route } from '../state/route.ts';
import { may } from '../state/session.ts';
import { useStore } from '../state/store.ts';
import { t, tCode } from '../text/index.ts';
import { itemOf, WhoIsThis } from './who.tsx';

type Event = Schemas['TimelineEvent'];
type Decision = Schemas['EventDecision'];
const RESULTS: Record<string, Kind> = { created: 'good', updated: 'good', unchanged: '', skipped: 'warn', rejected: 'bad', waiting: 'warn' };

export function RecordsPage(): JSX.Element {
  const { source = '', key = '', q = '' } = useStore(route);
  return (
    <div class="stack">
      {key && source ? <p class="small"><Link section="records" rest={q ? { q } : {}}>← {t('nav.records')}</Link></p> : null}
      <h1 tabIndex={-1} class="wrap">{key && source ? key : t('nav.records')}</h1>
      {key && source ? <Shown key={`${source} ${key}`} source={source} name={key} /> : <Search key={q} asked={q || key} />}
    </div>
  );
}

function Search({ asked }: { asked: string }): JSX.Element {
  const [typed, setTyped] = useState(asked);
  const found = useLoaded(asked ? `records ${asked}` : '', () => ask(api.GET('/console/api/records', { params: { query: { q: asked } } })));
  return (
    <>
      <form class="card filters" role="search" aria-label={t('records.search')} onSubmit={(event) => { event.preventDefault(); if (typed.trim()) go('records', { q: typed.trim() }); }}>
        <Field label={t('records.search')}><input type="search" value={typed} spellcheck={false} placeholder="ada@example.com" onInput={(event) => setTyped(event.currentTarget.value)} /></Field>
        <button type="submit" class="primary">{t('filters.find')}</button>
      </form>
      {!asked && <Empty title={t('records.begin')}><p>{t('records.begin.text')}</p></Empty>}
      <ErrorNote error={found.error} again={() => void found.reload()} />
      {asked && !found.data && !found.error && <Skeleton />}
      {found.data && !found.data.records.length && <Empty title={t('records.none')}><p>{t('records.none.text', { text: asked })}</p></Empty>}
      {asked && found.data && <WhoIsThis items={found.data.records.length ? found.data.records.map(({ source, key }) => ({ source, key })) : [itemOf(asked)]} />}
      {found.data && found.data.records.length > 0 && (
        <section class="card" aria-label={t('records.found')}>
          <ul class="lines">
            {found.data.records.map((each) => (
              <li key={`${each.source} ${each.key}`}>
                <div class="grow"><Link section="records" rest={{ source: each.source, key: each.key, q: asked }}>{each.key}</Link><p class="quiet small">{each.source} · {t('try.matched_by', { how: tCode('found_by', each.found_by) })}</p></div>
                <Links links={each.links} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Links({ links }: { links: Record<string, string> }): JSX.Element {
  return <div class="row">{Object.entries(links).map(([sobject, id]) => <span class="row" key={sobject}><span class="quiet small">{sobject}</span><SalesforceId id={id} /></span>)}</div>;
}

function Shown({ source, name }: { source: string; name: string }): JSX.Element {
  const loaded = useLoaded(`record ${source} ${name}`, () => ask(api.GET('/console/api/records/{source}/{key}', { params: { path: { source, key: name } } })));
  const record = loaded.data;
  if (!record) return loaded.error ? <ErrorNote error={loaded.error} again={() => void loaded.reload()} /> : <Skeleton lines={6} />;
  const goOn = async (): Promise<void> => {
    const page = await ask(api.GET('/console/api/timeline/{source}/{key}', { params: { path: { source, key: name }, query: { next: record.next ?? undefined } } }));
    loaded.replace({ ...record, events: [...record.events, ...page.events], next: page.next });
  };
  const again = async (event: Event): Promise<void> => {
    await ask(api.POST('/console/api/records/send-again', { body: { source, key: name, settlement: event.settlement } }));
    tell(t('records.sent'));
  };
  return (
    <>
      <section class="card stack" aria-label={t('records.known')}>
        <Facts pairs={[[t('source'), source], ...Object.entries(record.links).map(([sobject, id]): [string, JSX.Element] => [sobject, <SalesforceId id={id} />]), ...Object.entries(record.data).map(([field, value]): [string, string] => [field, String(value ?? '')])]} />
        {record.parked.map((each) => <Note key={each.parked_id} kind="warn"><p class="strong">{each.reason}</p><p>{each.remedy}</p><p><Link section="parked" rest={{ source, key: name }}>{t('needs.parked.see')}</Link></p></Note>)}
      </section>
      <WhoIsThis items={[{ source, key: name }]} />
      <section class="card stack" aria-labelledby="timeline">
        <h2 id="timeline">{t('records.timeline')}</h2>
        {record.events.length === 0 && <p class="quiet">{t('records.no_outcomes')}</p>}
        <ol class="timeline">{record.events.map((event) => <EventLine key={event.settlement} event={event} again={again} />)}</ol>
        {record.next && <div><Button press={goOn}>{t('more')}</Button></div>}
      </section>
    </>
  );
}

function EventLine({ event, again }: { event: Event; again: (event: Event) => Promise<void> }): JSX.Element {
  const worst = event.decisions.find((each) => each.result === 'rejected') ?? event.decisions[0];
  return (
    <li class={RESULTS[worst?.result ?? ''] ?? ''}>
      <div class="stack close">
        <div class="row spread"><span class="strong"><When at={event.at} /></span>{may('integrator') && <Button kind="plain" press={() => again(event)}>{t('parked.again')}</Button>}</div>
        {event.decisions.map((each) => <DecisionLine key={each.sync} decision={each} />)}
        <details><summary class="small quiet">{t('parked.what')}</summary><pre tabIndex={0}>{JSON.stringify(event.change, null, 2)}</pre>{!event.is_whole && <p class="quiet small">{t('records.cut')}</p>}</details>
      </div>
    </li>
  );
}

function DecisionLine({ decision }: { decision: Decision }): JSX.Element {
  const written = decision.fields_written;
  return (
    <div class="stack close">
      <p class="row"><Pill kind={RESULTS[decision.result] ?? ''}>{tCode('result', decision.result)}</Pill><Link section="syncs" rest={{ id: decision.sync }}>{decision.sync}</Link>{decision.salesforce_id && <SalesforceId id={decision.salesforce_id} />}</p>
      {written.length > 0 && <p class="small wrap">{t('records.written', { n: written.length, names: written.join(', ') })}</p>}
      {decision.detail && <p class="small">{decision.detail} {decision.remedy}</p>}
      {decision.warnings.map((each, index) => <p key={index} class="small quiet">⚠ {String(each.detail ?? each.code ?? '')}</p>)}
    </div>
  );
}
