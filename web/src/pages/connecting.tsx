/** Begin to connect: the address of the org first, or a link for whoever administers Salesforce. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api, ask } from '../api/client.ts';
import { Field, When } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { CopyButton } from '../parts/copy.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { t } from '../text/index.ts';
import { isEmbedded } from '../app/embedding.ts';

const LOOK_AGAIN_MS = 3000;

/** Go on to the pages of connecting, which stand in no frame: from within one, in a window of their own. */
export function openPage(url: string): void {
  if (isEmbedded) window.open(url, '_blank', 'noopener');
  else location.assign(url);
}

export function ConnectForm({ address, onConnected }: { address: string; onConnected?: () => Promise<void> }): JSX.Element {
  const [typed, setTyped] = useState(address);
  const [isAway, setAway] = useState(false);
  useEffect(() => {
    if (!isAway || !onConnected) return undefined;
    const timer = setInterval(() => void onConnected(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isAway]);
  const connect = async (): Promise<void> => {
    const link = await ask(api.POST('/console/api/connection/connect-link', { body: { salesforce_url: typed.trim() || null } as never }));
    openPage(link.url);
    setAway(isEmbedded);
  };
  return (
    <form class="stack close form" onSubmit={(event) => { event.preventDefault(); event.currentTarget.querySelector('button')?.click(); }}>
      <Field label={t('connect.address')} hint={t('connect.address.hint')}>
        <input name="salesforce_url" value={typed} placeholder="acme.my.salesforce.com" autocomplete="off" spellcheck={false} onInput={(event) => setTyped(event.currentTarget.value)} />
      </Field>
      <div class="row"><Button kind="primary" press={connect}>{t('connect')}</Button></div>
      {isAway && <p role="status">{t('connect.elsewhere')}</p>}
      <details><summary class="small">{t('connect.unknown')}</summary><p class="small quiet">{t('connect.unknown.text')}</p></details>
      <details><summary class="small">{t('connect.needs')}</summary><ul class="small quiet stack close"><li>{t('connect.needs.edition')}</li><li>{t('connect.needs.user')}</li><li>{t('connect.needs.app')}</li></ul></details>
    </form>
  );
}

export function Invite({ close }: { close: () => void }): JSX.Element {
  const [made, setMade] = useState<{ url: string; expires_at: string } | null>(null);
  const make = async (): Promise<void> => setMade(await ask(api.POST('/console/api/connection/connect-link', { body: { invite: true } as never })));
  return (
    <Dialog title={t('invite')} close={close}>
      <p>{t('invite.text')}</p>
      {made ? (
        <>
          <Field label={t('invite.link')}><span class="row"><input style={{ flex: '1' }} value={made.url} readOnly onFocus={(event) => event.currentTarget.select()} /><CopyButton text={made.url} /></span></Field>
          <p class="small quiet">{t('invite.until')} <When at={made.expires_at} /></p>
        </>
      ) : null}
      <div class="row end"><Button press={close}>{t('close')}</Button>{!made && <Button kind="primary" press={make}>{t('invite.make')}</Button>}</div>
    </Dialog>
  );
}
