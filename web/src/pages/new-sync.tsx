/** A new sync: which source, which object, which rows to begin with. It is saved switched off, and opens in the editor. */
import type { JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { api, ApiError, ask } from '../api/client.ts';
import { ErrorNote, Field, Select } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { Combobox } from '../parts/combobox.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { forget, useLoaded } from '../state/loaded.ts';
import { go } from '../state/route.ts';
import { t, tCode } from '../text/index.ts';

const FIRST = ['Contact', 'Lead', 'Account', 'Opportunity', 'Task', 'CampaignMember'];

export function NewSync({ close }: { close: () => void }): JSX.Element {
  const [source, setSource] = useState('');
  const [sobject, setSObject] = useState('Contact');
  const [template, setTemplate] = useState('');
  const templates = useLoaded('templates', () => ask(api.GET('/console/api/templates')));
  const sobjects = useLoaded('sobjects', () => ask(api.GET('/console/api/sobjects')));
  const syncs = useLoaded('syncs', () => ask(api.GET('/console/api/syncs')));
  const [error, setError] = useState<ApiError | undefined>();
  const object = useRef<HTMLInputElement | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const sources = useMemo(() => [...new Set(['lead', ...(syncs.data?.syncs ?? []).map((sync) => sync.source)])].map((value) => ({ value, label: value })), [syncs.data]);
  const objects = useMemo(() => (sobjects.data?.sobjects ?? []).filter((each) => each.createable || each.updateable)
    .map((each) => ({ value: each.name, label: each.label, shown: each.label, detail: each.name, group: FIRST.includes(each.name) ? t('group.often') : each.custom ? t('group.custom') : t('group.standard') }))
    .sort((a, b) => rank(a.value) - rank(b.value) || (a.group ?? '').localeCompare(b.group ?? '') || a.label.localeCompare(b.label)), [sobjects.data]);
  const choose = (name: string): void => {
    setTemplate(name);
    const found = templates.data?.templates.find((each) => each.name === name);
    if (!found) return;
    setSource(found.source);
    if (!found.sobjects.includes(sobject)) setSObject(found.sobjects[0] ?? sobject);
  };
  const create = async (): Promise<void> => {
    setError(undefined);
    try {
      const query = { source, sobject, ...(template ? { template: template as never } : {}) };
      const { syncs: proposed } = await ask(api.GET('/console/api/syncs/proposed', { params: { query } }));
      const { id: _id, revision: _revision, problems: _problems, position: _position, ...rules } = proposed[0]!;
      const saved = await ask(api.POST('/console/api/syncs', { body: rules as never }));
      forget('sync');
      close();
      go('syncs', { id: saved.id, add: '1' });
    } catch (problem) {
      setError(problem as ApiError);
    }
  };
  return (
    <Dialog title={t('sync.new')} close={close}>
      <form ref={form} class="stack" onSubmit={(event) => { event.preventDefault(); void create(); }}>
        <Field label={t('new.source')} hint={t('new.source.hint')}>
          <Combobox label={t('new.source')} value={source} options={sources} other={(text) => t('row.use', { text })} change={setSource} placeholder="interaction:quiz-42" next={() => setTimeout(() => object.current?.focus(), 0)} inputRef={(element) => element?.setAttribute('autofocus', '')} />
        </Field>
        <Field label={t('new.sobject')}>
          <Combobox label={t('new.sobject')} value={sobject} options={objects} change={setSObject} inputRef={(element) => (object.current = element)} next={() => setTimeout(() => form.current?.requestSubmit(), 0)} other={(text) => t('row.use', { text })} />
        </Field>
        <Field label={t('new.template')}>
          <Select value={template} options={[['', t('new.template.usual')], ...(templates.data?.templates ?? []).map((each) => [each.name, tCode('template', each.name)] as const)]} change={choose} />
        </Field>
        <ErrorNote error={error ?? sobjects.error} />
        <div class="row end"><Button press={close}>{t('cancel')}</Button><button type="submit" class="primary">{t('new.create')}</button></div>
      </form>
    </Dialog>
  );
}

const rank = (name: string): number => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
