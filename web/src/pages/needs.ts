/** What needs a person, worst first, each with the place where it is put right. */
import type { Schemas } from '../api/client.ts';
import { t } from '../text/index.ts';
import { placeOf } from './places.ts';

export interface Need {
  key: string;
  kind: 'bad' | 'warn';
  text: string;
  detail: string;
  action: string;
  section: string;
  rest?: Record<string, string>;
}

export function needsOf(overview: Schemas['Overview']): Need[] {
  return overview.needs.map((need, index) => {
    const { section, rest, action } = placeOf(need.place);
    const text = need.place.page === 'parked' && need.count ? t('needs.parked', { n: need.count, reason: need.message }) : need.message;
    return { key: `${index} ${need.code}`, kind: need.level === 'error' ? 'bad' : 'warn', text, detail: need.remedy, action, section, rest };
  });
}
