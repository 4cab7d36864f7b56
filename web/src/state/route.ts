/** Which page is open, kept behind the `#` of the address so that reloading and going back work. */
import { createStore } from './store.ts';

export type Route = Readonly<Record<string, string>> & { readonly section: string };

/** Read the address; the session's token is no part of a route, so that it is never written back. */
function read(): Route {
  const said = new URLSearchParams(location.hash.slice(1));
  said.delete('session');
  return { section: '', ...Object.fromEntries(said) };
}

export const route = createStore<Route>(read());

/** Asked before a page is left; answers false to stay (and then goes on by itself, if a person wants). */
export const guard: { ask: ((goOn: () => void) => boolean) | null } = { ask: null };

export const addressOf = (section: string, rest: Record<string, string> = {}): string => `#${new URLSearchParams({ section, ...rest })}`;

/** Open a page, unless what is open asks to stay. */
export function go(section: string, rest: Record<string, string> = {}): void {
  const open = (): void => {
    history.pushState(null, '', addressOf(section, rest));
    route.set(read());
    scrollTo(0, 0);
  };
  if (!guard.ask || guard.ask(open)) open();
}

/** Change what the address says of the open page, without leaving it. */
export function note(rest: Record<string, string>): void {
  const { section, ...before } = route.get();
  const named = Object.entries({ ...before, ...rest }).filter(([, value]) => value);
  history.replaceState(null, '', addressOf(section, Object.fromEntries(named)));
  route.set(read());
}

addEventListener('popstate', () => route.set(read()));
addEventListener('hashchange', () => route.set(read()));
