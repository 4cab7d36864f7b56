/** What went well, said once at the edge of the page; what failed stands beside what it is about instead. */
import type { JSX } from 'preact';
import { createStore, useStore } from '../state/store.ts';
import { Note } from './basic.tsx';

const SHOWN_MS = 6000;
const messages = createStore<{ id: number; text: string }[]>([]);
let last = 0;

export function tell(text: string): void {
  const id = ++last;
  messages.update((before) => [...before, { id, text }]);
  setTimeout(() => messages.update((before) => before.filter((each) => each.id !== id)), SHOWN_MS);
}

export function Toasts(): JSX.Element {
  const shown = useStore(messages);
  return <div class="toasts" role="status" aria-live="polite">{shown.map((each) => <Note key={each.id} kind="good">{each.text}</Note>)}</div>;
}
