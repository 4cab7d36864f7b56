/** The pages of the console, in the order of their links. */
import type { JSX } from 'preact';
import { ConnectionPage } from '../pages/connection.tsx';
import { DataModelPage } from '../pages/data-model.tsx';
import { HistoryPage } from '../pages/history.tsx';
import { OverviewPage } from '../pages/overview.tsx';
import { PanelPage } from '../pages/panel.tsx';
import { ParkedPage } from '../pages/parked.tsx';
import { RecordsPage } from '../pages/records.tsx';
import { SubscriptionsPage } from '../pages/subscriptions.tsx';
import { SyncsPage } from '../pages/syncs.tsx';
import { TenantsPage } from '../pages/tenants.tsx';
import { may, type Role } from '../state/session.ts';
import type { Key } from '../text/index.ts';

export interface Section {
  key: string;
  name: Key;
  Page: () => JSX.Element;
  least?: Role;
}

const ALL: readonly Section[] = [
  { key: 'overview', name: 'nav.overview', Page: OverviewPage },
  { key: 'syncs', name: 'nav.syncs', Page: SyncsPage },
  { key: 'records', name: 'nav.records', Page: RecordsPage },
  { key: 'parked', name: 'nav.parked', Page: ParkedPage },
  { key: 'history', name: 'nav.history', Page: HistoryPage },
  { key: 'model', name: 'nav.model', Page: DataModelPage },
  { key: 'connection', name: 'nav.connection', Page: ConnectionPage },
  { key: 'subscriptions', name: 'nav.subscriptions', Page: SubscriptionsPage, least: 'integrator' },
  { key: 'tenants', name: 'nav.tenants', Page: TenantsPage, least: 'operator' },
];

/** One source's panel, which only a page of a product shows. */
export const PANEL: Section = { key: 'panel', name: 'nav.syncs', Page: PanelPage };

export const sections = (): Section[] => ALL.filter((each) => !each.least || may(each.least));
