/** Begins the session and shows the console. */
import { render } from 'preact';
import { type ApiError, useEmbedder } from './api/client.ts';
import { dress } from './app/brand.ts';
import { keepFocus } from './app/focus.ts';
import { begun, isEmbedded, keepSize } from './app/embedding.ts';
import { Shell } from './app/shell.tsx';
import { begin, beginWith } from './state/session.ts';
import { keepLanguage, language } from './text/index.ts';

const root = document.getElementById('app')!;
keepLanguage();
document.documentElement.lang = language;
dress();
keepFocus();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => dress());

/** In a frame, the page around hands over the session and says how to look. */
async function started(): Promise<void> {
  if (!isEmbedded) return begin();
  document.documentElement.dataset.embedded = '';
  const given = await begun();
  useEmbedder(given.origin);
  if (['light', 'dark'].includes(given.theme)) document.documentElement.dataset.theme = given.theme;
  dress(given.accent);
  keepSize();
  return beginWith(given.session);
}

const show = (error?: ApiError): void => render(<Shell error={error} />, root);
show();
started().catch((error: ApiError) => {
  if (error.status !== 401 && error.status !== 403) show(error);
});
