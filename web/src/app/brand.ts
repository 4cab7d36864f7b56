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

/** Return the colour, moved towards black or white until text in it can be read on the ground. */
export function readable(color: Rgb, ground: Rgb): Rgb {
  const end = luminance(ground) > 0.4 ? 0 : 255;
  for (let step = 0; step <= 20; step += 1) {
    const moved = color.map((each) => Math.round(each + ((end - each) * step) / 20)) as unknown as Rgb;
    if (contrast(moved, ground) >= 4.6) return moved;
  }
  return [end, end, end];
}

const text = ([r, g, b]: Rgb): string => `rgb(${r} ${g} ${b})`;
const GROUNDS: Record<'light' | 'dark', { page: Rgb; ink: Rgb }> = { light: { page: [246, 247, 249], ink: [255, 255, 255] }, dark: { page: [30, 39, 49], ink: [7, 19, 31] } };

/** Dress the page in the brand's colour for the theme that is shown. */
export function dress(wanted = ''): void {
  if (rgbOf(wanted)) brand.color = wanted;
  const color = rgbOf(brand.color);
  if (!color) return;
  const root = document.documentElement;
  const theme = root.dataset.theme === 'dark' || (root.dataset.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches) ? 'dark' : 'light';
  const { page, ink } = GROUNDS[theme];
  const accent = readable(color, page);
  root.style.setProperty('--accent', text(accent));
  root.style.setProperty('--accent-ink', text(contrast(accent, ink) >= 4.5 ? ink : theme === 'dark' ? [0, 0, 0] : [255, 255, 255]));
  root.style.setProperty('--accent-soft', `color-mix(in srgb, ${text(accent)} 14%, var(--card))`);
}
