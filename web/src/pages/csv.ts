/** Rows as CSV that no spreadsheet computes, with a byte order mark so that Excel reads it as UTF-8. Pure. */
const FORMULA = /^[=+\-@\t\r]/; // what a spreadsheet takes for a formula (OWASP, CSV injection)

export type Cell = string | number | null | undefined;

export const csv = (rows: readonly (readonly Cell[])[]): string => `\ufeff${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;

function cell(value: Cell): string {
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value ?? '') ? `'${value}` : (value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
