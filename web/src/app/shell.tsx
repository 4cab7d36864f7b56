/** The frame of every page: brand, who is there, the sections, and what is said when the session ends. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { api, ask, type ApiError } from '../api/client.ts';
import { Empty, ErrorNote, Note, Skeleton } from '../parts/basic.tsx';
import { Link } from '../parts/link.tsx';
import { orgAddress } from '../parts/salesforce-id.tsx';
import { Toasts } from '../parts/toasts.tsx';
import { route } from '../state/route.ts';
import { session, type Own } from '../state/session.ts';
import { useStore } from '../state/store.ts';
import { chooseLanguage, language, languages, t, tCode, type Language } from '../text/index.ts';
import { brand } from './brand.ts';
import { announce, isEmbedded } from './embedding.ts';
import { PANEL, sections } from './sections.ts';

export function Shell({ error }: { error: ApiError | undefined }): JSX.Element {
  const { own, ended, begun } = useStore(session);
  const here = useStore(route);
  const isPanel = isEmbedded && here.section === PANEL.key;
  const shown = begun ? (isPanel ? PANEL : (sections().find((each) => each.key === here.section) ?? sections()[0]!)) : undefined;
  const main = useRef<HTMLElement>(null);
  const place = `${here.section} ${here.id ?? ''}`;
  const first = useRef(true);
  useEffect(() => {
    if (!shown) return;
    document.title = `${t(shown.name)} · ${own?.tenant} · ${brand.name}`;
    document.querySelector('.sections [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
    if (!first.current) focusHeading(main.current);
    first.current = false;
  }, [place, begun]);
  useEffect(() => {
    if (begun) ask(api.GET('/console/api/connection')).then((each) => orgAddress.set(each.instance_url ?? ''), () => undefined);
  }, [begun]);
  useEffect(() => {
    if (ended) announce('session-ended');
  }, [ended]);
  const Page = shown?.Page;
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>{t('skip')}</a>
      {!isPanel && <header class="bar">
        <div class="brand">{brand.logo ? <img src={brand.logo} alt="" /> : <span class="mark" aria-hidden="true" />}<span>{brand.name}</span></div>
        {own && <Who own={own} />}
      </header>}
      {own?.acts_for && <section class="acting" aria-label={t('tenant')}><span>{t('acting', { tenant: own.tenant, name: own.acts_for })}</span> <Link section="tenants">{t('acting.others')}</Link></section>}
      {begun && !isPanel && (
        <nav class="sections" aria-label={t('nav')}>
          {sections().map((each) => <Link key={each.key} section={each.key} current={each === shown}>{t(each.name)}</Link>)}
        </nav>
      )}
      <main id="main" tabIndex={-1} ref={main}>
        {ended && begun && <div role="alert" style={{ marginBottom: '16px' }}><Note kind="warn"><p class="strong">{t('session.ended')}</p><p>{t('session.ended.kept')}</p></Note></div>}
        {ended && !begun ? <Empty title={t('session.none')} isPage><p>{t('session.none.text')}</p></Empty> : error ? <><h1 class="only-read">{brand.name}</h1><ErrorNote error={error} again={() => location.reload()} /></> : Page ? <Page key={here.section} /> : <Skeleton lines={6} height={48} />}
      </main>
      {brand.support && !isPanel && <footer class="foot small"><a href={brand.support} target="_blank" rel="noreferrer noopener">{t('support')}</a></footer>}
      <Toasts />
    </>
  );
}

function Who({ own }: { own: Own }): JSX.Element {
  return (
    <div class="row small">
      <span class="strong">{own.tenant}</span>
      <span class="quiet wrap">{own.user} · {tCode('role', own.role)}</span>
      <select aria-label={t('language')} value={language} style={{ width: 'auto' }} onChange={(event) => chooseLanguage(event.currentTarget.value as Language)}>
        {languages.map(([key, name]) => <option key={key} value={key}>{name}</option>)}
      </select>
    </div>
  );
}

/** Lead the focus to what a new page is about, unless the page has led it somewhere already. */
function focusHeading(main: HTMLElement | null): void {
  requestAnimationFrame(() => {
    const isLost = document.activeElement === document.body || document.activeElement === null || document.activeElement.closest('nav');
    if (isLost) (main?.querySelector<HTMLElement>('h1') ?? main)?.focus({ preventScroll: true });
  });
}
