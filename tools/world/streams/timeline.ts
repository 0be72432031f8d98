/** What happens in front of a camera, minute by minute, for as long as one likes. */
import type { Random } from '../../../src/learn/random.js';
import { at, draw } from '../draw.js';
import type { Action } from '../scenes/motions.js';
import type { Look } from '../scenes/looks.js';
import { irrelevantSound, type Heard, type Part, type Seen } from '../scenes/latents.js';
import { SWAP, type Group, type Sign, type World, type WorldClass } from '../scenes/world.js';

/** A camera of a world. */
export interface Camera {
  readonly world: World;
  readonly part: Part;
  /** Which camera, from 0. */
  readonly index: number;
  /** The part of the time in which nothing in particular happens. */
  readonly backgroundShare: 0.3 | 0.7 | 0.95;
}

/** From a time to a time [s since the camera began]. */
export interface Between {
  readonly startS: number;
  readonly endS: number;
}

/** Something that happens: an event of a class, or something in the background that means nothing. */
export interface Happening extends Between {
  /** Unique for its camera. */
  readonly id: string;
  readonly label: string;
  readonly group: Group;
  readonly heard?: Between & Pick<Heard, 'kind' | 'name' | 'snrDb' | 'attackS'>;
  readonly seen?: Between & { readonly kind: Seen['kind']; readonly look: Look; readonly stands?: Action };
  readonly done?: Between & { readonly action: Action };
}

/** Where the camera fails: no sound, or a picture that stands still or is black. */
export interface DropOut extends Between {
  readonly of: 'sound' | 'frozen' | 'black';
}

/** One minute of a camera. */
export interface Episode {
  readonly index: number;
  /** In order; they do not overlap, but sounds may lead or lag by a second. */
  readonly happenings: readonly Happening[];
  readonly dropOuts: readonly DropOut[];
}

/** Length of an episode [s]. */
export const EPISODE_S = 60;
/** Sound leads or lags the picture by at most this much [s]. */
export const MOST_LAG_S = 1;

/** Events in an episode, the fewest and the most, and how long they last together on the average of all episodes [s], by the share of background. */
const BUSY = { 0.3: [3, 5, 42], 0.7: [2, 5, 18], 0.95: [0, 2, 3] } as const;
const SPREAD = 0.45;

/** Which class comes next: what is common changes within tens of minutes. */
const drawClass = ({ world, index }: Camera, timeS: number, random: Random): WorldClass => {
  const classes = world.classes.filter(({ group }) => group !== 'background');
  const weights = classes.map(({ label }) => {
    const drift = draw('drift', world.seed, index, label);
    return Math.exp(1.1 * Math.sin(2 * Math.PI * (timeS / drift.uniform(600, 1800) + drift.uniform(0, 1))));
  });
  let left = random.uniform(0, weights.reduce((a, b) => a + b, 0));
  const found = weights.findIndex((weight) => (left -= weight) < 0);
  return at(classes, Math.max(0, found));
};

const loudness = (random: Random): Pick<Heard, 'snrDb' | 'attackS'> => ({ snrDb: random.uniform(9, 22), attackS: random.uniform(0.02, 0.3) });

const event = (camera: Camera, id: string, { startS, endS }: Between, random: Random): Happening => {
  const { world } = camera, self = drawClass(camera, startS, random), { timbre, look, action }: Sign = random.pick(self.signs);
  const tells = timbre !== undefined && !(self.group === 'either' && random.chance(SWAP));
  // What is only heard happens when it is heard; otherwise the picture says when, and the sound leads or lags.
  const lagS = look === undefined ? 0 : random.uniform(-MOST_LAG_S, MOST_LAG_S);
  const sounds = tells || random.chance(self.distraction);
  const heard = sounds && {
    ...(tells ? { kind: 'own' as const, name: timbre } : irrelevantSound(world, self.label, true, random)),
    startS: Math.max(0, startS + lagS), endS: endS + lagS, ...loudness(random),
  };
  const seen = look !== undefined ? { kind: 'own' as const, look, startS: action === undefined ? startS : startS - random.uniform(0, 1.5), endS }
    : random.chance(0.5) && { kind: 'stranger' as const, look: random.pick(world.strangers), startS: startS + random.uniform(-0.5, 1), endS };
  return {
    id, label: self.label, group: self.group, startS, endS,
    ...(heard && { heard }), ...(seen && { seen }), ...(action && { done: { action, startS, endS } }),
  };
};

/** Something that means nothing, in a gap between events: a hard negative. */
const nothing = ({ world }: Camera, id: string, { startS, endS }: Between, random: Random): Happening => {
  const actors = world.classes.flatMap(({ signs }) => signs.flatMap(({ look, action }) => (look === undefined || action === undefined ? [] : [{ look, action }])));
  const actor = random.pick(actors), foil = random.chance(0.5), shown = random.chance(0.7);
  const seen = foil ? { kind: 'foil' as const, look: actor.look, stands: actor.action } : { kind: 'stranger' as const, look: random.pick(world.strangers) };
  const sounds = random.chance(0.5);
  return {
    id, label: 'background', group: 'background', startS, endS,
    ...(shown && { seen: { ...seen, startS, endS } }),
    ...(sounds && { heard: { ...irrelevantSound(world, 'background', false, random), startS, endS, ...loudness(random) } }),
  };
};

/** Hard negatives in a gap: one in most stretches of some ten seconds, away from the events before and after. */
const negatives = (camera: Camera, id: string, { startS, endS }: Between, random: Random): Happening[] => {
  const count = Math.floor((endS - startS - 2) / 7), slotS = (endS - 2.6 - startS - 1.2) / Math.max(1, count);
  return Array.from({ length: count }, (_, i) => startS + 1.2 + i * slotS).flatMap((fromS, i) => {
    const lengthS = random.uniform(1.5, Math.min(8, slotS - 0.5));
    return random.chance(0.6) ? [nothing(camera, `${id}n${i}`, { startS: fromS, endS: fromS + lengthS }, random)] : [];
  });
};

/** Log-normal lengths [s], at least 1.2 s each, of about a given sum. */
const drawLengths = (count: number, sumS: number, random: Random): number[] => {
  const lengths = Array.from({ length: count }, () => Math.exp(SPREAD * random.normal())), sum = lengths.reduce((a, b) => a + b, 0);
  const wanted = Math.min(sumS * random.uniform(0.85, 1.15), EPISODE_S - 2.5 * (count + 1));
  return lengths.map((length) => Math.max(1.2, (length * wanted) / sum));
};

/** Gaps [s] that fill the rest of an episode, each at least 2 s. */
const drawGaps = (count: number, sumS: number, random: Random): number[] => {
  const parts = Array.from({ length: count }, () => -Math.log(1 - random.uniform(0, 1))), total = parts.reduce((a, b) => a + b, 0);
  return parts.map((part) => 2 + ((sumS - 2 * count) * part) / total);
};

const drawDropOuts = (startS: number, random: Random): DropOut[] => (random.chance(0.5) ? [] : [random.uniform(0, EPISODE_S - 3)].map((atS): DropOut =>
  ({ of: random.pick(['sound', 'frozen', 'black'] as const), startS: startS + atS, endS: startS + atS + random.uniform(0.5, 2) })));

/** One minute of a camera: a function of the world's seed, the camera and the minute alone. */
export const drawEpisode = (camera: Camera, index: number): Episode => {
  const { world, part, backgroundShare } = camera;
  const random = draw('episode', world.seed, part, camera.index, index), [fewest, most, sumS] = BUSY[backgroundShare];
  // Where an episode may have no event at all, the others have their time in proportion to their number.
  const count = fewest + random.below(most - fewest + 1);
  const lengths = drawLengths(count, fewest > 0 ? sumS : count * sumS, random);
  const gaps = drawGaps(lengths.length + 1, EPISODE_S - lengths.reduce((a, b) => a + b, 0), random);
  const happenings: Happening[] = [];
  let timeS = index * EPISODE_S;
  gaps.forEach((gap, i) => {
    const id = `${camera.index}-${index}-${i}`, length = lengths[i];
    happenings.push(...negatives(camera, id, { startS: timeS, endS: timeS + gap }, random));
    timeS += gap;
    if (length === undefined) return;
    happenings.push(event(camera, id, { startS: timeS, endS: timeS + length }, random));
    timeS += length;
  });
  return { index, happenings, dropOuts: drawDropOuts(index * EPISODE_S, random) };
};

/** Whatever of a kind may still be going on at a time or within a second of it: from the episodes around. */
export const episodesAround = (camera: Camera, fromS: number, toS: number): Episode[] => {
  const first = Math.max(0, Math.floor((fromS - MOST_LAG_S) / EPISODE_S)), last = Math.max(first, Math.floor((toS + MOST_LAG_S) / EPISODE_S));
  return Array.from({ length: last - first + 1 }, (_, i) => drawEpisode(camera, first + i));
};
