/** Pages of records in version 2, which carry accounts and owners once, read as those of version 1. */
import { Unreadable } from './errors.js';
import type { PulledRecord, RecordsMessage } from './generated/records.js';

type Data = PulledRecord['data'];

/** One record of such a page: what is empty is left out, and `data` is a place among the page's. */
interface SharingRecord extends Partial<Omit<PulledRecord, 'data'>> {
  readonly salesforce_id: string;
  readonly data?: number;
  readonly salesforce_lead_id?: string | null;
  readonly salesforce_contact_id?: string | null;
}

export interface SharedPage extends Omit<RecordsMessage, 'version' | 'records'> {
  readonly version: 2;
  readonly data: readonly Data[];
  readonly records: readonly SharingRecord[];
}

/** Return whether a message is a page of records in version 2. */
export function isSharedPage(raw: object): raw is SharedPage {
  const found = raw as Partial<Record<keyof SharedPage, unknown>>;
  const { version, tenant, data, records } = found;
  return version === 2 && typeof tenant === 'string' && Array.isArray(data) && Array.isArray(records);
}

/** Return a page of version 2 in the shape of version 1; throw Unreadable where a record names data that the page lacks. */
export function plainPage(page: SharedPage): RecordsMessage {
  const { data, records, ...head } = page;
  return { ...head, version: 1, records: records.map((record) => plain(record, page.sobject, data)) };
}

function plain(record: SharingRecord, sobject: string, shared: readonly Data[]): PulledRecord {
  const { data, salesforce_lead_id, salesforce_contact_id, ...rest } = record;
  const own = (name: string) => (sobject === name ? record.salesforce_id : null);
  const ids = {
    salesforce_lead_id: salesforce_lead_id === undefined ? own('Lead') : salesforce_lead_id,
    salesforce_contact_id: salesforce_contact_id === undefined ? own('Contact') : salesforce_contact_id,
  };
  if (data !== undefined && !shared[data]) throw new Unreadable(`The page has no data at place ${data}.`);
  const found: Data = data === undefined ? {} : { ...shared[data], ...ids };
  const empty = { key: null, signals: [], merged_into: null, converted: null };
  return { ...empty, ...rest, data: found } as PulledRecord;
}
