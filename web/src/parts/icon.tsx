/** Signs as drawings, because not every computer has every sign in its letters. */
import type { JSX } from 'preact';

const PATHS = {
  copy: 'M6 6h8v8H6zM4 10H2V2h8v2',
  done: 'M3 8l4 4 7-8',
  close: 'M4 4l8 8M12 4l-8 8',
  grip: 'M6 3v.01M10 3v.01M6 8v.01M10 8v.01M6 13v.01M10 13v.01',
  more: 'M3 8v.01M8 8v.01M13 8v.01',
  less: 'M3 10l5-5 5 5',
  undo: 'M6 3L2 7l4 4M2 7h7a4 4 0 010 8H6',
  redo: 'M10 3l4 4-4 4M14 7H7a4 4 0 000 8h3',
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }): JSX.Element {
  const isDotted = name === 'grip' || name === 'more';
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width={isDotted ? 2.4 : 1.6} stroke-linecap="round" stroke-linejoin="round">
      <path d={PATHS[name]} />
    </svg>
  );
}
