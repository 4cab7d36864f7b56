import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../text/index.ts';
import { Icon } from './icon.tsx';

/** Copies a text, and says so where it was pressed. */
export function CopyButton({ text }: { text: string }): JSX.Element {
  const [isDone, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), 2000);
  };
  return <button type="button" class="plain icon" aria-label={t('copy', { text })} title={t('copy', { text })} onClick={() => void copy()}><Icon name={isDone ? 'done' : 'copy'} /></button>;
}
