/** What parked changes are found by, sent again, and written to a file. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, ask, download } from '../api/client.ts';
import { Field } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { Link } from '../parts/link.tsx';
import { isKept, keepFilters, keptFilters, nameOf, toggled, type Filter } from '../state/filters.ts';
import { forget } from '../state/loaded.ts';
import { go } from '../state/route.ts';
import { session } from '../state/session.ts';
import { t } from '../text/index.ts';

export interface Wanted {
  code?: string;
  source?: string;
  key?: string;
  group?: string;
  parked_ids?: string[];
}

/** Ask that these go through their syncs once more. */
export async function redrive(wanted: Wanted): Promise<void> {
  await ask(api.POST('/console/api/parked/redrive', { body: wanted as never }));
  forget('parked');
  forget('overview');
}

export function Filters({ asked }: { asked: Wanted }): JSX.Element {
  const [typed, setTyped] = useState<Wanted>(asked);
  const input = (name: 'code' | 'source' | 'key'): JSX.Element => <input value={typed[name] ?? ''} spellcheck={false} onInput={(event) => setTyped({ ...typed, [name]: event.currentTarget.value.trim() })} />;
  const find = (event: Event): void => {
    event.preventDefault();
    go('parked', Object.fromEntries(Object.entries({ ...typed, group: '' }).filter(([, value]) => value)) as Record<string, string>);
  };
  return (
    <form class="card filters" aria-label={t('filters')} onSubmit={find}>
      <Field label={t('source')}>{input('source')}</Field>
      <Field label={t('record.key')}>{input('key')}</Field>
      <Field label={t('parked.code')}>{input('code')}</Field>
      <button type="submit">{t('filters.find')}</button>
      <Kept asked={asked} />
    </form>
  );
}

/** The filters that are kept, and keeping the one that is open. */
function Kept({ asked }: { asked: Wanted }): JSX.Element | null {
  const tenant = session.get().own?.tenant ?? '';
  const [kept, setKept] = useState(() => keptFilters(tenant, 'parked'));
  const { group: _group, parked_ids: _ids, ...open } = asked;
  const isOpen = Object.keys(open).length > 0;
  const toggle = (): void => {
    const next = toggled(kept, open as Filter);
    setKept(next);
    keepFilters(tenant, 'parked', next);
  };
  if (!isOpen && !kept.length) return null;
  return (
    <div class="row" style={{ flexBasis: '100%' }}>
      {kept.length > 0 && <span class="quiet small">{t('filters.kept')}</span>}
      {kept.map((each) => <Link key={nameOf(each)} section="parked" rest={{ ...each }}>{nameOf(each)}</Link>)}
      {isOpen && <Button kind="plain" pressed={isKept(kept, open as Filter)} press={toggle}>{t(isKept(kept, open as Filter) ? 'filters.forget' : 'filters.keep')}</Button>}
    </div>
  );
}

export function ExportButton({ wanted }: { wanted: Wanted }): JSX.Element {
  const query = Object.fromEntries(Object.entries(wanted).filter(([name]) => name !== 'parked_ids'));
  return <Button press={() => download('/console/api/parked/export', query, 'parked.csv')}>{t('parked.export')}</Button>;
}
