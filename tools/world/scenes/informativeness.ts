/**
 * What each sense can tell, counted on latents: a clip's sound, look and motion are reduced to what an ideal listener
 * or viewer would make of them, and the best guess from these symbols is Bayes' rule on their counts.
 */
import type { SenseName } from '../../../src/inference/manifest.js';
import type { Openings } from '../../../src/learn/types.js';
import { drawLatents, type Latents } from './latents.js';
import { motionLabel } from './motions.js';
import { oracleOpenings } from './oracle.js';
import type { World } from './world.js';

/** What an ideal reader of one sense makes of a whole clip. */
export const symbolOf = (sense: SenseName, { heard, seen, done }: Latents): string => {
  if (sense === 'audio') return heard === undefined ? 'ambience' : heard.name;
  if (sense === 'appearance') return seen === undefined ? 'nothing' : `${seen.look.shape} ${seen.look.hue}`;
  // A clip shows the thing as well as what it does, but small: the action is what counts.
  return done === undefined ? 'idle' : motionLabel(done.action);
};

/** The senses that a policy used on a clip. */
export const sensesUsed = ({ appearance, motion }: Openings): SenseName[] =>
  ['audio', ...(appearance.includes(1) ? ['appearance' as const] : []), ...(motion.includes(1) ? ['motion' as const] : [])];

/** Latents of many clips of a world that is like the rendered one, but longer. */
export const manyLatents = (world: World, count: number): Latents[] => Array.from({ length: count }, (_, index) => drawLatents(world, 'train', index));

/** Counts of labels for each list of symbols. */
type Table = Map<string, Map<string, number>>;

const tableOf = (clips: readonly Latents[], sensesOf: (clip: Latents) => readonly SenseName[]): Table => {
  const table: Table = new Map();
  for (const clip of clips) {
    const key = sensesOf(clip).map((sense) => `${sense} ${symbolOf(sense, clip)}`).join('|'), row = table.get(key) ?? new Map<string, number>();
    row.set(clip.label, (row.get(clip.label) ?? 0) + 1);
    table.set(key, row);
  }
  return table;
};

const bestGuess = (clips: readonly Latents[], sensesOf: (clip: Latents) => readonly SenseName[]): number => {
  let right = 0;
  for (const row of tableOf(clips, sensesOf).values()) right += Math.max(...row.values());
  return right / clips.length;
};

/** The accuracy of the best guess from some senses, over whole clips, 0…1. */
export const bayesAccuracy = (clips: readonly Latents[], senses: readonly SenseName[]): number => bestGuess(clips, () => senses);

/** The accuracy of the best guess from the senses that the oracle uses on each clip, 0…1. */
export const oracleAccuracy = (clips: readonly Latents[]): number => bestGuess(clips, (clip) => sensesUsed(oracleOpenings(clip)));

/** How often each class is guessed right from some senses, 0…1, by label. */
export const recallByLabel = (clips: readonly Latents[], senses: readonly SenseName[]): ReadonlyMap<string, number> => {
  const right = new Map<string, number>(), all = new Map<string, number>();
  for (const { label } of clips) all.set(label, (all.get(label) ?? 0) + 1);
  for (const row of tableOf(clips, () => senses).values()) {
    const [best] = [...row].sort((a, b) => b[1] - a[1]);
    if (best !== undefined) right.set(best[0], (right.get(best[0]) ?? 0) + best[1]);
  }
  return new Map([...all].map(([label, count]) => [label, (right.get(label) ?? 0) / count]));
};

const entropy = (counts: Iterable<number>): number => {
  const list = [...counts], total = list.reduce((a, b) => a + b, 0);
  return -list.reduce((sum, n) => sum + (n / total) * Math.log(n / total), 0);
};

/** The information that some senses give about whether it is this class [nats], at most its own entropy. */
export const informationOn = (clips: readonly Latents[], label: string, senses: readonly SenseName[]): { readonly nats: number; readonly of: number } => {
  const yes = clips.filter((clip) => clip.label === label).length, of = entropy([yes, clips.length - yes]);
  let left = 0;
  for (const row of tableOf(clips, () => senses).values()) {
    const total = [...row.values()].reduce((a, b) => a + b, 0), mine = row.get(label) ?? 0;
    if (mine > 0 && mine < total) left += (total / clips.length) * entropy([mine, total - mine]);
  }
  return { nats: of - left, of };
};
