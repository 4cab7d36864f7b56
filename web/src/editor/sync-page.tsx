/** One sync: its fields, its rules, and what would become of a change; a bar says what is not saved. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { api, ask } from '../api/client.ts';
import { announce } from '../app/embedding.ts';
import { ErrorNote, Pill, Skeleton } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { Confirm, Dialog, type Question } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { Link } from '../parts/link.tsx';
import { TabPanel, Tabs } from '../parts/tabs.tsx';
import { tell } from '../parts/toasts.tsx';
import { useLoaded, forget } from '../state/loaded.ts';
import { go, note, route } from '../state/route.ts';
import { may, session } from '../state/session.ts';
import { useStore } from '../state/store.ts';
import { t } from '../text/index.ts';
import { emptyRow, halfRows, type Sync } from './draft.ts';
import { FieldsTab, focusSoon } from './fields-tab.tsx';
import { RulesTab } from './rules-tab.tsx';
import { RunNow } from './run-now.tsx';
import { ConflictDialog, Differences } from './saving.tsx';
import { TryTab } from './try-tab.tsx';
import { useEditing, useGuard } from './use-editing.ts';

export function SyncPage({ id, isPanel = false }: { id: string; isPanel?: boolean }): JSX.Element {
  const sync = useLoaded(`sync ${id}`, () => ask(api.GET('/console/api/syncs/{sync}', { params: { path: { sync: id } } })));
  if (!sync.data) return sync.error ? <ErrorNote error={sync.error} again={() => void sync.reload()} /> : <Skeleton lines={8} height={40} />;
  return <Editor key={id} sync={sync.data} isFresh={!sync.isLoading} replace={sync.replace} isPanel={isPanel} />;
}

function Editor({ sync, isFresh, replace, isPanel }: { sync: Sync; isFresh: boolean; replace: (sync: Sync) => void; isPanel: boolean }): JSX.Element {
  const tenant = session.get().own?.tenant ?? '';
  const isReadOnly = !may('integrator');
  const isBound = isPanel || Boolean(session.get().own?.source); // to one source: neither its runs nor what was parked are for it
  const { part = 'fields', add } = useStore(route);
  const isNew = add === '1';
  const opened = useRef(new Set<string>()).current.add(part); // what was typed in a part stays there while another is shown
  const { editing, dispatch, found, isDirty, checked, theirs, save, resolve } = useEditing(tenant, sync, (saved) => { forget('syncs'); replace(saved); });
  const { base, draft } = editing;
  const org = useLoaded(`sobject ${base.sobject}`, () => ask(api.GET('/console/api/sobjects/{name}', { params: { path: { name: base.sobject } } })));
  const product = useLoaded(`fields ${base.source}`, () => ask(api.GET('/console/api/sources/{source}/fields', { params: { path: { source: base.source } } })));
  const productFields = useMemo(() => product.data?.fields ?? [], [product.data]);
  const [question, setQuestion] = useState<Question | null>(null);
  const [isShown, setShown] = useState(false);
  const [asked, setAsked] = useState(0);
  useGuard(isDirty, (goOn) => setQuestion({ title: t('leave.title'), text: <p>{t('leave.text')}</p>, action: t('leave.go'), yes: goOn }));
  useFirstRow((draft.rows.length === 0 || isNew) && !isReadOnly && part === 'fields' && isFresh, dispatch);
  const half = halfRows(draft).length;

  const saveIt = async (enabled?: boolean): Promise<void> => {
    const saved = await save(enabled);
    announce('saved', { sync: saved.id, enabled: saved.enabled ?? false, revision: saved.revision ?? 0 });
    tell(enabled === undefined ? t('saved', { name: saved.id }) : enabled ? t('saved.enabled', { name: saved.id }) : t('saved.disabled', { name: saved.id }));
  };
  const tryIt = (): void => {
    note({ part: 'try' });
    setAsked((before) => before + 1);
  };
  const bar = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || isReadOnly) return;
    const typing = event.target instanceof HTMLTextAreaElement;
    if (event.key === 's') press(event, bar.current?.querySelector('[aria-keyshortcuts="Control+S"]'));
    else if (event.key === 'e' && !typing) press(event, bar.current?.querySelector('[aria-keyshortcuts="Control+E"]'));
    else if (event.key === 'Enter') { event.preventDefault(); (document.activeElement as HTMLElement)?.blur(); setTimeout(tryIt, 0); focusSoon('tab:try'); }
    else if (event.key === 'z' && !typing) { event.preventDefault(); dispatch({ do: event.shiftKey ? 'redo' : 'undo' }); }
  };
  const remove = (): void => setQuestion({
    title: t('sync.delete.title', { name: base.id }), text: <p>{t('sync.delete.text')}</p>, action: t('sync.delete'), isDangerous: true,
    yes: async () => {
      await ask(api.DELETE('/console/api/syncs/{sync}', { params: { path: { sync: base.id } } }));
      dispatch({ do: 'discard' });
      forget('sync');
      setTimeout(() => go('syncs'), 0);
    },
  });
  const errors = checked.problems.filter((each) => each.level === 'error').length;
  return (
    <div class="stack" onKeyDown={onKeyDown}>
      <div class="row spread top">
        <div>
          {!isPanel && <p class="small"><Link section="syncs">← {t('nav.syncs')}</Link></p>}
          <h1 tabIndex={-1}>{t(`sync.title.${base.direction ?? 'push'}`, { source: base.source, sobject: org.data?.label ?? base.sobject })}</h1>
          <p class="quiet small">{base.id} · {t('sync.revision', { n: base.revision ?? 1 })}</p>
        </div>
        <div class="row">
          <Pill kind={base.enabled ? 'good' : ''}>{base.enabled ? t('sync.on') : t('sync.off')}</Pill>
          {!isReadOnly && !isBound && base.enabled && <RunNow sync={base} />}
          {!isReadOnly && !isPanel && <Button kind="plain" press={remove}>{t('sync.delete')}</Button>}
        </div>
      </div>
      {org.error && <ErrorNote error={org.error} again={() => void org.reload()} />}
      {product.error && <ErrorNote error={product.error} again={() => void product.reload()} />}
      <section class="card stack" aria-label={base.id}>
        <Tabs name={t('sync.parts')} chosen={part} choose={(next) => note({ part: next })} tabs={[['fields', t('tab.fields')], ['rules', t('tab.rules')], ...(isReadOnly || draft.rules.direction === 'pull' ? [] : [['try', t('tab.try')] as const])]} />
        <TabPanel name="fields" chosen={part}><FieldsTab draft={draft} dispatch={dispatch} problems={checked.problems} productFields={productFields} sobject={org.data} isReadOnly={isReadOnly} /></TabPanel>
        {opened.has('rules') && <TabPanel name="rules" chosen={part}><RulesTab rules={draft.rules} dispatch={dispatch} sobject={org.data} productFields={productFields} isReadOnly={isReadOnly} /></TabPanel>}
        {opened.has('try') && !isReadOnly && <TabPanel name="try" chosen={part}><TryTab draft={draft} productFields={productFields} isAsked={asked} mayLookBack={!isBound} /></TabPanel>}
        {!isReadOnly && (
          <div class="savebar" ref={bar}>
            <div class="row" role="status">
              {found.length > 0 ? <><Pill kind="warn">{t('draft', { n: found.length })}</Pill><Button kind="link" press={() => setShown(true)}>{t('draft.show')}</Button></> : !isDirty && <span class="quiet small">{t('draft.none')}</span>}
              {errors > 0 && <Pill kind="bad">{t('draft.errors', { n: errors })}</Pill>}
              {half > 0 && <span class="quiet small">{t('draft.half', { n: half })}</span>}
              {checked.error && <span class="small">{checked.error.message}</span>}
            </div>
            <div class="row">
              <Button kind="icon" label={t('undo')} keys="Control+Z" disabled={!editing.past.length} press={() => dispatch({ do: 'undo' })}><Icon name="undo" /></Button>
              <Button kind="icon" label={t('redo')} keys="Control+Shift+Z" disabled={!editing.future.length} press={() => dispatch({ do: 'redo' })}><Icon name="redo" /></Button>
              {isDirty && <Button press={() => dispatch({ do: 'discard' })}>{t('draft.discard')}</Button>}
              <Button kind={base.enabled ? 'primary' : ''} keys="Control+S" disabled={!isDirty} press={() => saveIt()}>{t('save')}</Button>
              <Button kind={base.enabled ? '' : 'primary'} keys="Control+E" press={() => saveIt(!base.enabled)}>{base.enabled ? t('sync.disable') : isDirty ? t('save.enable') : t('sync.enable')}</Button>
            </div>
          </div>
        )}
      </section>
      {question && <Confirm question={question} close={() => setQuestion(null)} />}
      {isShown && <Dialog title={t('draft.changes')} close={() => setShown(false)}><Differences found={found} /><div class="row end"><Button press={() => setShown(false)}>{t('close')}</Button></div></Dialog>}
      {theirs && <ConflictDialog editing={editing} theirs={theirs} resolve={resolve} />}
    </div>
  );
}

function press(event: KeyboardEvent, button: Element | null | undefined): void {
  event.preventDefault();
  const focused = document.activeElement as HTMLElement | null;
  focused?.blur(); // what is being typed is taken first
  setTimeout(() => {
    (button as HTMLButtonElement | null)?.click();
    focused?.focus();
  }, 0);
}

/** A mapping without rows begins with an empty one, so that one can type at once. */
function useFirstRow(isNeeded: boolean, dispatch: ReturnType<typeof useEditing>['dispatch']): void {
  const isDone = useRef(false);
  useEffect(() => {
    if (!isNeeded || isDone.current) return;
    isDone.current = true;
    const row = emptyRow();
    dispatch({ do: 'add', row });
    note({ add: '' });
    focusSoon(`product:${row.key}`);
  }, [isNeeded]);
}
