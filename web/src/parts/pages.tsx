/** A list that the API gives in pages: the first at once, the others when they are asked for. */
import { useRef } from 'preact/hooks';
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
  const opened = useRef({ key, pages: 1 });
  if (opened.current.key !== key) opened.current = { key, pages: 1 };
  const loaded = useLoaded(key, async () => {
    let items: T[] = [];
    let next: string | null | undefined;
    for (let page = 0; page < opened.current.pages && next !== null; page++) { // what was opened stays so when the list is read again
      const found = await read(next ?? undefined);
      items = [...items, ...found.items];
      next = found.next ?? null;
    }
    return { items, next: next ?? null };
  });
  const goOn = async (): Promise<void> => {
    const before = loaded.data!;
    const page = await read(before.next ?? undefined);
    opened.current.pages += 1;
    loaded.replace({ items: [...before.items, ...page.items], next: page.next ?? null });
  };
  const more = loaded.data?.next ? <div><Button press={goOn}>{t('more')}</Button></div> : null;
  return { items: loaded.data?.items, loaded, more };
}
