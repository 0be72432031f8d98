/** Which folder names are one label, and which labels mean "nothing in particular". */
import { some, type Remark } from './remarks.js';

/** How folder names become labels. */
export interface LabelRule {
  /** The label of a folder's name. */
  readonly nameOf: (folder: string) => string;
  /** All labels, sorted by code unit. */
  readonly labels: readonly string[];
  readonly remarks: readonly Remark[];
}

/** Names that people give to "nothing in particular". */
const BACKGROUND: ReadonlySet<string> = new Set(['background', 'none', 'nothing', 'other', 'others', 'normal', 'silence', 'quiet', 'negative']);

/** What two names must share to be one label. */
const keyOf = (name: string): string => name.normalize('NFC').trim().toLowerCase();

/**
 * Makes one label of names that differ only by case, Unicode form or white space around them: such folders come from
 * two file systems or two people, and as two classes they could only be confused. The name with most clips is kept;
 * of equals, the one that sorts first.
 * @param folders the folder name of each clip
 */
export const labelRule = (folders: readonly string[]): LabelRule => {
  const counts = new Map<string, number>();
  for (const name of folders) counts.set(name, (counts.get(name) ?? 0) + 1);
  const groups = new Map<string, string[]>();
  for (const name of [...counts.keys()].sort()) groups.set(keyOf(name), [...(groups.get(keyOf(name)) ?? []), name]);
  const chosen = new Map([...groups].map(([key, names]) =>
    [key, names.reduce((best, name) => ((counts.get(name) ?? 0) > (counts.get(best) ?? 0) ? name : best)).normalize('NFC').trim()] as const));
  const merged = [...groups].filter(([, names]) => names.length > 1);
  return {
    nameOf: (folder) => chosen.get(keyOf(folder)) ?? folder,
    labels: [...chosen.values()].sort(),
    remarks: merged.map(([key, names]) => ({
      kind: 'labels-merged' as const,
      text: `The folders ${some(names.map((name) => JSON.stringify(name)))} differ only in how the name is written; they are taken as one class, ${JSON.stringify(chosen.get(key) ?? key)}.`,
      about: names,
    })),
  };
};

/**
 * The labels that mean "nothing in particular": those that are named, else those that are called as such usually are
 * (`background`, `none`, `normal`, …).
 */
export const backgroundOf = (labels: readonly string[], named?: readonly string[]): readonly string[] => {
  const wanted = named === undefined ? BACKGROUND : new Set(named.map(keyOf));
  return labels.filter((label) => wanted.has(keyOf(label)));
};
