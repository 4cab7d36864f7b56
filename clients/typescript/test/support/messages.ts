/** Messages as a deployment sends them. */
import type { OutcomesMessage } from '../../src/generated/outcomes.js';
import type { RecordsMessage } from '../../src/generated/records.js';

export function outcomesBody(...keys: string[]): string {
  const message: OutcomesMessage = {
    version: 1,
    type: 'outcomes',
    tenant: 'acme',
    source: 'lead',
    run: null,
    outcomes: keys.map((key) => ({
      key,
      sync: 'lead-contact',
      sobject: 'Contact',
      result: 'created',
      code: null,
      detail: null,
      remedy: null,
      salesforce_id: '003000000000001AAA',
      fields_written: [],
      warnings: [],
      candidates: [],
      data: {},
      signals: [],
    })),
  };
  return JSON.stringify(message);
}

export function recordsBody(pageId: string): string {
  const message: RecordsMessage = {
    version: 1,
    type: 'records',
    tenant: 'acme',
    source: 'lead',
    sync: 'lead-contact',
    sobject: 'Contact',
    run: 'run-1',
    page: 1,
    page_id: pageId,
    last: true,
    records: [],
  };
  return JSON.stringify(message);
}

export function eventBody(id: string): string {
  return JSON.stringify({
    version: '0',
    id,
    'detail-type': 'connection.status_changed',
    source: 'causeway',
    time: '2026-11-20T10:00:00Z',
    detail: { tenant: 'acme' },
  });
}
