/**
 * Mounts the console, one of its pages, or one source's panel in a page of a product.
 *
 *     <script src="{PublicUrl}/console/embed.js" data-session="…" data-source="interaction:quiz-42"></script>
 *
 * Attributes: `data-session` the token of a session that the product's backend asked for; `data-source` one source's panel, or
 * `data-section` one page; `data-theme` light, dark or auto; `data-lang`; `data-accent` a colour as #rrggbb.
 * The frame stands where the script stands. It dispatches what happens as events on the script and the frame: `causeway:ready`,
 * `causeway:resize`, `causeway:saved`, `causeway:connected`, `causeway:session-ended`, with their facts as `detail`.
 */
const script = document.currentScript as HTMLScriptElement;
const page = new URL(script.src.replace(/\/embed\.js.*$/, ''));
const { session = '', source = '', section = '', theme = 'auto', lang = '', accent = '' } = script.dataset;

const frame = document.createElement('iframe');
const query = new URLSearchParams({ embed: '1', ...(lang ? { lang } : {}) });
const where: Record<string, string> = source ? { section: 'panel', source } : { section: section || 'overview' };
frame.src = `${page.origin}${page.pathname}?${query}#${new URLSearchParams(where)}`;
frame.title = script.title || 'Salesforce';
frame.allow = 'clipboard-write';
Object.assign(frame.style, { width: '100%', border: '0', minHeight: '240px', colorScheme: 'auto' });

const EVENTS = ['ready', 'resize', 'saved', 'connected', 'session-ended'];

addEventListener('message', (event) => {
  // Only this very frame, and only while it shows the console: whatever else is in the page cannot speak for it.
  if (event.source !== frame.contentWindow || event.origin !== page.origin) return;
  const { causeway, ...detail } = (event.data ?? {}) as { causeway?: string; height?: number };
  if (!causeway || !EVENTS.includes(causeway)) return;
  if (causeway === 'ready') frame.contentWindow?.postMessage({ causeway: 'begin', session, theme, accent }, page.origin);
  if (causeway === 'resize' && typeof detail.height === 'number') frame.style.height = `${Math.ceil(detail.height)}px`;
  for (const target of [script, frame]) target.dispatchEvent(new CustomEvent(`causeway:${causeway}`, { detail, bubbles: true }));
});

script.insertAdjacentElement('afterend', frame);
export {};
