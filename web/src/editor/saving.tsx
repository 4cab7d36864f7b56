/** What a draft changes, and what to do when somebody else saved meanwhile. */
import type { JSX } from 'preact';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { t, tCode } from '../text/index.ts';
import { draftOf, type Change, type Editing, type Sync } from './draft.ts';
import { differences, rebased, type Difference } from './differences.ts';

const SIGNS = { added: '+', removed: '−', changed: '~', order: '↕' } as const;

export function Differences({ found }: { found: readonly Difference[] }): JSX.Element {
  if (!found.length) return <p class="quiet">{t('draft.none')}</p>;
  return (
    <ul class="diff">
      {found.map((each) => (
        <li key={each.what + each.name}>
          <span aria-hidden="true">{SIGNS[each.what]}</span>
          <div>
            <span class="only-read">{t(`diff.${each.what}`)}</span>
            <span class="strong">{each.what === 'order' ? t('diff.order') : each.isRule ? tCode('rule_name', each.name) : each.name}</span>
            {each.before && <> <del>{each.before}</del></>}
            {each.after && <> <ins>{each.after}</ins></>}
          </div>
        </li>
      ))}
    </ul>
  );
}

export function ConflictDialog({ editing, theirs, resolve }: { editing: Editing; theirs: Sync; resolve: (change: Change) => void }): JSX.Element {
  const { base, draft } = editing;
  const isSame = JSON.stringify(draftOf(base).rules.revision) === JSON.stringify(theirs.revision);
  return (
    <Dialog title={t('conflict.title')} close={() => resolve({ do: 'replace', base: theirs, draft: rebased(base, draft, theirs) })} isWide>
      <p>{t('conflict.text', { n: theirs.revision ?? 0, before: base.revision ?? 0 })}</p>
      <div class="grid">
        <section class="stack close"><h3>{t('conflict.theirs')}</h3>{isSame ? null : <Differences found={differences(base, draftOf(theirs))} />}</section>
        <section class="stack close"><h3>{t('conflict.mine')}</h3><Differences found={differences(base, draft)} /></section>
      </div>
      <div class="row end">
        <Button press={() => resolve({ do: 'replace', base: theirs, draft: draftOf(theirs) })}>{t('conflict.take')}</Button>
        <Button kind="primary" press={() => resolve({ do: 'replace', base: theirs, draft: rebased(base, draft, theirs) })}>{t('conflict.merge')}</Button>
      </div>
    </Dialog>
  );
}
