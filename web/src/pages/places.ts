/** Where the API says that something is put right, as a page of the console. */
import type { Schemas } from '../api/client.ts';
import { t } from '../text/index.ts';

export interface There {
  section: string;
  rest: Record<string, string>;
  action: string;
}

export function placeOf(place: Schemas['Place']): There {
  switch (place.page) {
    case 'sync':
      return { section: 'syncs', rest: place.sync ? { id: place.sync } : {}, action: t('place.sync') };
    case 'syncs':
      return { section: 'syncs', rest: {}, action: t('place.syncs') };
    case 'connection':
      return { section: 'connection', rest: {}, action: t('place.connection') };
    case 'history':
      return { section: 'history', rest: place.sync ? { sync: place.sync } : {}, action: t('place.history') };
    case 'model':
      return { section: 'model', rest: { part: 'org' }, action: t('place.model') };
    default:
      return { section: 'parked', rest: place.group ? { group: place.group } : {}, action: t('needs.parked.see') };
  }
}
