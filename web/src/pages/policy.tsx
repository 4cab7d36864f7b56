/** What operators set for one tenant: its share of the API quota, who sets pull rules, and what its people may begin with. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { api, ask, type Schemas } from '../api/client.ts';
import { Check, ErrorNote, Field, Select, Skeleton } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { tell } from '../parts/toasts.tsx';
import { forget, useLoaded } from '../state/loaded.ts';
import { session } from '../state/session.ts';
import { t, tCode } from '../text/index.ts';

type Policy = Schemas['TenantPolicy'];
type Rights = '' | 'yes' | 'no';

export function PolicyButton({ changed }: { changed: () => void }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return <><Button press={() => setOpen(true)}>{t('policy')}</Button>{isOpen && <PolicyDialog changed={changed} close={() => setOpen(false)} />}</>;
}

function PolicyDialog({ changed, close }: { changed: () => void; close: () => void }): JSX.Element {
  const policy = useLoaded('policy', () => ask(api.GET('/console/api/policy')));
  return (
    <Dialog title={t('policy.title', { tenant: session.get().own?.tenant ?? '' })} close={close}>
      <ErrorNote error={policy.error} again={() => void policy.reload()} />
      {policy.data && !policy.isLoading ? <PolicyForm policy={policy.data} changed={changed} close={close} /> : !policy.error && <Skeleton lines={3} height={64} />}
    </Dialog>
  );
}

function PolicyForm({ policy, changed, close }: { policy: Policy; changed: () => void; close: () => void }): JSX.Element {
  const { deployment } = policy;
  const [share, setShare] = useState(String(policy.quota_share_percent ?? ''));
  const [rights, setRights] = useState<Rights>(policy.admins_may_set_pull_rules === null ? '' : policy.admins_may_set_pull_rules ? 'yes' : 'no');
  const [templates, setTemplates] = useState(policy.templates);
  const toggle = (name: Policy['deployment']['templates'][number], isIn: boolean): void => setTemplates(deployment.templates.filter((each) => (each === name ? isIn : templates?.includes(each))));
  const input = useRef<HTMLInputElement>(null);
  const save = async (): Promise<void> => {
    if (!input.current?.reportValidity()) return;
    const body = { quota_share_percent: share ? Number(share) : null, admins_may_set_pull_rules: rights ? rights === 'yes' : null, templates };
    await ask(api.PUT('/console/api/policy', { body }));
    forget('templates');
    tell(t('policy.saved'));
    changed();
    close();
  };
  return (
    <>
      <Field label={t('policy.share')} hint={t('policy.share.hint', { n: deployment.quota_share_percent })}><input ref={input} type="number" inputMode="numeric" min={1} max={100} value={share} onInput={(event) => setShare(event.currentTarget.value)} /></Field>
      <Field label={t('policy.rights')}><Select value={rights} options={[['', t(deployment.admins_may_set_pull_rules ? 'policy.rights.as.yes' : 'policy.rights.as.no')], ['yes', t('policy.rights.yes')], ['no', t('policy.rights.no')]]} change={setRights} /></Field>
      <fieldset class="stack close">
        <legend class="strong">{t('policy.templates')}</legend>
        <Check label={t('policy.templates.all')} checked={!templates} change={(all) => setTemplates(all ? null : deployment.templates)} />
        {templates && deployment.templates.map((name) => <Check key={name} label={tCode('template', name)} checked={templates.includes(name)} change={(isIn) => toggle(name, isIn)} />)}
      </fieldset>
      <div class="row end"><Button press={close}>{t('cancel')}</Button><Button kind="primary" press={save}>{t('save')}</Button></div>
    </>
  );
}
