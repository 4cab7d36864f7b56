/** An Id of a record as a link into the org, with a button that copies it. */
import type { JSX } from 'preact';
import { createStore, useStore } from '../state/store.ts';
import { t } from '../text/index.ts';
import { CopyButton } from './copy.tsx';

/** The address of the connected org, once it is known. */
export const orgAddress = createStore('');

export function SalesforceId({ id }: { id: string }): JSX.Element {
  const address = useStore(orgAddress);
  return (
    <span class="row tight mono">
      {address ? <a href={`${address}/${id}`} target="_blank" rel="noreferrer noopener" title={t('open_in_salesforce')}>{id}</a> : id}
      <CopyButton text={id} />
    </span>
  );
}
