/** Who somebody is in Salesforce now: asked when a person presses, because it costs one API call; nothing is written. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, ask, type Schemas } from '../api/client.ts';
import { Facts, Note, Pill, When } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { SalesforceId } from '../parts/salesforce-id.tsx';
import { may } from '../state/session.ts';
import { t } from '../text/index.ts';

export type Item = Schemas['LookupItem'];
type Answer = Schemas['LookupAnswer'];
type Result = Schemas['LookupResult'];

const ID = /^[A-Za-z0-9]{5}0[A-Za-z0-9]{9}([A-Za-z0-9]{3})?$/;

const NAMES = { Lead: ['Name', 'Title'], Contact: ['Name', 'Title'] }; // a viewer gets what a sync maps, and no more

/** Return what a typed text names: an address, a Salesforce Id, or else a company. */
export function itemOf(text: string): Item {
  if (text.includes('@')) return { email: text };
  return ID.test(text) ? { salesforce_id: text } : { company: text };
}

export function WhoIsThis({ items }: { items: readonly Item[] }): JSX.Element {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const look = async (): Promise<void> => setAnswer(await ask(api.POST('/console/api/lookups', { body: { items: [...items], fields: may('integrator') ? NAMES : {}, counts: true, max_age_s: 60 } })));
  return (
    <section class="card stack" aria-labelledby="who">
      <div class="row spread"><h2 id="who">{t('who')}</h2><Button press={look}>{t(answer ? 'who.again' : 'who.ask')}</Button></div>
      {!answer && <p class="quiet small">{t('who.text')}</p>}
      <div class="stack" aria-live="polite">
        {answer?.results.map((each, index) => <Found key={index} result={each} />)}
        {answer?.problems.map((each) => <Note key={each.field} kind="warn">{each.message}</Note>)}
        {answer && <p class="quiet small">{t('who.read')} <When at={answer.read_at} /> · {t('who.calls', { n: answer.api_calls })}</p>}
      </div>
    </section>
  );
}

function Found({ result }: { result: Result }): JSX.Element {
  if (!result.found) return <Note>{result.detail ?? t('who.nobody')}</Note>;
  const { lead, contact, account, owner, record } = result;
  return (
    <div class="stack close">
      <Facts pairs={[
        [t('who.lead'), lead && <Person person={lead} />],
        [t('who.contact'), contact && <Person person={contact} />],
        [t('who.account'), account && <span class="row"><span>{account.name}</span><SalesforceId id={account.id} /></span>],
        [record?.sobject ?? '', record && <SalesforceId id={record.id} />],
        [t('who.owner'), owner && [owner.name, owner.email].filter(Boolean).join(' · ')],
        [t('who.opportunities'), account?.open_opportunities === null ? '' : account?.open_opportunities],
        [t('who.cases'), account?.open_cases === null ? '' : account?.open_cases],
      ]} />
      {result.signals.length > 0 && <p class="row"><span class="quiet">{t('signals')}</span>{result.signals.map((name) => <Pill key={name} kind="good">{name}</Pill>)}</p>}
      {result.candidates.length > 1 && <p class="row small"><span class="quiet">{t('try.candidates')}</span>{result.candidates.filter((each) => !each.chosen).map((each) => <SalesforceId key={each.id} id={each.id} />)}</p>}
    </div>
  );
}

function Person({ person }: { person: Schemas['FoundPerson'] }): JSX.Element {
  const name = [person.values.Name, person.values.Title].filter(Boolean).join(' · ');
  return <span class="row">{name && <span>{name}</span>}<SalesforceId id={person.id} />{person.is_converted && <Pill>{t('who.converted')}</Pill>}</span>;
}
