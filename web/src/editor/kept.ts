/** Drafts outlive a reload, a tab and a session: they stay in this browser, by tenant and sync, until they are saved or discarded. */
import type { Draft, Sync } from './draft.ts';

export interface Kept {
  base: Sync;
  draft: Draft;
  at: number;
}

const PREFIX = 'causeway:draft:';
const LONGEST_MS = 30 * 86_400_000;
const place = (tenant: string, id: string): string => `${PREFIX}${tenant}:${id}`;

export function keep(tenant: string, id: string, kept: Kept | null): void {
  try {
    if (kept) localStorage.setItem(place(tenant, id), JSON.stringify(kept));
    else localStorage.removeItem(place(tenant, id));
  } catch {
    // A browser that stores nothing still has the draft in the open page.
  }
}

export function keptDraft(tenant: string, id: string): Kept | null {
  try {
    const kept = JSON.parse(localStorage.getItem(place(tenant, id)) ?? 'null') as Kept | null;
    return kept && Array.isArray(kept.draft?.rows) && kept.base && Date.now() - kept.at < LONGEST_MS ? kept : null;
  } catch {
    return null;
  }
}

/** Return the ids of the syncs that have a draft here. */
export function keptIds(tenant: string): string[] {
  const prefix = place(tenant, '');
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  } catch {
    return [];
  }
}
