/** Keeps the focus on the page's parts: where what had it goes away, the nearest part around it gets it, never the page itself. */

let around: Element[] = [];

function remember(event: FocusEvent): void {
  around = [];
  for (let each = event.target as Element | null; each && each !== document.body; each = each.parentElement) around.push(each);
}

function restore(): void {
  if (document.activeElement && document.activeElement !== document.body) return;
  const first = around[0];
  if (!first || (first.isConnected && !(first as HTMLElement).closest('[hidden]'))) return; // a person left it
  const near = around.find((each) => each.isConnected && each !== first && !each.closest('[hidden]')) as HTMLElement | undefined;
  const place = near?.querySelector<HTMLElement>('button:not([tabindex="-1"]), a[href], input, select, textarea, [tabindex]') ?? near ?? document.getElementById('main');
  place?.focus({ preventScroll: true });
}

/** Begin to watch; a removed element says nothing of it, so what the page shows is looked at when it changes. */
export function keepFocus(): void {
  document.addEventListener('focusin', remember);
  new MutationObserver(restore).observe(document.body, { childList: true, subtree: true });
}
