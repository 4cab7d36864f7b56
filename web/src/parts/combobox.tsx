/** A field one types into and chooses from (ARIA combobox): what is typed stays the reader's, and is chosen by Enter or by leaving. */
import type { JSX, TargetedInputEvent } from 'preact';
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { number, t } from '../text/index.ts';
import { found, type Option } from './search.ts';

export interface ComboboxProps {
  value: string;
  options: readonly Option[];
  change: (value: string) => void;
  label: string;
  /** What a text that is no option means; without it, only options can be chosen. */
  other?: (text: string) => string;
  /** Called after Enter has chosen, to lead the focus on. */
  next?: () => void;
  isReadOnly?: boolean;
  isInvalid?: boolean;
  describedBy?: string | undefined;
  placeholder?: string;
  place?: string;
  inputRef?: (element: HTMLInputElement | null) => void;
}

const SHOWN = 40;

export function Combobox(props: ComboboxProps): JSX.Element {
  const { value, options, change, label, other, next, isReadOnly } = props;
  const [typed, setTyped] = useState<string | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const [isUp, setUp] = useState(false);
  const input = useRef<HTMLInputElement | null>(null);
  const id = useId();
  const matches = useMemo(() => (isOpen ? found(options, typed ?? '', SHOWN, typed && other ? other(typed) : '') : { shown: [], more: 0 }), [isOpen, options, typed]);
  const chosen = matches.shown[at];

  useLayoutEffect(() => {
    if (!isOpen || !input.current) return;
    const place = input.current.getBoundingClientRect();
    setUp(place.bottom + 330 > innerHeight && place.top > 330);
  }, [isOpen]);
  useEffect(() => {
    if (isOpen) document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: 'nearest' });
  }, [at, isOpen]);

  const open = (): void => {
    if (isReadOnly || isOpen) return;
    setOpen(true);
    setAt(Math.max(0, typed === null ? found(options, '', SHOWN, '').shown.findIndex((each) => each.value === value) : 0));
  };
  const close = (): void => {
    setOpen(false);
    setTyped(null);
  };
  const take = (option: Option | undefined): void => {
    if (option && option.value !== value) change(option.value);
    close();
  };
  /** Leaving keeps what was typed: as the option that says exactly this, or as the text itself where that is allowed. */
  const leave = (): void => {
    const text = typed?.trim();
    if (text === undefined || text === '') {
      if (text === '' && value && other) change('');
      return close();
    }
    const exact = options.find((each) => each.value.toLowerCase() === text.toLowerCase()) ?? options.find((each) => each.label.toLowerCase() === text.toLowerCase());
    if (exact) take(exact);
    else if (other) {
      if (text !== value) change(text);
      close();
    } else take(matches.shown[0]);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (step !== undefined && !event.altKey) {
      event.preventDefault();
      if (!isOpen) open();
      else setAt(Math.min(Math.max(at + step, 0), matches.shown.length - 1));
    } else if (event.key === 'Enter' && event.altKey) {
      if (isOpen) take(chosen); // what Alt+Enter means is for the row to say
    } else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (isOpen) take(chosen);
      if (next) next();
      else if (!isOpen) open();
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  };
  const onInput = (event: TargetedInputEvent<HTMLInputElement>): void => {
    setTyped(event.currentTarget.value);
    setOpen(true);
    setAt(0);
  };
  const current = options.find((each) => each.value === value);
  return (
    <div class="combo">
      <input
        ref={(element) => { input.current = element; props.inputRef?.(element); }}
        type="text" role="combobox" aria-label={label} aria-expanded={isOpen} aria-controls={`${id}-list`} aria-autocomplete="list"
        aria-activedescendant={isOpen && chosen ? `${id}-${at}` : undefined} aria-invalid={props.isInvalid || undefined} aria-describedby={props.describedBy}
        autocomplete="off" autocapitalize="off" spellcheck={false} readOnly={isReadOnly} placeholder={props.placeholder} data-place={props.place}
        value={typed ?? current?.shown ?? value} onInput={onInput} onKeyDown={onKeyDown} onClick={open} onBlur={leave}
        onFocus={(event) => event.currentTarget.select()}
      />
      {!isReadOnly && <span class="arrow" aria-hidden="true">▾</span>}
      <div id={`${id}-list`} role="listbox" aria-label={label} class={isUp ? 'options up' : 'options'} hidden={!isOpen}>
        {isOpen && matches.shown.map((option, index) => (
          <Line key={option.value} option={option} id={`${id}-${index}`} isChosen={index === at} before={matches.shown[index - 1]} take={() => take(option)} />
        ))}
        {isOpen && !matches.shown.length && <p class="option quiet" role="option" aria-disabled="true" aria-selected="false"><span /><span>{t('combo.none')}</span></p>}
        {isOpen && matches.more > 0 && <p class="option quiet" role="presentation"><span /><span>{t('combo.more', { count: number(matches.more) })}</span></p>}
      </div>
    </div>
  );
}

interface LineProps {
  option: Option;
  id: string;
  isChosen: boolean;
  before: Option | undefined;
  take: () => void;
}

function Line({ option, id, isChosen, before, take }: LineProps): JSX.Element {
  return (
    <>
      {option.group && option.group !== before?.group && <div class="group" role="presentation">{option.group}</div>}
      <div id={id} role="option" aria-selected={isChosen} class="option" onMouseDown={(event) => event.preventDefault()} onClick={take}>
        <span class="glyph" aria-hidden="true">{option.glyph}</span>
        <span class="name">{option.label}{option.detail && <small>{option.detail}</small>}</span>
        <span class="more">{option.more}</span>
      </div>
    </>
  );
}
