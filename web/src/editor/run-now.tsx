/** Runs a sync at once and shows how it goes. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api, ask, type Schemas } from '../api/client.ts';
import { Note, Pill } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { counted, GOES_ON, RUN_KINDS } from '../pages/runs.ts';
import { t, tCode } from '../text/index.ts';
import type { Sync } from './draft.ts';

type Run = Schemas['Run'];
const WATCH_MS = 1500;

export function RunNow({ sync }: { sync: Sync }): JSX.Element {
  const [run, setRun] = useState<Run | null>(null);
  useEffect(() => {
    if (!run || !GOES_ON.includes(run.status)) return undefined;
    const timer = setTimeout(() => {
      ask(api.GET('/console/api/runs/{run}', { params: { path: { run: run.id } } })).then(setRun, () => undefined);
    }, WATCH_MS);
    return () => clearTimeout(timer);
  }, [run]);
  const start = async (): Promise<void> => setRun(await ask(api.POST('/console/api/syncs/{sync}/runs', { params: { path: { sync: sync.id } } })));
  const cancel = async (): Promise<void> => setRun(await ask(api.POST('/console/api/runs/{run}/cancel', { params: { path: { run: run!.id } } })));
  return (
    <>
      <Button press={start}>{t('run.now')}</Button>
      {run && (
        <div role="status">
          <Note kind={RUN_KINDS[run.status] ?? ''}>
            <div class="row">
              <Pill kind={RUN_KINDS[run.status] ?? ''}>{tCode('run', run.status)}</Pill>
              <span>{run.status === 'requested' ? t('run.asked', { source: sync.source }) : counted(run) || t('run.nothing')}</span>
              {run.kind !== 'push' && ['running', 'waiting'].includes(run.status) && <Button kind="danger" press={cancel}>{t('run.cancel')}</Button>}
            </div>
            {run.detail && <p class="small">{run.detail}</p>}
          </Note>
        </div>
      )}
    </>
  );
}
