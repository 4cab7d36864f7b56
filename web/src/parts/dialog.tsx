/** A question or a look at something, above the page; the focus goes back to where it came from. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../text/index.ts';
import { Button } from './button.tsx';

export function Dialog({ title, close, children, isWide }: { title: string; close: () => void; children: ComponentChildren; isWide?: boolean }): JSX.Element {
  const box = useRef<HTMLDialogElement>(null);
  const name = useId();
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const main = document.getElementById('main');
    box.current?.showModal();
    return () => (before?.isConnected ? before : main)?.focus();
  }, []);
  return (
    <dialog ref={box} class={isWide ? 'wide' : ''} aria-labelledby={name} onCancel={(event) => { event.preventDefault(); close(); }}>
      <div class="stack">
        <h2 id={name}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

export interface Question {
  title: string;
  text: ComponentChildren;
  action: string;
  isDangerous?: boolean;
  yes: () => unknown;
}

export function Confirm({ question, close }: { question: Question; close: () => void }): JSX.Element {
  const yes = async (): Promise<void> => {
    await question.yes();
    close();
  };
  return (
    <Dialog title={question.title} close={close}>
      <div class="stack close">{question.text}</div>
      <div class="row end">
        <Button press={close}>{t('cancel')}</Button>
        <Button kind={question.isDangerous ? 'danger' : 'primary'} press={yes}>{question.action}</Button>
      </div>
    </Dialog>
  );
}
