/** Filters that a person keeps in this browser, by tenant and page; a browser that stores nothing keeps none. */
export type Filter = Readonly<Record<string, string>>;

const MOST = 12;
const place = (tenant: string, page: string): string => `causeway:filters:${tenant}:${page}`;
const same = (a: Filter, b: Filter): boolean => nameOf(a) === nameOf(b);

/** Return what a filter looks for, as its name. */
export const nameOf = (filter: Filter): string => Object.keys(filter).toSorted().map((key) => filter[key]).filter(Boolean).join(' · ');

/** Return the filters with one more, first, or without one that is there already. */
export function toggled(kept: readonly Filter[], filter: Filter): Filter[] {
  const others = kept.filter((each) => !same(each, filter));
  return others.length < kept.length ? others : [filter, ...kept].slice(0, MOST);
}

export const isKept = (kept: readonly Filter[], filter: Filter): boolean => kept.some((each) => same(each, filter));

export function keptFilters(tenant: string, page: string): Filter[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(place(tenant, page)) ?? '[]');
    return Array.isArray(found) ? (found as Filter[]).filter((each) => each && typeof each === 'object') : [];
  } catch {
    return [];
  }
}

export function keepFilters(tenant: string, page: string, filters: readonly Filter[]): void {
  try {
    localStorage.setItem(place(tenant, page), JSON.stringify(filters));
  } catch {
    // They are there until the page is closed.
  }
}
