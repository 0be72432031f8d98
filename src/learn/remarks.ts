/** What a person should know about the data: said in words, and kept for the report. */

/** What a remark is about. Only `dropped-…` and `class-left-out` mean that something was not learned from. */
export type RemarkKind =
  | 'layout' | 'hidden' | 'link' | 'unknown-ending' | 'labels-merged' | 'duplicate'
  | 'dropped-unreadable' | 'dropped-too-short' | 'dropped-contradicting'
  | 'damaged' | 'no-sound' | 'silent' | 'no-pictures'
  | 'class-small' | 'class-left-out' | 'class-unbalanced'
  | 'sound-tells-label' | 'pictures-tell-label' | 'length-tells-label'
  | 'no-net' | 'not-held-back';

/** One remark. */
export interface Remark {
  readonly kind: RemarkKind;
  /** One or two sentences that need no other context. */
  readonly text: string;
  /** The clips, files or folders it is about, relative to the data's folder; all of them, `text` names only a few. */
  readonly about: readonly string[];
}

/** Names of a list that a sentence still bears. */
const NAMED = 3;

/** `a, b, c and 7 more`. */
export const some = (names: readonly string[]): string => {
  const rest = names.length - NAMED;
  const shown = names.slice(0, NAMED);
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
};

/** `1 clip`, `2 clips`; for nouns whose plural only takes an s. */
export const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
