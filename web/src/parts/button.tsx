/** Buttons: they stay where they are and keep the focus while they work; what fails is said beside them. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api/client.ts';
import { t } from '../text/index.ts';

export interface ButtonProps {
  children: ComponentChildren;
  press: () => unknown;
  kind?: '' | 'primary' | 'danger' | 'plain' | 'link' | 'icon';
  label?: string;
  disabled?: boolean;
  pressed?: boolean;
  expanded?: boolean;
  keys?: string;
}

export function Button({ children, press, kind = '', label, disabled, pressed, expanded, keys }: ButtonProps): JSX.Element {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const isThere = useRef(true);
  useEffect(() => () => void (isThere.current = false), []);
  const run = async (): Promise<void> => {
    if (isBusy || disabled) return;
    setError(null);
    const working = press();
    if (!(working instanceof Promise)) return;
    setBusy(true);
    try {
      await working;
    } catch (problem) {
      if (isThere.current) setError(problem as Error);
    } finally {
      if (isThere.current) setBusy(false);
    }
  };
  return (
    <>
      <button type="button" class={kind === 'icon' ? 'plain icon' : kind} aria-label={label} title={label ?? (keys ? keys : undefined)} aria-disabled={isBusy || disabled ? 'true' : undefined} aria-pressed={pressed} aria-expanded={expanded} aria-keyshortcuts={keys} onClick={() => void run()}>
        {children}
        {isBusy && <span aria-hidden="true">…</span>}
      </button>
      {error && <Refused error={error} close={() => setError(null)} />}
    </>
  );
}

function Refused({ error, close }: { error: Error; close: () => void }): JSX.Element {
  const remedy = error instanceof ApiError ? error.remedy : '';
  const problems = error instanceof ApiError ? error.problems.filter((each) => each.level === 'error') : [];
  return (
    <div class="note bad" role="alert">
      <span class="mark-sign" aria-hidden="true">✕</span>
      <div>
        {problems.length > 1 ? <ul>{problems.map((each) => <li key={each.message}>{each.message}</li>)}</ul> : <p class="strong">{error.message}</p>}
        {remedy && <p>{remedy}</p>}
        <button type="button" class="link" onClick={close}>{t('close')}</button>
      </div>
    </div>
  );
}
