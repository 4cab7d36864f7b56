/** One row of a mapping: the product's field, Salesforce's field, when it is written, and what is wrong with it. */
import type { JSX } from 'preact';
import { Button } from '../parts/button.tsx';
import { Combobox } from '../parts/combobox.tsx';
import { Icon } from '../parts/icon.tsx';
import { memo } from '../parts/memo.tsx';
import { Note, Select } from '../parts/basic.tsx';
import type { Option } from '../parts/search.ts';
import type { Problem } from '../api/client.ts';
import { t } from '../text/index.ts';
import type { Change, Row } from './draft.ts';
import { fieldNamed, typeText, type ProductField, type SObject } from './fields.ts';
import { RowDetails } from './row-details.tsx';

export interface RowProps {
  row: Row;
  index: number;
  count: number;
  direction: string;
  problems: readonly Problem[];
  productFields: readonly ProductField[];
  sobject: SObject | undefined;
  product: readonly Option[];
  org: readonly Option[];
  isOpen: boolean;
  isReadOnly: boolean;
  dispatch: (change: Change) => void;
  lead: (place: string) => void;
  unfold: (key: string, isOpen: boolean) => void;
}

export const WRITE_RULES = ['overwrite', 'if_empty', 'create_only', 'append'] as const;

function MapRowOnce(props: RowProps): JSX.Element {
  const { row, index, count, problems, isReadOnly, dispatch, lead, unfold } = props;
  const field = fieldNamed(props.sobject, row.salesforce);
  const known = props.productFields.find((each) => each.name === row.product);
  const problemsId = `problems-${row.key}`;
  const isWrong = problems.some((each) => each.level === 'error');
  const usual = row.salesforce.includes('.') ? 'if_empty' : 'overwrite';
  const name = row.salesforce || row.product || t('row.new');
  const move = (to: number): void => {
    dispatch({ do: 'move', key: row.key, to });
    lead(document.activeElement?.getAttribute('data-place') ?? `handle:${row.key}`);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!event.altKey || !['ArrowUp', 'ArrowDown', 'Enter'].includes(event.key)) return;
    event.preventDefault();
    if (event.key === 'Enter') {
      unfold(row.key, true);
      lead(`default:${row.key}`);
    } else if (!isReadOnly) move(index + (event.key === 'ArrowUp' ? -1 : 1));
  };
  return (
    <li class="map-row" onKeyDown={onKeyDown} data-row={row.key} aria-label={t('row.label', { at: index + 1, count, name })}>
      <div class="line">
        {isReadOnly ? <span /> : (
          <button type="button" class="plain handle" draggable data-place={`handle:${row.key}`} aria-label={t('row.move', { name })} title={t('row.move.how')} onKeyDown={(event) => {
            if (event.altKey || !['ArrowUp', 'ArrowDown'].includes(event.key)) return;
            event.preventDefault();
            move(index + (event.key === 'ArrowUp' ? -1 : 1));
          }}><Icon name="grip" /></button>
        )}
        <div class="cell-product">
          <Combobox label={t('row.product')} value={row.product} options={props.product} isReadOnly={isReadOnly} place={`product:${row.key}`} placeholder={t('row.product.choose')}
            change={(product) => dispatch({ do: 'row', key: row.key, patch: { product } })} other={(text) => t('row.expression', { text })} next={() => lead(`org:${row.key}`)} />
          {known && (known.label || known.learned) && <div class="under">{known.label || t('product.learned')}</div>}
        </div>
        <span class="arrow-to" aria-hidden="true">{props.direction === 'push' ? '→' : props.direction === 'pull' ? '←' : '↔'}</span>
        <div class="cell-org">
          <Combobox label={t('row.org')} value={row.salesforce} options={props.org} isReadOnly={isReadOnly} isInvalid={isWrong} describedBy={problems.length ? problemsId : undefined} place={`org:${row.key}`} placeholder={t('row.org.choose')}
            change={(salesforce) => dispatch({ do: 'row', key: row.key, patch: { salesforce } })} other={(text) => t('row.use', { text })} next={() => lead(`next:${row.key}`)} />
          {field && <div class="under">{field.required && <span title={t('field.required')}>★ </span>}{field.name} · {typeText(field)}</div>}
        </div>
        <div class="cell-rule">
          <Select label={t('row.rule')} disabled={isReadOnly || props.direction === 'pull'} value={row.write_rule ?? usual} options={WRITE_RULES.map((rule) => [rule, t(`rule.${rule}`)] as const)}
            change={(rule) => dispatch({ do: 'row', key: row.key, patch: { write_rule: rule === usual ? null : rule } })} />
        </div>
        <div class="row cell-more end">
          <button type="button" class="plain icon" data-place={`more:${row.key}`} aria-expanded={props.isOpen} aria-label={t('row.more', { name })} title={t('row.more.title')} onClick={() => { unfold(row.key, !props.isOpen); if (!props.isOpen) lead(`default:${row.key}`); }}><Icon name={props.isOpen ? 'less' : 'more'} /></button>
          {!isReadOnly && <Button kind="icon" label={t('row.remove', { name })} press={() => { lead(`after:${row.key}`); dispatch({ do: 'remove', key: row.key }); }}><Icon name="close" /></Button>}
        </div>
      </div>
      {(row.default !== null && row.default !== undefined && row.default !== '') || Object.keys(row.values ?? {}).length ? (
        <p class="under">{row.default !== null && row.default !== undefined && row.default !== '' && t('row.default.said', { value: String(row.default) })} {Object.keys(row.values ?? {}).length > 0 && t('row.values.said', { n: Object.keys(row.values ?? {}).length })}</p>
      ) : null}
      <div class="problems" id={problemsId}>{problems.map((each) => <Note key={each.code + each.message} kind={each.level === 'error' ? 'bad' : 'warn'}>{each.message}</Note>)}</div>
      {props.isOpen && <RowDetails {...props} field={field} />}
    </li>
  );
}

export const MapRow = memo(MapRowOnce);
