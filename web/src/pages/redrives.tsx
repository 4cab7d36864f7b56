/** Requests to send parked changes again: those under way and those of the last day, each with how far it is. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { api, ask } from '../api/client.ts';
import { When } from '../parts/basic.tsx';
import { useLoaded } from '../state/loaded.ts';
import { percent, t } from '../text/index.ts';

const WATCH_MS = 4000;
const DAY_MS = 86_400_000;

export function Redrives({ moved }: { moved: () => void }): JSX.Element | null {
  const found = useLoaded('parked redrives', () => ask(api.GET('/console/api/parked/redrives')));
  const all = found.data?.redrives ?? [];
  const shown = all.filter((each) => !each.ended_at || Date.parse(each.ended_at) > Date.now() - DAY_MS);
  const left = shown.reduce((sum, each) => sum + (each.ended_at ? 0 : each.left), 0);
  const isLive = shown.some((each) => !each.ended_at);
  useEffect(() => {
    if (!isLive) return undefined;
    const timer = setInterval(() => void found.reload(), WATCH_MS);
    return () => clearInterval(timer);
  }, [isLive]);
  useEffect(() => moved(), [left]);
  if (!shown.length) return null;
  return (
    <section class="card stack" aria-label={t('redrives')}>
      <h2>{t('redrives')}</h2>
      <ul class="lines">
        {shown.map((each) => (
          <li key={each.redrive_id}>
            <div class="grow stack close">
              <p><When at={each.requested_at} /> <span class="quiet">{[each.source, each.key, each.code].filter(Boolean).join(' · ')}</span></p>
              <progress max={100} value={each.percent} aria-label={t('history.progress')} />
              <p class="quiet small">{t('history.of', { percent: percent(each.percent / 100), n: each.total })}{each.passed_over > 0 && ` · ${t('redrives.passed', { n: each.passed_over })}`}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
