import type { ComponentChildren, JSX } from 'preact';
import { addressOf, go } from '../state/route.ts';

/** A link to a page of the console. */
export function Link({ section, rest = {}, children, current, kind }: { section: string; rest?: Record<string, string>; children: ComponentChildren; current?: boolean; kind?: string }): JSX.Element {
  const open = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(section, rest);
  };
  return <a href={addressOf(section, rest)} class={kind} aria-current={current ? 'page' : undefined} onClick={open}>{children}</a>;
}
