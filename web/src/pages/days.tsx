/** What happened per day, as bars; the same as a table for those who do not see them. */
import type { JSX } from 'preact';
import { Table } from '../parts/basic.tsx';
import { day, number, t } from '../text/index.ts';

export interface Day {
  date: string;
  written: number;
  unchanged: number;
  refused: number;
}

const HEIGHT = 60;
const STEP = 20;

export function Days({ days, waiting }: { days: readonly Day[]; waiting: number }): JSX.Element {
  const sum = (name: 'written' | 'unchanged' | 'refused'): number => days.reduce((total, each) => total + each[name], 0);
  const top = Math.max(1, ...days.map((each) => each.written + each.unchanged + each.refused));
  return (
    <>
      <svg class="bars" viewBox={`0 0 ${days.length * STEP} ${HEIGHT + 2}`} preserveAspectRatio="none" role="img" aria-label={t('days.chart')}>
        <line x1="0" x2={days.length * STEP} y1={HEIGHT + 1} y2={HEIGHT + 1} />
        {days.map((each, index) => {
          const written = (each.written / top) * HEIGHT;
          const unchanged = (each.unchanged / top) * HEIGHT;
          const refused = (each.refused / top) * HEIGHT;
          const x = index * STEP + 3;
          return [
            <rect key={`${each.date}a`} class="a" x={x} width={STEP - 6} y={HEIGHT - written} height={written} />,
            <rect key={`${each.date}b`} class="b" x={x} width={STEP - 6} y={HEIGHT - written - unchanged} height={unchanged} />,
            <rect key={`${each.date}c`} class="c" x={x} width={STEP - 6} y={HEIGHT - written - unchanged - refused} height={refused} />,
          ];
        })}
      </svg>
      <p class="row">
        <span class="key"><i aria-hidden="true" />{t('days.written', { n: sum('written') })}</span>
        <span class="key b"><i aria-hidden="true" />{t('days.unchanged', { n: sum('unchanged') })}</span>
        <span class="key c"><i aria-hidden="true" />{t('days.refused', { n: sum('refused') })}</span>
        <span class="quiet">{t('days.waiting', { n: waiting })}</span>
      </p>
      <details>
        <summary class="small quiet">{t('days.table')}</summary>
        <Table name={t('days')} heads={[t('days.day'), `#${t('days.written.head')}`, `#${t('days.unchanged.head')}`, `#${t('days.refused.head')}`]}>
          {days.map((each) => <tr key={each.date}><td>{day(each.date)}</td><td class="number">{number(each.written)}</td><td class="number">{number(each.unchanged)}</td><td class="number">{number(each.refused)}</td></tr>)}
        </Table>
      </details>
    </>
  );
}
