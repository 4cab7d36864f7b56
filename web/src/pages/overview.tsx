/** The first page: what needs a person, then how it goes; until a sync is live, the way there. */
import type { JSX } from 'preact';
import { api, ask, type Schemas } from '../api/client.ts';
import { ErrorNote, Pill, Skeleton, When } from '../parts/basic.tsx';
import { Link } from '../parts/link.tsx';
import { useLoaded } from '../state/loaded.ts';
import { may } from '../state/session.ts';
import { number, percent, t } from '../text/index.ts';
import { Days } from './days.tsx';
import { needsOf } from './needs.ts';
import { PolicyButton } from './policy.tsx';
import { Setup } from './setup.tsx';

type Overview = Schemas['Overview'];

export function OverviewPage(): JSX.Element {
  const overview = useLoaded('overview', () => ask(api.GET('/console/api/overview')));
  const found = overview.data;
  const isLive = found && found.connection.status !== 'disconnected' && found.syncs.some((sync) => sync.enabled);
  return (
    <div class="stack">
      <div class="row spread"><h1 tabIndex={-1}>{t('nav.overview')}</h1>{may('operator') && <PolicyButton changed={() => void overview.reload()} />}</div>
      <ErrorNote error={overview.error} again={() => void overview.reload()} />
      {!found && !overview.error && <Skeleton lines={4} height={96} />}
      {found && (isLive ? <Live overview={found} /> : <Setup reload={overview.reload} />)}
    </div>
  );
}

function Live({ overview }: { overview: Overview }): JSX.Element {
  const needs = needsOf(overview);
  return (
    <>
      <section class="card" aria-labelledby="needs">
        <h2 id="needs">{t('needs')}</h2>
        {needs.length === 0 ? <p class="quiet">{t('needs.none')}</p> : (
          <ul class="lines">
            {needs.map((each) => (
              <li key={each.key}>
                <div class="grow row top"><Pill kind={each.kind}>{t(each.kind === 'bad' ? 'needs.bad' : 'needs.warn')}</Pill><div style={{ flex: '1', minWidth: '12rem' }}><p class="strong">{each.text}</p>{each.detail && <p class="quiet small">{each.detail}</p>}</div></div>
                <Link section={each.section} rest={each.rest} kind="button">{each.action}</Link>
              </li>
            ))}
          </ul>
        )}
      </section>
      <div class="columns">
        <section class="card stack" aria-labelledby="days">
          <h2 id="days">{t('days')}</h2>
          <Days days={overview.days.map((each) => ({ date: each.day, written: each.written, unchanged: each.unchanged + each.skipped, refused: each.refused }))} waiting={overview.waiting} />
        </section>
        <section class="card stack" aria-labelledby="usage">
          <h2 id="usage">{t('usage')}</h2>
          <Usage usage={overview.usage} />
        </section>
      </div>
      <section class="card" aria-labelledby="syncs">
        <h2 id="syncs">{t('nav.syncs')}</h2>
        <ul class="lines">{overview.syncs.map((sync) => <SyncLine key={sync.id} sync={sync} />)}</ul>
      </section>
    </>
  );
}

function SyncLine({ sync }: { sync: Schemas['SyncState'] }): JSX.Element {
  const direction = sync.direction as 'push';
  return (
    <li>
      <div class="grow">
        <Link section="syncs" rest={{ id: sync.id }}>{t(`sync.title.${direction}`, { source: sync.source, sobject: sync.sobject })}</Link>
        <p class="quiet small">
          {sync.last_change_at ? <>{t('sync.last_change')} <When at={sync.last_change_at} /></> : sync.last_run ? null : t('sync.never')}
          {sync.last_run && <> {t('sync.last')} <When at={sync.last_run.ended_at} /></>}
          {sync.next_run_at && <> · {t('schedule.next')} <When at={sync.next_run_at} /></>}
        </p>
      </div>
      <span class="small">{t('days.written', { n: sync.written })} · {t('days.refused', { n: sync.refused })}</span>
      {sync.errors > 0 && <Pill kind="bad">{t('draft.errors', { n: sync.errors })}</Pill>}
      <Pill kind={sync.enabled ? 'good' : ''}>{sync.enabled ? t('sync.on') : t('sync.off')}</Pill>
    </li>
  );
}

function Usage({ usage }: { usage: Schemas['UsageForecast'] }): JSX.Element {
  if (usage.allowed === null || usage.used === null) return <p class="quiet">{t('usage.unknown')}</p>;
  return (
    <>
      <p><span class="figure">{number(usage.used)}</span> {t('usage.of', { allowed: usage.allowed })}</p>
      <meter aria-label={t('usage')} min={0} max={usage.allowed} low={usage.allowed * 0.6} high={usage.allowed * 0.8} optimum={0} value={usage.used} />
      {usage.forecast !== null && <p>{t('usage.forecast', { n: usage.forecast })}</p>}
      <p class="quiet small">{t('usage.share', { share: percent(usage.share ?? 0) })} {usage.pauses_at !== null && t('usage.pauses', { at: usage.pauses_at })}</p>
      {usage.pace && <p class="quiet small">{usage.pace}</p>}
      {usage.read_at && <p class="quiet small">{t('usage.read')} <When at={usage.read_at} /></p>}
    </>
  );
}
