/** The product's name, logo and colour, as the page was served with them; the colour is made readable on both grounds. */

const said = (name: string): string => document.querySelector<HTMLMetaElement>(`meta[name="causeway-${name}"]`)?.content ?? '';

export const brand = { name: said('name') || 'Causeway', logo: said('logo'), color: said('color'), support: said('support') };

type Rgb = readonly [number, number, number];

export function rgbOf(text: string): Rgb | null {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  return match ? [parseInt(match[1]!, 16), parseInt(match[2]!, 16), parseInt(match[3]!, 16)] : null;
}

function luminance(color: Rgb): number {
  const [r, g, b] = color.map((each) => {
    const part = each / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: Rgb, b: Rgb): number {
  const [high, low] = [luminance(a), luminance(b)].sort((one, other) => other - one) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const READABLE = 4.5; // least contrast of text (WCAG 2.2, 1.4.3)
const STEPS = 40;

/** Return the colour, moved towards black or white until text in it can be read on every ground; all are light, or all dark. */
export function readable(color: Rgb, ...grounds: Rgb[]): Rgb {
  const end = contrast(grounds[0]!, [0, 0, 0]) > contrast(grounds[0]!, [255, 255, 255]) ? 0 : 255;
  for (let step = 0; step <= STEPS; step += 1) {
    const moved = color.map((each) => Math.round(each + ((end - each) * step) / STEPS)) as unknown as Rgb;
    if (grounds.every((ground) => contrast(moved, ground) >= READABLE)) return moved;
  }
  return [end, end, end];
}

const text = ([r, g, b]: Rgb): string => `rgb(${r} ${g} ${b})`;
const GROUNDS = ['--page', '--card', '--raised', '--sunk']; // what text in the accent stands on: see tokens.css

/** Dress the page in the brand's colour for the theme that is shown. */
export function dress(wanted = ''): void {
  if (rgbOf(wanted)) brand.color = wanted;
  const color = rgbOf(brand.color);
  if (!color) return;
  const root = document.documentElement;
  const tokens = getComputedStyle(root);
  const accent = readable(color, ...GROUNDS.map((name) => rgbOf(tokens.getPropertyValue(name).trim())!));
  const isDark = contrast(accent, [255, 255, 255]) >= READABLE;
  root.style.setProperty('--accent', text(accent));
  root.style.setProperty('--accent-ink', isDark ? '#ffffff' : '#000000');
  root.style.setProperty('--accent-soft', `color-mix(in srgb, ${text(accent)} 14%, var(--card))`);
}
