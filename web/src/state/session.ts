/** Whose session this is. The token comes behind the `#` of the address, which no server sees, and stays in this tab. */
import { api, ask, useToken, type Schemas } from '../api/client.ts';
import { createStore } from './store.ts';

export type Role = Schemas['Role'];
export type Own = Schemas['OwnSession'];
const ORDER: Role[] = ['viewer', 'integrator', 'manager', 'operator'];
const STORED = 'session';

export const session = createStore<{ own: Own | null; ended: boolean; begun: boolean }>({ own: null, ended: false, begun: false });

const fragment = (): URLSearchParams => new URLSearchParams(location.hash.slice(1));

/** Take the token out of the address, or the one that this tab kept, and begin its session. */
export function begin(): Promise<void> {
  const given = fragment().get('session');
  if (given) {
    sessionStorage.setItem(STORED, given);
    const rest = fragment();
    rest.delete('session');
    history.replaceState(null, '', `${location.pathname}${location.search}#${rest}`);
  }
  return beginWith(sessionStorage.getItem(STORED), () => sessionStorage.removeItem(STORED));
}

/**
 * Begin the session of a token and read whose it is; throws what the API says against it.
 *
 * A page that embeds this one hands over a token of its own: it is kept nowhere, as browsers deny a frame any storage.
 */
export async function beginWith(token: string | null, forget: () => void = () => undefined): Promise<void> {
  const end = (): void => {
    forget();
    session.update((before) => ({ ...before, ended: true }));
  };
  useToken(token, end);
  if (!token) return end();
  const own = await ask(api.GET('/console/api/session'));
  session.set({ own, ended: false, begun: true });
}

/** Return whether the role of this session includes another; only what is shown depends on it, the API checks rights. */
export const may = (least: Role): boolean => ORDER.indexOf(session.get().own?.role ?? 'viewer') >= ORDER.indexOf(least);

// A second link opened in this tab changes only the fragment, which loads nothing: begin again, with its session.
addEventListener('hashchange', () => {
  if (fragment().get('session')) location.reload();
});
