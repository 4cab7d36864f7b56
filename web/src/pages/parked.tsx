/** Changes that could not be written, by reason: one sentence, one remedy, a count, and what can be done with all of them. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, ask, type Schemas } from '../api/client.ts';
import { Empty, ErrorNote, Note, Pill, Skeleton, When } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { Confirm, type Question } from '../parts/dialog.tsx';
import { Link } from '../parts/link.tsx';
import { tell } from '../parts/toasts.tsx';
import { useLoaded } from '../state/loaded.ts';
import { route } from '../state/route.ts';
import { may } from '../state/session.ts';
import { useStore } from '../state/store.ts';
import { t } from '../text/index.ts';
import { ParkedEntries } from './parked-entries.tsx';
import { ExportButton, Filters, redrive, type Wanted } from './parked-tools.tsx';
import { placeOf } from './places.ts';
import { Redrives } from './redrives.tsx';

type Group = Schemas['Group'];

export function ParkedPage(): JSX.Element {
  const { code = '', source = '', key = '', group = '' } = useStore(route);
  const asked = Object.fromEntries(Object.entries({ code, source, key, group }).filter(([, value]) => value)) as Wanted;
  const isAsked = Object.keys(asked).length > 0;
  return isAsked ? <ParkedEntries key={JSON.stringify(asked)} asked={asked} /> : <ParkedGroups />;
}

function ParkedGroups(): JSX.Element {
  const groups = useLoaded('parked groups', () => ask(api.GET('/console/api/parked/groups')));
  const [question, setQuestion] = useState<Question | null>(null);
  const found = groups.data;
  const again = (wanted: Wanted, text: string): void => setQuestion({
    title: t('parked.again.title'), text: <p>{text}</p>, action: t('parked.again'),
    yes: async () => {
      await redrive(wanted);
      tell(t('parked.sent'));
      await groups.reload();
    },
  });
  const isThere = found !== undefined && found.groups.length > 0;
  return (
    <div class="stack">
      <div class="row spread">
        <h1 tabIndex={-1}>{t('nav.parked')}</h1>
        {isThere && <div class="row"><ExportButton wanted={{}} />{may('integrator') && <Button press={() => again({}, t('parked.again.all'))}>{t('parked.again.these')}</Button>}</div>}
      </div>
      <ErrorNote error={groups.error} again={() => void groups.reload()} />
      <Redrives moved={() => void groups.reload()} />
      {!found && !groups.error && <Skeleton lines={4} height={72} />}
      {found && !found.groups.length && <Empty title={t('parked.none')}><p>{t('parked.none.text')}</p></Empty>}
      {isThere && (
        <>
          {!found.is_complete && <Note>{t('parked.incomplete', { n: found.total })}</Note>}
          <Filters asked={{}} />
          <section class="card" aria-label={t('parked.groups')}>
            <ul class="lines">{found.groups.map((each) => <GroupLine key={each.group} group={each} again={again} />)}</ul>
          </section>
        </>
      )}
      {question && <Confirm question={question} close={() => setQuestion(null)} />}
    </div>
  );
}

function GroupLine({ group, again }: { group: Group; again: (wanted: Wanted, text: string) => void }): JSX.Element {
  const place = placeOf(group.place);
  const isElsewhere = place.section !== 'parked';
  return (
    <li>
      <div class="grow stack close">
        <p><span class="strong">{group.reason}</span> {group.retry_when && <Pill>{t('parked.by_itself')}</Pill>}</p>
        {group.remedy && <p class="quiet">{group.remedy}</p>}
        <p class="quiet small">{[group.source, group.sync].filter(Boolean).join(' · ')} · {t('parked.from')} <When at={group.first_parked_at} /> – <When at={group.last_parked_at} /> · <code>{group.code}</code></p>
      </div>
      <span class="figure" aria-label={t('parked.count', { n: group.count })}>{group.count}</span>
      <div class="row">
        {isElsewhere && <Link section={place.section} rest={place.rest} kind="button primary">{place.action}</Link>}
        <Link section="parked" rest={{ group: group.group }} kind="button">{t('needs.parked.see')}</Link>
        {may('integrator') && !group.retry_when && <Button press={() => again({ group: group.group }, t('parked.again.group', { n: group.count }))}>{t('parked.again')}</Button>}
      </div>
    </li>
  );
}
