/** A list that the API gives in pages: the first at once, the others when they are asked for. */
import { useCallback, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { useLoaded, type Loaded } from '../state/loaded.ts';
import { t } from '../text/index.ts';
import { Button } from './button.tsx';

export interface Listed<T> {
  items: T[] | undefined;
  loaded: Loaded<{ items: T[]; next: string | null }>;
  more: JSX.Element | null;
}

export function useListed<T>(key: string, read: (next: string | undefined) => Promise<{ items: T[]; next: string | null | undefined }>): Listed<T> {
  const loaded = useLoaded(key, async () => {
    const first = await read(undefined);
    return { items: first.items, next: first.next ?? null };
  });
  const [count, setCount] = useState(0);
  const goOn = useCallback(async () => {
    const before = loaded.data!;
    const page = await read(before.next ?? undefined);
    loaded.replace({ items: [...before.items, ...page.items], next: page.next ?? null });
    setCount(count + 1);
  }, [loaded.data, count]);
  const more = loaded.data?.next ? <div><Button press={goOn}>{t('more')}</Button></div> : null;
  return { items: loaded.data?.items, loaded, more };
}
