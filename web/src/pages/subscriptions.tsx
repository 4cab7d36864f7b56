/** Which events go where: webhooks and mails, how their deliveries stand, and sending again what was missed. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, ask, type Schemas } from '../api/client.ts';
import { Check, Empty, ErrorNote, Field, Note, Pill, Select, Skeleton, When } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { CopyButton } from '../parts/copy.tsx';
import { Confirm, Dialog, type Question } from '../parts/dialog.tsx';
import { tell } from '../parts/toasts.tsx';
import { useLoaded } from '../state/loaded.ts';
import { t, tCode } from '../text/index.ts';

type Line = Schemas['SubscriptionLine'];
type Made = Schemas['NewSubscription'];
type Kind = Schemas['SubscriptionRequest']['events'][number];

const KINDS: readonly Kind[] = ['signal.matched', 'signal.ended', 'change.parked', 'run.failed', 'sync.drift_detected', 'connection.status_changed', 'quota.threshold', 'subscription.disabled'];
const PROPOSED: readonly Kind[] = ['change.parked', 'run.failed', 'connection.status_changed'];
const HOUR_MS = 3_600_000;
const SPANS = ['1', '24', '72', '168'] as const; // hours; what was sent is kept for seven days

export function SubscriptionsPage(): JSX.Element {
  const loaded = useLoaded('subscriptions', () => ask(api.GET('/console/api/subscriptions')));
  const [isNew, setNew] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  const lines = loaded.data?.subscriptions;
  const begin = <Button kind="primary" press={() => setNew(true)}>{t('hooks.new')}</Button>;
  const shown = async (next: Made): Promise<void> => {
    setNew(false);
    if (next.secret) setMade(next);
    else tell(t('hooks.mail.made', { to: next.email ?? '' }));
    await loaded.reload();
  };
  return (
    <div class="stack">
      <div class="row spread"><h1 tabIndex={-1}>{t('nav.subscriptions')}</h1>{lines && lines.length > 0 && begin}</div>
      <ErrorNote error={loaded.error} again={() => void loaded.reload()} />
      {!lines && !loaded.error && <Skeleton lines={3} height={72} />}
      {lines && !lines.length && <Empty title={t('hooks.none')}><p>{t('hooks.none.text')}</p>{begin}</Empty>}
      {lines && lines.length > 0 && <section class="card" aria-label={t('nav.subscriptions')}><ul class="lines">{lines.map((each) => <OneLine key={each.id} line={each} shown={shown} reload={loaded.reload} />)}</ul></section>}
      {isNew && <NewSubscription close={() => setNew(false)} shown={shown} />}
      {made && <Secret made={made} close={() => setMade(null)} />}
    </div>
  );
}

function OneLine({ line, shown, reload }: { line: Line; shown: (made: Made) => Promise<void>; reload: () => Promise<void> }): JSX.Element {
  const [question, setQuestion] = useState<Question | null>(null);
  const [isReplaying, setReplaying] = useState(false);
  const params = { params: { path: { subscription: line.id } } };
  const to = line.url ?? line.email ?? '';
  const end = (): void => setQuestion({
    title: t('hooks.end.title'), text: <p class="wrap">{t('hooks.end.text', { to })}</p>, action: t('hooks.end'), isDangerous: true,
    yes: async () => {
      await ask(api.DELETE('/console/api/subscriptions/{subscription}', params));
      await reload();
    },
  });
  const test = async (): Promise<void> => {
    const { id } = await ask(api.POST('/console/api/subscriptions/{subscription}/test', params));
    tell(t('hooks.tested', { id }));
  };
  const rotate = (): void => setQuestion({
    title: t('hooks.rotate.title'), text: <p>{t('hooks.rotate.text')}</p>, action: t('hooks.rotate'),
    yes: async () => shown(await ask(api.POST('/console/api/subscriptions/{subscription}/rotate-secret', params))),
  });
  return (
    <li>
      <div class="grow stack close">
        <p class="row"><span class="strong wrap">{to}</span><Standing line={line} /></p>
        {line.disabled_because && <Note kind="bad"><p>{line.disabled_because}</p><p>{t('hooks.disabled.remedy')}</p></Note>}
        <p class="quiet small">{line.events.map((each) => tCode('event', each)).join(', ')}{line.signals.length > 0 && ` · ${t('signals')}: ${line.signals.join(', ')}`}</p>
        <p class="quiet small">{t('connection.since')} <When at={line.created_at} />{line.failing_since && <> · {t('hooks.failing.since')} <When at={line.failing_since} /></>}</p>
        {line.refused > 0 && <Note kind="warn"><p>{t('hooks.refused', { n: line.refused })} {line.last_refusal}</p></Note>}
      </div>
      <div class="row">
        {!line.disabled_because && <Button press={test}>{t('hooks.test')}</Button>}
        {line.url && <Button press={() => setReplaying(true)}>{t('hooks.replay')}</Button>}
        {line.url && <Button press={rotate}>{t('hooks.rotate')}</Button>}
        <Button kind="danger" press={end}>{t('hooks.end')}</Button>
      </div>
      {question && <Confirm question={question} close={() => setQuestion(null)} />}
      {isReplaying && <Replay id={line.id} close={() => setReplaying(false)} reload={reload} />}
    </li>
  );
}

function Standing({ line }: { line: Line }): JSX.Element {
  if (line.disabled_because) return <Pill kind="bad">{t('hooks.disabled')}</Pill>;
  return line.failing_since ? <Pill kind="warn">{t('hooks.failing')}</Pill> : <Pill kind="good">{t('hooks.active')}</Pill>;
}

function Replay({ id, close, reload }: { id: string; close: () => void; reload: () => Promise<void> }): JSX.Element {
  const [hours, setHours] = useState<(typeof SPANS)[number]>('24');
  const again = async (): Promise<void> => {
    // A minute less than the week that is kept, so that clocks may differ.
    const since = new Date(Date.now() - Number(hours) * HOUR_MS + 60_000).toISOString();
    const { count } = await ask(api.POST('/console/api/subscriptions/{subscription}/replay', { params: { path: { subscription: id } }, body: { since } }));
    tell(t('hooks.replayed', { n: count }));
    close();
    await reload();
  };
  return (
    <Dialog title={t('hooks.replay')} close={close}>
      <p>{t('hooks.replay.text')}</p>
      <Field label={t('hooks.replay.span')}><Select value={hours} options={SPANS.map((each) => [each, t('hooks.hours', { n: Number(each) })] as const)} change={setHours} /></Field>
      <div class="row end"><Button press={close}>{t('cancel')}</Button><Button kind="primary" press={again}>{t('hooks.replay')}</Button></div>
    </Dialog>
  );
}

function NewSubscription({ close, shown }: { close: () => void; shown: (made: Made) => Promise<void> }): JSX.Element {
  const [to, setTo] = useState('');
  const [events, setEvents] = useState<ReadonlySet<Kind>>(new Set(PROPOSED));
  const [signals, setSignals] = useState('');
  const toggle = (kind: Kind, isOn: boolean): void => setEvents((before) => new Set(KINDS.filter((each) => (each === kind ? isOn : before.has(each)))));
  const create = async (): Promise<void> => {
    const place = to.includes('@') && !to.includes('/') ? { email: to.trim() } : { url: to.trim() };
    const named = signals.split(',').map((each) => each.trim()).filter(Boolean);
    await shown(await ask(api.POST('/console/api/subscriptions', { body: { ...place, events: [...events], signals: named } })));
  };
  return (
    <Dialog title={t('hooks.new')} close={close}>
      <Field label={t('hooks.to')} hint={t('hooks.to.hint')}><input value={to} autocomplete="off" spellcheck={false} placeholder="https://hooks.example.com/causeway" onInput={(event) => setTo(event.currentTarget.value)} /></Field>
      <fieldset class="stack close"><legend class="strong small">{t('hooks.events')}</legend>
        {KINDS.map((kind) => <Check key={kind} label={tCode('event', kind)} checked={events.has(kind)} change={(isOn) => toggle(kind, isOn)} />)}
      </fieldset>
      {events.has('signal.matched') && <Field label={t('hooks.signals')} hint={t('hooks.signals.hint')}><input value={signals} spellcheck={false} onInput={(event) => setSignals(event.currentTarget.value)} /></Field>}
      <div class="row end"><Button press={close}>{t('cancel')}</Button><Button kind="primary" disabled={!to.trim() || !events.size} press={create}>{t('hooks.create')}</Button></div>
    </Dialog>
  );
}

function Secret({ made, close }: { made: Made; close: () => void }): JSX.Element {
  return (
    <Dialog title={t('hooks.secret')} close={close}>
      <p>{t('hooks.secret.text')}</p>
      <Field label={t('hooks.secret')}><span class="row"><input style={{ flex: '1' }} value={made.secret ?? ''} readOnly onFocus={(event) => event.currentTarget.select()} /><CopyButton text={made.secret ?? ''} /></span></Field>
      <div class="row end"><Button kind="primary" press={close}>{t('close')}</Button></div>
    </Dialog>
  );
}
