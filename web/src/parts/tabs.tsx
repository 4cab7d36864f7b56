/** Tabs of one page; the arrows move between them. */
import type { ComponentChildren, JSX } from 'preact';

export function Tabs({ name, tabs, chosen, choose }: { name: string; tabs: readonly (readonly [string, string])[]; chosen: string; choose: (tab: string) => void }): JSX.Element {
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = tabs.findIndex(([key]) => key === chosen);
    const next = tabs[(at + step + tabs.length) % tabs.length]![0];
    choose(next);
    (event.currentTarget as HTMLElement).querySelector<HTMLElement>(`[data-place="tab:${next}"]`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={name} onKeyDown={onKeyDown}>
      {tabs.map(([key, text]) => (
        <button key={key} type="button" role="tab" id={`tab-${key}`} data-place={`tab:${key}`} aria-controls={`panel-${key}`} aria-selected={key === chosen} tabIndex={key === chosen ? 0 : -1} onClick={() => choose(key)}>{text}</button>
      ))}
    </div>
  );
}

/** What a tab shows; a hidden one stays on the page, with what was typed in it. */
export function TabPanel({ name, chosen, children }: { name: string; chosen: string; children: ComponentChildren }): JSX.Element {
  return <div role="tabpanel" id={`panel-${name}`} aria-labelledby={`tab-${name}`} hidden={name !== chosen}>{children}</div>;
}
