/** What reports in Markdown are written with. */
import type { Estimate } from './intervals.js';

/** A share as `81.2 %`; a dash where there is none. */
export const percent = (share: number, digits = 1): string => (Number.isNaN(share) ? '–' : `${(share * 100).toFixed(digits)} %`);

/** A share with its interval, as `81.2 % (79.0 % to 83.1 %)`. */
export const interval = ({ value, low, high }: Estimate): string => `${percent(value)} (${percent(low)} to ${percent(high)})`;

/** Rows under a head, with a rule between them as Markdown wants it. @param align `numbers`: all columns but the first are set to the right */
export const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[], align: 'text' | 'numbers' = 'text'): string => {
  const rule = align === 'text' ? `| ${head.map(() => '---').join(' | ')} |` : `|${head.map((_, i) => (i === 0 ? ' --- ' : ' ---: ')).join('|')}|`;
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
};
