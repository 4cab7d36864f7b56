/** The parked changes of one reason, or those that fit the filters: each with what was sent; chosen ones are sent again together. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, ask, type Schemas } from '../api/client.ts';
import { Empty, ErrorNote, Note, Pill, Skeleton, Table, When } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { Link } from '../parts/link.tsx';
import { useListed } from '../parts/pages.tsx';
import { tell } from '../parts/toasts.tsx';
import { may } from '../state/session.ts';
import { t } from '../text/index.ts';
import { ExportButton, Filters, redrive, type Wanted } from './parked-tools.tsx';

type Item = Schemas['ParkedChange'];

export function ParkedEntries({ asked }: { asked: Wanted }): JSX.Element {
  const list = useListed<Item>(`parked ${JSON.stringify(asked)}`, async (next) => {
    const page = await ask(api.GET('/console/api/parked', { params: { query: { ...asked, ...(next ? { next } : {}) } as never } }));
    return { items: page.parked, next: page.next };
  });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const items = list.items ?? [];
  const again = async (wanted: Wanted): Promise<void> => {
    await redrive(wanted);
    setChosen(new Set());
    tell(t('parked.sent'));
    await list.loaded.reload();
  };
  const toggle = (id: string): void => setChosen((before) => {
    const next = new Set(before);
    if (!next.delete(id)) next.add(id);
    return next;
  });
  const open = items.filter((item) => !item.retry_when);
  const isWhole = open.length > 0 && open.every((item) => chosen.has(item.parked_id));
  return (
    <div class="stack">
      <div>
        <p class="small"><Link section="parked">← {t('nav.parked')}</Link></p>
        <div class="row spread"><h1 tabIndex={-1}>{t(asked.group ? 'parked.one_group' : 'parked.found')}</h1>{items.length > 0 && <ExportButton wanted={asked} />}</div>
      </div>
      {asked.group ? items[0] && <Note kind="warn"><p class="strong">{items[0].reason}</p>{items[0].remedy && <p>{items[0].remedy}</p>}</Note> : <Filters asked={asked} />}
      <ErrorNote error={list.loaded.error} again={() => void list.loaded.reload()} />
      {!list.items && !list.loaded.error && <Skeleton lines={5} height={40} />}
      {list.items && !items.length && <Empty title={t('parked.none.filtered')}><p>{t('parked.none.text')}</p><Link section="parked" kind="button">{t('filters.clear')}</Link></Empty>}
      {items.length > 0 && (
        <section class="card stack">
          {may('integrator') && (
            <div class="row">
              <label class="check"><input type="checkbox" checked={isWhole} onChange={() => setChosen(isWhole ? new Set() : new Set(open.map((item) => item.parked_id)))} /><span>{t('parked.choose_all')}</span></label>
              <Button disabled={!chosen.size} press={() => again({ parked_ids: [...chosen] })}>{t('parked.again.chosen', { n: chosen.size })}</Button>
            </div>
          )}
          <Table name={t('parked.found')} heads={[t('record'), t('parked.why'), t('parked.since'), '']}>
            {items.map((item) => <Line key={item.parked_id} item={item} isChosen={chosen.has(item.parked_id)} toggle={toggle} again={again} />)}
          </Table>
          {list.more}
        </section>
      )}
    </div>
  );
}

function Line({ item, isChosen, toggle, again }: { item: Item; isChosen: boolean; toggle: (id: string) => void; again: (wanted: Wanted) => Promise<void> }): JSX.Element {
  const mayAgain = may('integrator') && Boolean(item.key) && !item.retry_when;
  return (
    <tr>
      <td>
        <div class="row top">
          {mayAgain && <input type="checkbox" aria-label={t('parked.choose', { name: item.key ?? '' })} checked={isChosen} onChange={() => toggle(item.parked_id)} />}
          <div>{item.key && item.source ? <Link section="records" rest={{ source: item.source, key: item.key }}>{item.key}</Link> : <span class="strong">{t('parked.unreadable')}</span>}<div class="quiet small">{[item.source, item.sync].filter(Boolean).join(' · ')}</div></div>
        </div>
      </td>
      <td>
        <p>{item.reason} {item.retry_when && <Pill>{t('parked.by_itself')}</Pill>}</p>
        {item.remedy && <p class="quiet small">{item.remedy}</p>}
        <p><code class="quiet">{item.code}</code></p>
        <details><summary class="small quiet">{t('parked.what')}</summary><pre tabIndex={0}>{JSON.stringify(item.change ?? item.body, null, 2)}</pre></details>
      </td>
      <td class="tight"><When at={item.parked_at} /></td>
      <td class="tight">{mayAgain && <Button press={() => again({ parked_ids: [item.parked_id] })}>{t('parked.again')}</Button>}</td>
    </tr>
  );
}
