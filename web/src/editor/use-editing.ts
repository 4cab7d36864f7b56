/** The draft of one sync: kept in this browser at every change, checked by the server shortly after, saved against its revision. */
import { useCallback, useEffect, useReducer, useRef, useState } from 'preact/hooks';
import { api, ApiError, ask, type Problem } from '../api/client.ts';
import { guard } from '../state/route.ts';
import { begun, changed, halfRows, sent, type Change, type Editing, type Sync } from './draft.ts';
import { differences, type Difference } from './differences.ts';
import { keep, keptDraft } from './kept.ts';

const CHECK_AFTER_MS = 350;

export interface Checked {
  problems: readonly Problem[];
  isChecking: boolean;
  error: ApiError | undefined;
}

export interface EditingTools {
  editing: Editing;
  dispatch: (change: Change) => void;
  found: Difference[];
  isDirty: boolean;
  checked: Checked;
  /** What somebody else saved since this draft was begun. */
  theirs: Sync | null;
  save: (enabled?: boolean) => Promise<Sync>;
  resolve: (change: Change) => void;
}

/** Edit a sync; a draft of it that was kept here is taken up again. */
export function useEditing(tenant: string, sync: Sync, onSaved: (sync: Sync) => void): EditingTools {
  const [editing, dispatch] = useReducer(changed, sync, (first) => takenUp(tenant, first));
  const [theirs, setTheirs] = useState<Sync | null>(editing.base.revision !== sync.revision ? sync : null);
  const found = differences(editing.base, editing.draft);
  const isDirty = found.length > 0 || halfRows(editing.draft).length > 0;
  const checked = useChecked(editing, isDirty);

  useEffect(() => {
    keep(tenant, sync.id, isDirty ? { base: editing.base, draft: editing.draft, at: Date.now() } : null);
  }, [editing, isDirty]);
  useEffect(() => {
    if (!isDirty) return undefined;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [isDirty]);

  const current = useRef(editing);
  current.current = editing;
  const save = useCallback(async (enabled?: boolean): Promise<Sync> => {
    const { base, draft } = current.current;
    const body = { ...sent(draft), revision: base.revision, ...(enabled === undefined ? {} : { enabled }) };
    try {
      const saved = await ask(api.PUT('/console/api/syncs/{sync}', { params: { path: { sync: base.id } }, body }));
      dispatch({ do: 'saved', sync: saved });
      onSaved(saved);
      return saved;
    } catch (error) {
      if (error instanceof ApiError && (error.status === 409 || error.status === 412) && error.code === 'conflict') setTheirs(await read(base.id));
      throw error;
    }
  }, []);
  const resolve = (change: Change): void => {
    setTheirs(null);
    dispatch(change);
  };
  return { editing, dispatch, found, isDirty, checked, theirs, save, resolve };
}

const read = (id: string): Promise<Sync> => ask(api.GET('/console/api/syncs/{sync}', { params: { path: { sync: id } } }));

function takenUp(tenant: string, sync: Sync): Editing {
  const kept = keptDraft(tenant, sync.id);
  return kept ? { base: kept.base, draft: kept.draft, past: [begun(kept.base).draft], future: [], step: '' } : begun(sync);
}

/** Ask the server what is wrong with the draft, once a person pauses; what it found before stays until then. */
function useChecked(editing: Editing, isDirty: boolean): Checked {
  const [checked, show] = useState<Checked>({ problems: editing.base.problems ?? [], isChecking: false, error: undefined });
  const body = JSON.stringify(sent(editing.draft));
  useEffect(() => {
    if (!isDirty) {
      show({ problems: editing.base.problems ?? [], isChecking: false, error: undefined });
      return undefined;
    }
    const cancelled = new AbortController();
    const timer = setTimeout(async () => {
      show((before) => ({ ...before, isChecking: true }));
      try {
        const { problems } = await ask(api.POST('/console/api/syncs/check', { body: JSON.parse(body), signal: cancelled.signal }));
        show({ problems, isChecking: false, error: undefined });
      } catch (error) {
        if (!cancelled.signal.aborted) show((before) => ({ ...before, isChecking: false, error: error as ApiError }));
      }
    }, CHECK_AFTER_MS);
    return () => {
      clearTimeout(timer);
      cancelled.abort();
    };
  }, [body, isDirty, editing.base]);
  return checked;
}

/** Ask before the page is left while there is a draft. */
export function useGuard(isDirty: boolean, asked: (goOn: () => void) => void): void {
  useEffect(() => {
    guard.ask = isDirty ? (goOn) => { asked(goOn); return false; } : null;
    return () => { guard.ask = null; };
  }, [isDirty]);
}
