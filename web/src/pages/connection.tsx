/** The connection: its status and cause, connecting, testing, and ending it. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, ask, type Schemas } from '../api/client.ts';
import { isEmbedded } from '../app/embedding.ts';
import { ErrorNote, Facts, Note, Pill, Skeleton, Table, When, type Kind } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { Confirm, type Question } from '../parts/dialog.tsx';
import { SalesforceId } from '../parts/salesforce-id.tsx';
import { tell } from '../parts/toasts.tsx';
import { useLoaded } from '../state/loaded.ts';
import { may } from '../state/session.ts';
import { number, t, tCode } from '../text/index.ts';
import { ConnectForm, Invite, openPage } from './connecting.tsx';
import { OtherWays } from './other-ways.tsx';
import { TestResult } from './test-result.tsx';

export type Connection = Schemas['WatchedConnection'];
export const STATUS: Record<string, Kind> = { connected: 'good', pending: 'warn', reconnection_required: 'bad', disconnected: '' };

export function ConnectionPage(): JSX.Element {
  const loaded = useLoaded('connection', () => ask(api.GET('/console/api/connection')));
  const connection = loaded.data;
  return (
    <div class="stack">
      <h1 tabIndex={-1}>{t('nav.connection')}</h1>
      <ErrorNote error={loaded.error} again={() => void loaded.reload()} />
      {connection ? <Shown connection={connection} reload={loaded.reload} /> : !loaded.error && <Skeleton lines={6} height={32} />}
    </div>
  );
}

function Shown({ connection, reload }: { connection: Connection; reload: () => Promise<void> }): JSX.Element {
  const kind = STATUS[connection.status] ?? '';
  const mayChange = may('integrator');
  const [report, setReport] = useState<Schemas['TestReport'] | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const [isInviting, setInviting] = useState(false);
  const isThere = connection.status !== 'disconnected';
  const test = async (): Promise<void> => setReport(await ask(api.POST('/console/api/connection/test')));
  const disconnect = (): void => setQuestion({
    title: t('disconnect.title'), text: <><p>{t('disconnect.text')}</p><p>{t('disconnect.keeps')}</p></>, action: t('disconnect'), isDangerous: true,
    yes: async () => {
      await ask(api.DELETE('/console/api/connection'));
      tell(t('disconnect.done'));
      await reload();
    },
  });
  return (
    <>
      <section class="card stack" aria-label="Salesforce">
        <div class="row spread"><h2>{connection.name || 'Salesforce'}</h2><Pill kind={kind}>{tCode('status', connection.status)}</Pill></div>
        {connection.message && <Note kind={kind}><p>{connection.message}</p>{connection.remedy && <p>{connection.remedy}</p>}</Note>}
        {isThere && <Facts pairs={[
          [t('connection.org'), connection.org_id && <SalesforceId id={connection.org_id} />],
          [t('connection.user'), connection.username],
          [t('connection.address'), connection.instance_url && <a href={connection.instance_url} target="_blank" rel="noreferrer noopener">{connection.instance_url}</a>],
          [t('connection.environment'), tCode('environment', connection.environment)],
          [t('connection.since'), <When at={connection.since} />],
          [t('connection.waiting'), connection.waiting ? number(connection.waiting) : ''],
        ]} />}
        {mayChange && !isThere && <ConnectForm address={connection.instance_url ?? ''} />}
        {mayChange ? (
          <div class="row">
            {connection.status === 'connected' && <Button kind="primary" press={test}>{t('connection.test')}</Button>}
            {isThere && <Reconnect connection={connection} />}
            {!isEmbedded && <Button press={() => setInviting(true)}>{t('invite')}</Button>}
            {isThere && <Button kind="danger" press={disconnect}>{t('disconnect')}</Button>}
          </div>
        ) : <p class="quiet">{t('connection.look')}</p>}
        <div aria-live="polite">{report && <TestResult report={report} />}</div>
      </section>
      <History entries={connection.history} />
      {mayChange && <OtherWays connection={connection} reload={reload} />}
      {question && <Confirm question={question} close={() => setQuestion(null)} />}
      {isInviting && <Invite close={() => setInviting(false)} />}
    </>
  );
}

function Reconnect({ connection }: { connection: Connection }): JSX.Element {
  const connect = async (): Promise<void> => {
    const link = await ask(api.POST('/console/api/connection/connect-link', { body: { salesforce_url: connection.instance_url } as never }));
    openPage(link.url);
  };
  return <Button kind={connection.status === 'connected' ? '' : 'primary'} press={connect}>{t('reconnect')}</Button>;
}

function History({ entries }: { entries: Connection['history'] }): JSX.Element | null {
  if (!entries.length) return null;
  return (
    <section class="card" aria-label={t('connection.history')}>
      <details>
        <summary>{t('connection.history')}</summary>
        <Table name={t('connection.history')} heads={[t('connection.since'), t('status'), t('cause'), t('connection.org')]}>
          {entries.map((entry) => <tr key={entry.since}><td class="tight"><When at={entry.since} /></td><td><Pill kind={STATUS[entry.status] ?? ''}>{tCode('status', entry.status)}</Pill></td><td>{tCode('cause', entry.cause)}</td><td class="mono">{entry.org_id ?? ''}</td></tr>)}
        </Table>
      </details>
    </section>
  );
}

