/** Sections of README.md that a command writes, between their markers. */
import { readFileSync, writeFileSync } from 'node:fs';

/** The sections, by the name in their markers. */
export type Section = 'sample' | 'bench' | 'ear' | 'hms';

/**
 * Replaces one section of README.md.
 * @throws Error when the markers are not there
 */
export const writeSection = (section: Section, text: string, readme = 'README.md'): void => {
  const old = readFileSync(readme, 'utf8');
  const [begin, end] = [`<!-- ${section}:begin -->`, `<!-- ${section}:end -->`];
  const [from, to] = [old.indexOf(begin), old.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${readme} has no ${begin} … ${end}`);
  writeFileSync(readme, `${old.slice(0, from + begin.length)}\n${text}\n${old.slice(to)}`);
};
