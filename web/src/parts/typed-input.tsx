/** A field that takes effect when it is left or by Enter: what is typed meanwhile stays, whatever else on the page changes. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

export interface TypedInputProps {
  label: string;
  value: string;
  take: (text: string) => void;
  type?: string;
  min?: number | undefined;
  width?: string;
  isReadOnly?: boolean;
  placeholder?: string;
}

export function TypedInput({ label, value, take, type = 'text', min, width, isReadOnly, placeholder }: TypedInputProps): JSX.Element {
  const [typed, setTyped] = useState<string | null>(null);
  const leave = (): void => {
    if (typed !== null && typed !== value) take(typed);
    setTyped(null);
  };
  return <input {...{ type: type as 'text' }} aria-label={label} min={min} style={width ? { width } : undefined} value={typed ?? value} readOnly={isReadOnly} placeholder={placeholder} onInput={(event) => setTyped(event.currentTarget.value)} onBlur={leave} onKeyDown={(event) => event.key === 'Enter' && !event.ctrlKey && leave()} />;
}
