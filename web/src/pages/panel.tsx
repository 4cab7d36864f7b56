/** One source's panel, for a product's own page: connected or not, which object, switched on or off, and its fields. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, ask, type Schemas } from '../api/client.ts';
import { announce } from '../app/embedding.ts';
import { SyncPage } from '../editor/sync-page.tsx';
import { Empty, ErrorNote, Note, Skeleton } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { Combobox } from '../parts/combobox.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { forget, useLoaded } from '../state/loaded.ts';
import { route } from '../state/route.ts';
import { may } from '../state/session.ts';
import { useStore } from '../state/store.ts';
import { t } from '../text/index.ts';
import { ConnectForm } from './connecting.tsx';

type Sync = Schemas['Sync'];

export function PanelPage(): JSX.Element {
  const { source = '' } = useStore(route);
  const connection = useLoaded('connection', () => ask(api.GET('/console/api/connection')));
  const syncs = useLoaded('syncs', () => ask(api.GET('/console/api/syncs')));
  const [chosen, setChosen] = useState('');
  const isConnected = connection.data?.status === 'connected';
  const was = useRef(isConnected);
  useEffect(() => {
    if (isConnected && connection.data && !was.current) announce('connected', { org: connection.data.org_id ?? '' });
    was.current = isConnected || !connection.data;
  }, [isConnected]);
  const error = connection.error ?? syncs.error;
  if (error) return <ErrorNote error={error} again={() => { void connection.reload(); void syncs.reload(); }} />;
  if (!connection.data || !syncs.data) return <Skeleton lines={5} height={40} />;
  if (connection.data.status !== 'connected') {
    return (
      <section class="card stack" aria-labelledby="panel">
        <h1 id="panel">{t('connect')}</h1>
        {connection.data.message && <Note kind="warn"><p>{connection.data.message}</p><p>{connection.data.remedy}</p></Note>}
        {may('integrator') ? <ConnectForm address={connection.data.instance_url ?? ''} onConnected={connection.reload} /> : <p class="quiet">{t('connection.look')}</p>}
      </section>
    );
  }
  const own = syncs.data.syncs.filter((sync) => sync.source === source);
  const shown = own.find((sync) => sync.id === chosen) ?? own[0];
  if (!shown) return <Begin source={source} reload={syncs.reload} />;
  return (
    <div class="stack">
      {own.length > 1 && <Tabs name={t('object')} chosen={shown.id} choose={setChosen} tabs={own.map((sync) => [sync.id, sync.sobject] as const)} />}
      <SyncPage id={shown.id} isPanel />
    </div>
  );
}

function Begin({ source, reload }: { source: string; reload: () => Promise<void> }): JSX.Element {
  const sobjects = useLoaded('sobjects', () => ask(api.GET('/console/api/sobjects')));
  const [sobject, setSObject] = useState('Contact');
  const options = (sobjects.data?.sobjects ?? []).filter((each) => each.createable || each.updateable).map((each) => ({ value: each.name, label: each.label, shown: each.label, detail: each.name }));
  const create = async (): Promise<void> => {
    const { syncs } = await ask(api.GET('/console/api/syncs/proposed', { params: { query: { source, sobject } } }));
    const { id: _id, revision: _revision, problems: _problems, position: _position, ...rules } = syncs[0] as Sync;
    await ask(api.POST('/console/api/syncs', { body: rules as never }));
    forget('sync');
    await reload();
  };
  if (!may('integrator')) return <Empty title={t('syncs.none')} isPage><p>{t('syncs.none.look')}</p></Empty>;
  return (
    <section class="card stack" aria-labelledby="panel">
      <h1 id="panel">{t('panel.begin')}</h1>
      <p class="quiet">{t('panel.begin.text')}</p>
      <ErrorNote error={sobjects.error} again={() => void sobjects.reload()} />
      <label class="field form"><span>{t('new.sobject')}</span><Combobox label={t('new.sobject')} value={sobject} options={options} change={setSObject} /></label>
      <div><Button kind="primary" press={create}>{t('new.create')}</Button></div>
    </section>
  );
}
