/** Every tenant of the deployment, for operators. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, ask, type Schemas } from '../api/client.ts';
import { Empty, ErrorNote, Field, Pill, Select, Skeleton, Table, When } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { Confirm, type Question } from '../parts/dialog.tsx';
import { useListed } from '../parts/pages.tsx';
import { session } from '../state/session.ts';
import { number, t, tCode } from '../text/index.ts';
import { STATUS } from './connection.tsx';

type Line = Schemas['ConnectionLine'];
type Order = 'status' | 'tenant' | 'usage' | 'refused' | 'waiting' | 'since';
const BADNESS: Record<string, number> = { reconnection_required: 8, pending: 1 };
const ALARM = 0.8;
const MOST = 1000; // tenants that are put in order together

/** How much a tenant needs somebody: a lost connection, then a quota near its end, then changes that were refused. */
const badness = (line: Line): number => (BADNESS[line.status] ?? 0) + (share(line) >= ALARM ? 4 : 0) + (line.refused ? 2 : 0);
const share = (line: Line): number => (line.usage ? line.usage.used / Math.max(1, line.usage.allowed) : 0);
const ORDERS: Record<Order, (a: Line, b: Line) => number> = {
  status: (a, b) => badness(b) - badness(a) || b.refused - a.refused || b.waiting - a.waiting || a.tenant.localeCompare(b.tenant),
  tenant: (a, b) => a.tenant.localeCompare(b.tenant),
  usage: (a, b) => share(b) - share(a),
  refused: (a, b) => b.refused - a.refused,
  waiting: (a, b) => b.waiting - a.waiting,
  since: (a, b) => (b.since ?? '').localeCompare(a.since ?? ''),
};

const count = (n: number, line: Line): string => (n ? number(n) + (line.is_counted ? '' : '+') : '');

export function TenantsPage(): JSX.Element {
  const [text, setText] = useState('');
  const [order, setOrder] = useState<Order>('status');
  const [question, setQuestion] = useState<Question | null>(null);
  const list = useListed<Line>('tenants', async (next) => {
    let items: Line[] = [];
    let at: string | null | undefined = next;
    do {
      const page: Schemas['Connections'] = await ask(api.GET('/console/api/connections', { params: { query: { limit: 200, ...(at ? { next: at } : {}) } } }));
      items = [...items, ...page.connections];
      at = page.next;
    } while (at && items.length < MOST);
    return { items, next: at };
  });
  const own = session.get().own?.tenant;
  const open = (tenant: string): void => setQuestion({
    title: t('tenants.open.title', { tenant }), text: <p>{t('tenants.open.text')}</p>, action: t('tenants.open'),
    yes: async () => {
      const made = await ask(api.POST('/console/api/connections/{tenant}/session', { params: { path: { tenant } } }));
      location.hash = String(new URLSearchParams({ session: made.token, section: 'overview' })); // begins again, as that tenant
    },
  });
  const wanted = text.toLowerCase();
  const lines = (list.items ?? []).filter((line) => `${line.tenant} ${line.name ?? ''} ${line.org_id ?? ''}`.toLowerCase().includes(wanted)).toSorted(ORDERS[order]);
  return (
    <div class="stack">
      <h1 tabIndex={-1}>{t('nav.tenants')}</h1>
      <ErrorNote error={list.loaded.error} again={() => void list.loaded.reload()} />
      {!list.items && !list.loaded.error && <Skeleton lines={5} height={40} />}
      {list.items && !list.items.length && <Empty title={t('tenants.none')} />}
      {list.items && list.items.length > 0 && (
        <section class="card stack">
          <div class="filters">
            <Field label={t('tenants.find')}><input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} /></Field>
            <Field label={t('tenants.order')}><Select value={order} options={[['status', t('tenants.order.status')], ['tenant', t('tenants.order.tenant')], ['usage', t('tenants.order.usage')], ['refused', t('days.refused.head')], ['waiting', t('connection.waiting')], ['since', t('tenants.order.since')]]} change={setOrder} /></Field>
          </div>
          <Table name={t('nav.tenants')} heads={[t('tenant'), t('status'), t('connection.since'), t('connection.org'), `#${t('test.calls')}`, `#${t('days.refused.head')}`, `#${t('connection.waiting')}`, '']}>
            {lines.map((line) => (
              <tr key={line.tenant}>
                <td><span class="strong">{line.tenant}</span><div class="quiet small">{line.name}</div></td>
                <td><Pill kind={STATUS[line.status] ?? ''}>{tCode('status', line.status)}</Pill><div class="quiet small">{tCode('cause', line.cause)}</div></td>
                <td class="tight"><When at={line.since} /></td>
                <td class="mono">{line.org_id ?? ''}</td>
                <td class="number">{line.usage ? t('test.calls.of', { used: number(line.usage.used), allowed: number(line.usage.allowed) }) : ''}</td>
                <td class="number">{count(line.refused, line)}</td>
                <td class="number">{count(line.waiting, line)}</td>
                <td class="tight">{line.tenant === own ? <Pill>{t('tenants.here')}</Pill> : <Button label={`${t('tenants.open')} ${line.tenant}`} press={() => open(line.tenant)}>{t('tenants.open')}</Button>}</td>
              </tr>
            ))}
          </Table>
          {list.more}
        </section>
      )}
      {question && <Confirm question={question} close={() => setQuestion(null)} />}
    </div>
  );
}
