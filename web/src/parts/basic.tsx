/** Small parts of every page: notes, pills, facts, times, empty and loading states. */
import type { ComponentChildren, JSX } from 'preact';
import type { ApiError } from '../api/client.ts';
import { moment, t } from '../text/index.ts';
import { Button } from './button.tsx';

export type Kind = 'good' | 'warn' | 'bad' | '';
const SIGNS: Record<Kind, string> = { good: '✓', warn: '⚠', bad: '✕', '': 'i' };

export function Pill({ kind = '', children }: { kind?: Kind; children: ComponentChildren }): JSX.Element {
  return (
    <span class={`pill ${kind}`}>
      <span aria-hidden="true">{kind ? SIGNS[kind] : '○'}</span>
      {children}
    </span>
  );
}

export function Note({ kind = '', children, id }: { kind?: Kind; children: ComponentChildren; id?: string }): JSX.Element {
  return (
    <div class={`note ${kind}`} id={id}>
      <span class="mark-sign" aria-hidden="true">{SIGNS[kind]}</span>
      <div>{children}</div>
    </div>
  );
}

/** An error beside what it is about: what, why, what to do; the code small, for support. */
export function ErrorNote({ error, again }: { error: ApiError | undefined; again?: () => void }): JSX.Element | null {
  if (!error) return null;
  return (
    <div role="alert">
      <Note kind="bad">
        <p class="strong">{error.message}</p>
        {error.remedy && <p>{error.remedy}</p>}
        <p class="row">
          {again && <Button kind="link" press={again}>{t('again')}</Button>}
          {error.code && error.code !== 'unknown' && <code class="quiet">{error.code}</code>}
        </p>
      </Note>
    </div>
  );
}

export function Skeleton({ lines = 3, height = 24 }: { lines?: number; height?: number }): JSX.Element {
  return (
    <div class="stack close" role="status">
      <span class="only-read">{t('loading')}</span>
      {Array.from({ length: lines }, (_, index) => <div key={index} class="skeleton" style={{ height: `${height}px` }} />)}
    </div>
  );
}

export function Empty({ title, children, isPage }: { title: string; children?: ComponentChildren; isPage?: boolean }): JSX.Element {
  return (
    <div class="card empty">
      {isPage ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children}
    </div>
  );
}

export function Facts({ pairs }: { pairs: [string, ComponentChildren][] }): JSX.Element {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== false);
  return <dl class="facts">{shown.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name}=`}>{value}</dd>])}</dl>;
}

export function When({ at, zone }: { at: string | number | null | undefined; zone?: string }): JSX.Element | null {
  if (at === null || at === undefined || at === '') return null;
  return <time dateTime={new Date(at).toISOString()}>{moment(at, zone)}</time>;
}

export function Field({ label, hint, children }: { label: string; hint?: ComponentChildren; children: ComponentChildren }): JSX.Element {
  const field = (
    <label class="field">
      <span>{label}</span>
      {children}
    </label>
  );
  return hint ? <div class="field">{field}<small class="hint">{hint}</small></div> : field;
}

export function Check(props: { label: ComponentChildren; checked: boolean; change: (value: boolean) => void; disabled?: boolean }): JSX.Element {
  return (
    <label class="check">
      <input type="checkbox" checked={props.checked} disabled={props.disabled} onChange={(event) => props.change(event.currentTarget.checked)} />
      <span>{props.label}</span>
    </label>
  );
}

export function Select<T extends string>(props: { value: T; options: readonly (readonly [T, string])[]; change: (value: T) => void; label?: string; disabled?: boolean }): JSX.Element {
  return (
    <select aria-label={props.label} disabled={props.disabled} value={props.value} onChange={(event) => props.change(event.currentTarget.value as T)}>
      {props.options.map(([value, text]) => <option key={value} value={value}>{text}</option>)}
    </select>
  );
}

/** A table in a place of its own that scrolls, named for those who do not see it. */
export function Table({ name, heads, children }: { name: string; heads: readonly string[]; children: ComponentChildren }): JSX.Element {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={name}>
      <table>
        <thead>
          <tr>{heads.map((head, index) => <th key={index} scope="col" class={head.startsWith('#') ? 'number' : ''}>{head.replace('#', '') || <span class="only-read">{t('actions')}</span>}</th>)}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
