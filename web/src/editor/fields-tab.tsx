/** The rows of a mapping, with what is still missing and what suggests itself. */
import type { JSX, TargetedDragEvent } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { Problem } from '../api/client.ts';
import { Note } from '../parts/basic.tsx';
import { Button } from '../parts/button.tsx';
import { t } from '../text/index.ts';
import { emptyRow, type Change, type Draft, type Row } from './draft.ts';
import { orgOptions, productOptions, suggestions, type ProductField, type SObject } from './fields.ts';
import { MapRow } from './row.tsx';

export interface FieldsTabProps {
  draft: Draft;
  dispatch: (change: Change) => void;
  problems: readonly Problem[];
  productFields: readonly ProductField[];
  sobject: SObject | undefined;
  isReadOnly: boolean;
}

const NONE: readonly Problem[] = [];
const PEOPLE = ['Lead', 'Contact'];

export function FieldsTab({ draft, dispatch, problems, productFields, sobject, isReadOnly }: FieldsTabProps): JSX.Element {
  const { rules, rows } = draft;
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const org = useMemo(() => orgOptions(sobject, rules.direction ?? 'push'), [sobject, rules.direction]);
  const product = useMemo(() => productOptions(productFields), [productFields]);
  const ofRow = useMemo(() => byField(problems), [problems]);
  const current = useRef<readonly Row[]>(rows);
  current.current = rows;
  const unfold = useRef((key: string, isOpen: boolean) => setOpen((before) => {
    const next = new Set(before);
    if (isOpen) next.add(key);
    else next.delete(key);
    return next;
  })).current;
  const lead = useRef((place: string) => leadTo(place, current.current, dispatch)).current;
  const drag = useDragging(rows, dispatch);
  const named = new Set(rows.map((row) => row.salesforce.toLowerCase()));
  const others = problems.filter((each) => !each.field || !named.has(each.field.toLowerCase()));
  /** Add a row, or lead to the last one while it is still empty. */
  const add = (): void => {
    const last = rows.at(-1);
    const row = last && !last.product && !last.salesforce ? last : emptyRow();
    if (row !== last) dispatch({ do: 'add', row });
    focusSoon(`product:${row.key}`);
  };
  return (
    <div class="stack close">
      {others.map((each) => (
        <Note key={each.code + each.message} kind={each.level === 'error' ? 'bad' : 'warn'}>
          <p>{each.message}</p>
          {each.field && !isReadOnly && each.code === 'required_field_not_mapped' && <Button kind="link" press={() => { const row = { ...emptyRow(), salesforce: each.field! }; dispatch({ do: 'add', row }); focusSoon(`product:${row.key}`); }}>{t('fields.map_it', { name: each.field })}</Button>}
        </Note>
      ))}
      <div class="rows-head" aria-hidden="true"><span /><span>{t('row.product')}</span><span /><span>{t('row.org')}</span><span>{t('row.rule')}</span><span /></div>
      <ul class="rows" {...drag}>
        {rows.map((row, index) => (
          <MapRow key={row.key} row={row} index={index} count={rows.length} direction={rules.direction ?? 'push'} problems={ofRow.get(row.salesforce.toLowerCase()) ?? NONE}
            productFields={productFields} sobject={sobject} product={product} org={org} isOpen={open.has(row.key)} isReadOnly={isReadOnly} dispatch={dispatch} lead={lead} unfold={unfold} />
        ))}
      </ul>
      {PEOPLE.includes(rules.sobject) && rules.email === 'automatic' && rules.direction !== 'pull' && !named.has('email') && <p class="quiet small">{t('fields.email')}</p>}
      {!isReadOnly && (
        <div class="row">
          <button type="button" data-place="add" onClick={add}>{t('fields.add')}</button>
          <Suggested pairs={suggestions(productFields, sobject, rows)} add={(product_, salesforce) => dispatch({ do: 'add', row: { ...emptyRow(), product: product_, salesforce } })} />
        </div>
      )}
    </div>
  );
}

function Suggested({ pairs, add }: { pairs: ReturnType<typeof suggestions>; add: (product: string, salesforce: string) => void }): JSX.Element | null {
  if (!pairs.length) return null;
  return (
    <>
      <span class="quiet small">{t('fields.suggested')}</span>
      {pairs.map(([from, to]) => <Button key={to.name} kind="plain" press={() => { add(from.name, to.name); focusSoon('add'); }}>{from.name} → {to.label}</Button>)}
    </>
  );
}

function byField(problems: readonly Problem[]): Map<string, Problem[]> {
  const found = new Map<string, Problem[]>();
  for (const each of problems) if (each.field) found.set(each.field.toLowerCase(), [...(found.get(each.field.toLowerCase()) ?? []), each]);
  return found;
}

/** Focus a place once it is on the page. */
export function focusSoon(place: string): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-place="${place}"]`)?.focus());
}

/** Lead the focus on: to a place of a row, to the row after it (made where there is none), or to what follows a removed row. */
function leadTo(place: string, rows: readonly Row[], dispatch: (change: Change) => void): void {
  const [kind, key] = place.split(':') as [string, string];
  const at = rows.findIndex((row) => row.key === key);
  if (kind === 'after') return focusSoon(rows[at + 1] ? `product:${rows[at + 1]!.key}` : rows[at - 1] ? `product:${rows[at - 1]!.key}` : 'add');
  if (kind !== 'next') return focusSoon(place);
  const following = rows[at + 1];
  if (following) return focusSoon(`product:${following.key}`);
  const row = emptyRow();
  dispatch({ do: 'add', row });
  return focusSoon(`product:${row.key}`);
}

type OnDrag = (event: TargetedDragEvent<HTMLUListElement>) => void;
interface Dragging {
  onDragStart: OnDrag;
  onDragOver: OnDrag;
  onDrop: OnDrag;
}

/** Rows are dragged by their handles; the same is done by keys on the handle. */
function useDragging(rows: readonly Row[], dispatch: (change: Change) => void): Dragging {
  const dragged = useRef<string | null>(null);
  const keyAt = (event: Event): string | null => (event.target as Element).closest<HTMLElement>('[data-row]')?.dataset.row ?? null;
  return {
    onDragStart: (event) => {
      dragged.current = keyAt(event);
      event.dataTransfer?.setData('text/plain', dragged.current ?? '');
    },
    onDragOver: (event) => {
      if (dragged.current) event.preventDefault();
    },
    onDrop: (event) => {
      event.preventDefault();
      const to = rows.findIndex((row) => row.key === keyAt(event));
      if (dragged.current && to >= 0) dispatch({ do: 'move', key: dragged.current, to });
      dragged.current = null;
    },
  };
}
