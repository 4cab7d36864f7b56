/** The syncs of a tenant, by source and in the order in which they take part. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, ask, type Schemas } from '../api/client.ts';
import { keptIds } from '../editor/kept.ts';
import { SyncPage } from '../editor/sync-page.tsx';
import { Empty, ErrorNote, Pill, Skeleton } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { Link } from '../parts/link.tsx';
import { useLoaded } from '../state/loaded.ts';
import { route } from '../state/route.ts';
import { may, session } from '../state/session.ts';
import { useStore } from '../state/store.ts';
import { t } from '../text/index.ts';
import { NewSync } from './new-sync.tsx';

type Sync = Schemas['Sync'];

export function SyncsPage(): JSX.Element {
  const { id, create } = useStore(route);
  if (id) return <SyncPage id={id} />;
  return <SyncList isCreating={create === '1'} />;
}

function SyncList({ isCreating }: { isCreating: boolean }): JSX.Element {
  const syncs = useLoaded('syncs', () => ask(api.GET('/console/api/syncs')));
  const [isNew, setNew] = useState(isCreating);
  const drafts = keptIds(session.get().own?.tenant ?? '');
  const sources = [...new Set((syncs.data?.syncs ?? []).map((sync) => sync.source))];
  const mayChange = may('integrator');
  const begin = mayChange ? <Button kind="primary" press={() => setNew(true)}>{t('sync.new')}</Button> : null;
  return (
    <div class="stack">
      <div class="row spread"><h1 tabIndex={-1}>{t('nav.syncs')}</h1>{sources.length > 0 && begin}</div>
      <ErrorNote error={syncs.error} again={() => void syncs.reload()} />
      {!syncs.data && !syncs.error && <Skeleton lines={4} height={48} />}
      {syncs.data && !sources.length && <Empty title={t('syncs.none')}><p>{mayChange ? t('syncs.none.text') : t('syncs.none.look')}</p>{begin}</Empty>}
      {sources.map((source) => (
        <section class="card" key={source} aria-label={source}>
          <h2>{source}</h2>
          <ul class="lines">{syncs.data!.syncs.filter((sync) => sync.source === source).map((sync) => <Line key={sync.id} sync={sync} isDraft={drafts.includes(sync.id)} />)}</ul>
        </section>
      ))}
      {isNew && <NewSync close={() => setNew(false)} />}
    </div>
  );
}

function Line({ sync, isDraft }: { sync: Sync; isDraft: boolean }): JSX.Element {
  const errors = (sync.problems ?? []).filter((each) => each.level === 'error').length;
  const warnings = (sync.problems ?? []).length - errors;
  return (
    <li>
      <div class="grow">
        <Link section="syncs" rest={{ id: sync.id }}>{t(`sync.title.${sync.direction ?? 'push'}`, { source: sync.source, sobject: sync.sobject })}</Link>
        <p class="quiet small">{sync.id} · {t('sync.rows', { n: sync.mappings?.length ?? 0 })} · {t('sync.position', { n: sync.position ?? 1 })}</p>
      </div>
      {isDraft && <Pill kind="warn">{t('draft.open')}</Pill>}
      {errors > 0 && <Pill kind="bad">{t('draft.errors', { n: errors })}</Pill>}
      {warnings > 0 && <Pill kind="warn">{t('sync.warnings', { n: warnings })}</Pill>}
      <Pill kind={sync.enabled ? 'good' : ''}>{sync.enabled ? t('sync.on') : t('sync.off')}</Pill>
    </li>
  );
}
