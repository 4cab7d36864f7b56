/** The way to the first live sync: connect, choose, test. */
import type { JSX } from 'preact';
import { api, ask, type Schemas } from '../api/client.ts';
import { ErrorNote, Note, Skeleton } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { Link } from '../parts/link.tsx';
import { tell } from '../parts/toasts.tsx';
import { useLoaded } from '../state/loaded.ts';
import { may } from '../state/session.ts';
import { t } from '../text/index.ts';
import { ConnectForm } from './connecting.tsx';
import type { Connection } from './connection.tsx';

type Sync = Schemas['Sync'];

export function Setup({ reload }: { reload: () => Promise<void> }): JSX.Element {
  const connection = useLoaded('connection', () => ask(api.GET('/console/api/connection')));
  const syncs = useLoaded('syncs', () => ask(api.GET('/console/api/syncs')));
  if (!connection.data || !syncs.data) return connection.error || syncs.error ? <ErrorNote error={connection.error ?? syncs.error} again={() => void reload()} /> : <Skeleton lines={3} height={96} />;
  const both = async (): Promise<void> => {
    await syncs.reload();
    await reload();
  };
  return <Steps connection={connection.data} syncs={syncs.data.syncs} reload={both} />;
}

function Steps({ connection, syncs, reload }: { connection: Connection; syncs: readonly Sync[]; reload: () => Promise<void> }): JSX.Element {
  const isConnected = connection.status === 'connected';
  const mayChange = may('integrator');
  const proposed = useLoaded(isConnected && mayChange ? 'proposed' : '', () => ask(api.GET('/console/api/syncs/proposed', { params: { query: {} } })));
  const state = (isDone: boolean, isNow: boolean): string => (isDone ? 'done' : isNow ? 'now' : '');
  return (
    <section class="card stack" aria-labelledby="setup">
      <h2 id="setup">{t('setup')}</h2>
      {!mayChange && <Note>{t('setup.look')}</Note>}
      <ol class="steps">
        <li class={state(isConnected, !isConnected)}>
          <div class="stack close">
            <h3>{t('setup.connect')}</h3>
            {isConnected ? <p class="quiet">{t('setup.connected', { name: connection.name || connection.username || '' })}</p> : mayChange && connection.status === 'disconnected' ? <ConnectForm address="" /> : (
              <>{connection.message && <Note kind="bad"><p>{connection.message}</p><p>{connection.remedy}</p></Note>}<div><Link section="connection" kind="button primary">{t('needs.connection')}</Link></div></>
            )}
          </div>
        </li>
        <li class={state(false, isConnected)}>
          <div class="stack close">
            <h3>{t('setup.choose')}</h3>
            <p class="quiet">{t('setup.choose.text')}</p>
            {isConnected && mayChange && (proposed.data ? <Proposed proposed={proposed.data.syncs} saved={syncs} reload={reload} /> : proposed.error ? <ErrorNote error={proposed.error} /> : <Skeleton lines={2} height={60} />)}
          </div>
        </li>
        <li>
          <div class="stack close"><h3>{t('setup.test')}</h3><p class="quiet">{t('setup.test.text')}</p></div>
        </li>
      </ol>
    </section>
  );
}

function Proposed({ proposed, saved, reload }: { proposed: readonly Sync[]; saved: readonly Sync[]; reload: () => Promise<void> }): JSX.Element {
  const enable = async (sync: Sync): Promise<void> => {
    const before = saved.find((each) => each.id === sync.id);
    const { revision: _revision, problems: _problems, ...rules } = sync;
    if (before) await ask(api.PUT('/console/api/syncs/{sync}', { params: { path: { sync: sync.id } }, body: { enabled: true, revision: before.revision } as never }));
    else await ask(api.POST('/console/api/syncs', { body: { ...rules, enabled: true } as never }));
    tell(t('saved.enabled', { name: sync.id }));
    await reload();
  };
  const others = saved.filter((each) => !proposed.some((one) => one.id === each.id));
  return (
    <div class="grid">
      {[...proposed, ...others].map((sync) => {
        const shown = saved.find((each) => each.id === sync.id) ?? sync;
        return (
          <article class="card stack close" key={sync.id} aria-label={sync.id}>
            <h3>{t(`sync.title.${sync.direction ?? 'push'}`, { source: sync.source, sobject: sync.sobject })}</h3>
            <p class="small quiet">{t(shown.push?.create_when_missing ? 'setup.creates' : 'setup.updates')}</p>
            <ul class="small">{(shown.mappings ?? []).slice(0, 6).map((row) => <li key={row.salesforce}>{row.product} → {row.salesforce}</li>)}</ul>
            <div class="row"><Button kind="primary" press={() => enable(sync)}>{t('sync.enable')}</Button>{saved.some((each) => each.id === sync.id) && <Link section="syncs" rest={{ id: sync.id }}>{t('setup.open')}</Link>}</div>
          </article>
        );
      })}
      <p><Link section="syncs" rest={{ create: '1' }}>{t('setup.other')}</Link></p>
    </div>
  );
}
