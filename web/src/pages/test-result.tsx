/** What a test of the connection found, worst first, with the rights per object. */
import type { JSX } from 'preact';
import type { Schemas } from '../api/client.ts';
import { Facts, Note, Pill, Table, type Kind } from '../parts/basic.tsx';
import { t } from '../text/index.ts';

const LEVELS: Record<string, Kind> = { error: 'bad', warning: 'warn', note: '' };

export function TestResult({ report }: { report: Schemas['TestReport'] }): JSX.Element {
  const right = (has: boolean): JSX.Element => <Pill kind={has ? 'good' : 'bad'}>{has ? t('yes') : t('no')}</Pill>;
  return (
    <div class="stack close">
      <h3>{t('test.title')}</h3>
      <Note kind={report.ok ? 'good' : 'bad'}>{report.ok ? t('test.ok') : t('test.not_ok')}</Note>
      <Facts pairs={[
        [t('connection.org'), report.org?.name],
        [t('test.edition'), report.org?.edition],
        [t('connection.user'), report.user && `${report.user.name} (${report.user.username})`],
        [t('test.calls'), report.usage && t('test.calls.of', { used: report.usage.used, allowed: report.usage.allowed })],
      ]} />
      <ul class="stack close">
        {report.findings.map((each) => <li key={each.code + each.message}><Note kind={LEVELS[each.level] ?? ''}><p>{each.message}</p><p class="small">{each.remedy}</p></Note></li>)}
      </ul>
      {report.sobjects.length > 0 && (
        <Table name={t('test.rights')} heads={[t('object'), t('test.read'), t('test.create'), t('test.edit')]}>
          {report.sobjects.map((each) => <tr key={each.name}><td>{each.name}</td><td>{right(each.read)}</td><td>{right(each.create)}</td><td>{right(each.edit)}</td></tr>)}
        </Table>
      )}
    </div>
  );
}

