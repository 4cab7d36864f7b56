/** Other ways to connect: an app of the customer's own, or the app's run-as user without a browser. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, ask } from '../api/client.ts';
import { Field } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { CopyButton } from '../parts/copy.tsx';
import { tell } from '../parts/toasts.tsx';
import { t } from '../text/index.ts';
import type { Connection } from './connection.tsx';

export function OtherWays({ connection, reload }: { connection: Connection; reload: () => Promise<void> }): JSX.Element {
  const [app, setApp] = useState({ client_id: connection.own_app?.client_id ?? '', client_secret: '' });
  const [domain, setDomain] = useState(connection.instance_url ?? '');
  const callback = `${location.origin}${location.pathname.replace(/\/+$/, '').replace(/\/console$/, '')}/oauth/callback`;
  const save = async (): Promise<void> => {
    await ask(api.PUT('/console/api/connection/app', { body: app as never }));
    setApp({ ...app, client_secret: '' });
    tell(t('app.saved'));
    await reload();
  };
  const connect = async (): Promise<void> => {
    await ask(api.POST('/console/api/connection/client-credentials', { body: { salesforce_url: domain } as never }));
    tell(t('app.connected'));
    await reload();
  };
  return (
    <section class="card" aria-label={t('app.title')}>
      <details>
        <summary>{t('app.title')}</summary>
        <div class="stack form">
          <p class="quiet small">{t('app.text')}</p>
          <div class="field"><span>{t('app.callback')}</span><span class="row"><code class="wrap">{callback}</code><CopyButton text={callback} /></span></div>
          <div class="grid">
            <Field label={t('app.key')}><input value={app.client_id} autocomplete="off" spellcheck={false} onInput={(event) => setApp({ ...app, client_id: event.currentTarget.value.trim() })} /></Field>
            <Field label={t('app.secret')}><input type="password" value={app.client_secret} autocomplete="new-password" onInput={(event) => setApp({ ...app, client_secret: event.currentTarget.value })} /></Field>
          </div>
          <div class="row"><Button press={save}>{t('app.save')}</Button></div>
          <p class="quiet small">{t('app.run_as')}</p>
          <Field label={t('app.domain')}><input value={domain} autocomplete="off" spellcheck={false} onInput={(event) => setDomain(event.currentTarget.value)} /></Field>
          <div class="row"><Button press={connect}>{t('app.connect')}</Button></div>
        </div>
      </details>
    </section>
  );
}
