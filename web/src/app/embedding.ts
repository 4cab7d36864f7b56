/** The console in a frame of a product's page: who may speak to it, what it is told, and what it tells. */

interface Begin {
  session: string;
  origin: string;
  theme: string;
  accent: string;
}

const said = document.querySelector<HTMLMetaElement>('meta[name="causeway-embed-origins"]')?.content ?? '';
const allowed = said.split(' ').filter(Boolean);

/** Whether this page was served to stand in a frame, and stands in one. */
export const isEmbedded = allowed.length > 0 && window.parent !== window;

const above = location.ancestorOrigins?.[0];
const parents = above !== undefined ? allowed.filter((each) => each === above) : allowed;

/** Tell the page around the frame, if it is one that is allowed, what happened. */
export function announce(event: 'ready' | 'resize' | 'saved' | 'connected' | 'session-ended', facts: Record<string, string | number | boolean> = {}): void {
  if (isEmbedded) for (const origin of parents) window.parent.postMessage({ ...facts, causeway: event }, origin);
}

/**
 * Wait for the session and the dress that the page around hands over, once.
 *
 * Only the page around may begin it, and only from an origin of the list: a frame beside, or a page that is not listed, cannot put its own
 * session in. The first one counts, so that nobody exchanges it later.
 */
export function begun(): Promise<Begin> {
  return new Promise((resolve) => {
    const hear = (event: MessageEvent): void => {
      const data = (event.data ?? {}) as Partial<Begin> & { causeway?: string };
      if (event.source !== window.parent || !allowed.includes(event.origin) || data.causeway !== 'begin') return;
      removeEventListener('message', hear);
      resolve({ session: String(data.session ?? ''), origin: event.origin, theme: String(data.theme ?? ''), accent: String(data.accent ?? '') });
    };
    addEventListener('message', hear);
    announce('ready');
  });
}

/** Tell the page around how high the frame has to be, whenever that changes. */
export function keepSize(): void {
  let last = 0;
  new ResizeObserver(() => {
    const height = document.getElementById('app')?.scrollHeight ?? 0;
    if (height && height !== last) announce('resize', { height });
    last = height;
  }).observe(document.getElementById('app')!);
}
