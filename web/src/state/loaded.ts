/** What was read from the API: shown at once where it was read before, and read again behind it. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ApiError } from '../api/client.ts';

export interface Loaded<T> {
  data: T | undefined;
  error: ApiError | undefined;
  isLoading: boolean;
  reload: () => Promise<void>;
  replace: (data: T) => void;
}

const known = new Map<string, unknown>();

/** Forget what was read under keys that begin with this, so that nobody is shown what is no longer so. */
export function forget(prefix: string): void {
  for (const key of [...known.keys()]) if (key.startsWith(prefix)) known.delete(key);
}

/** Read something under a key; an empty key reads nothing yet. */
export function useLoaded<T>(key: string, read: () => Promise<T>): Loaded<T> {
  const [state, show] = useState<{ key: string; data: T | undefined; error: ApiError | undefined; isLoading: boolean }>(() => begun(key));
  const current = useRef({ key, read });
  current.current = { key, read };
  const reload = useCallback(async () => {
    const asked = current.current.key;
    if (!asked) return;
    show((before) => (before.key === asked ? { ...before, isLoading: true } : begun(asked)));
    try {
      const data = await current.current.read();
      known.set(asked, data);
      if (current.current.key === asked) show({ key: asked, data, error: undefined, isLoading: false });
    } catch (error) {
      if (current.current.key === asked) show((before) => ({ ...before, key: asked, error: error as ApiError, isLoading: false }));
    }
  }, []);
  useEffect(() => void reload(), [key, reload]);
  const replace = useCallback((data: T) => {
    known.set(current.current.key, data);
    show({ key: current.current.key, data, error: undefined, isLoading: false });
  }, []);
  const shown = state.key === key ? state : begun<T>(key);
  return { data: shown.data, error: shown.error, isLoading: shown.isLoading, reload, replace };
}

function begun<T>(key: string): { key: string; data: T | undefined; error: undefined; isLoading: boolean } {
  return { key, data: known.get(key) as T | undefined, error: undefined, isLoading: Boolean(key) };
}
