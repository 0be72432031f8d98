/** Holds clips back: by class, and never parts of one source on both sides. */
import { createHash } from 'node:crypto';

/** What a split needs to know of a clip. */
export interface Splittable {
  readonly id: string;
  readonly label: string;
  readonly source: string;
}

/** How much is held back, and the luck of the draw. */
export interface SplitOptions {
  /** 0…0.5. */
  readonly share: number;
  readonly seed: number;
}

/** Classes with fewer clips keep them all for training. */
const FEWEST = 3;

interface Group {
  readonly rank: string;
  readonly ids: readonly string[];
  readonly counts: ReadonlyMap<string, number>;
}

/** A draw that depends on nothing but the seed and the source, so that one more clip leaves the others where they are. */
const rankOf = (source: string, seed: number): string => createHash('sha256').update(`${seed}\n${source}`).digest('hex');

const countBy = (labels: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
};

const groupsOf = (clips: readonly Splittable[], seed: number): Group[] => {
  const bySource = new Map<string, Splittable[]>();
  for (const clip of clips) bySource.set(clip.source, [...(bySource.get(clip.source) ?? []), clip]);
  return [...bySource].map(([source, members]) => ({
    rank: rankOf(source, seed), ids: members.map(({ id }) => id), counts: countBy(members.map(({ label }) => label)),
  })).sort((a, b) => (a.rank < b.rank ? -1 : 1));
};

/** Takes groups out of the training part. */
class Taker {
  readonly #totals: ReadonlyMap<string, number>;
  readonly #share: number;
  readonly #held = new Map<string, number>();
  readonly ids = new Set<string>();

  constructor(totals: ReadonlyMap<string, number>, share: number) {
    this.#totals = totals;
    this.#share = share;
  }

  quota(label: string): number {
    const total = this.#totals.get(label) ?? 0;
    return total < FEWEST ? 0 : Math.max(1, Math.round(this.#share * total));
  }

  lacks(label: string): boolean {
    return this.quota(label) > 0 && !this.#held.has(label);
  }

  /** Takes a group if each of its classes then holds no more back than `limit` says. */
  take({ ids, counts }: Group, limit: (label: string) => number): void {
    if ([...counts].some(([label, n]) => (this.#held.get(label) ?? 0) + n > limit(label))) return;
    for (const id of ids) this.ids.add(id);
    for (const [label, n] of counts) this.#held.set(label, (this.#held.get(label) ?? 0) + n);
  }
}

/**
 * Which clips to hold back: of each class with three clips or more about `share` of them and at least one, by whole
 * sources. A class that comes from a single source is not held back, and every class keeps a clip to learn from. The
 * answer depends on the seed and the clips, not on their order.
 * @returns ids of what is held back
 */
export const holdBack = (clips: readonly Splittable[], { share, seed }: SplitOptions): ReadonlySet<string> => {
  const totals = countBy(clips.map(({ label }) => label));
  const taker = new Taker(totals, share);
  if (share <= 0) return taker.ids;
  const groups = groupsOf(clips, seed);
  for (const group of groups) taker.take(group, (label) => taker.quota(label));
  // A class whose sources are all larger than its share still needs one: the smallest that leaves something to learn from.
  for (const label of [...totals.keys()].sort()) {
    const smallest = groups.filter((group) => group.counts.has(label) && !group.ids.some((id) => taker.ids.has(id))).sort((a, b) => a.ids.length - b.ids.length);
    for (const group of smallest) {
      if (taker.lacks(label)) taker.take(group, (other) => (totals.get(other) ?? 0) - 1);
    }
  }
  return taker.ids;
};
