/** What a clip holds, drawn before anything is painted or played. */
import type { SenseName } from '../../../src/inference/manifest.js';
import type { Random } from '../../../src/learn/random.js';
import { at, draw, shuffled } from '../draw.js';
import type { Look } from './looks.js';
import type { Action } from './motions.js';
import { DISTRACTOR_NAMES, type DistractorName } from './other-sounds.js';
import { CLIP_S, covered, flags, keyFrameS, MOTION_S, STEPS, stepEndS, WINDOW_S } from './steps.js';
import type { TimbreName } from './timbres.js';
import { SWAP, type Group, type Sign, type World, type WorldClass } from './world.js';

/** A part of a world; `test` has textures, backgrounds and traits of sound that no other part has. */
export type Part = 'train' | 'val' | 'test';

/** What is heard above the ambience. */
export interface Heard {
  /** `own`: the class's sound; `other`: another class's; `distractor`: no class's. */
  readonly kind: 'own' | 'other' | 'distractor';
  readonly name: TimbreName | DistractorName;
  readonly onsetS: number;
  readonly endS: number;
  /** How far it stands above the ambience [dB]. */
  readonly snrDb: number;
  /** How long it takes to come in [s]. */
  readonly attackS: number;
}

/** What is to be seen. */
export interface Seen {
  /** `own`: the class's look; `stranger`: no class's; `foil`: the look of a class of actions, without its action. */
  readonly kind: 'own' | 'stranger' | 'foil';
  readonly look: Look;
  /** Negative: it was there before the clip began. */
  readonly onsetS: number;
  /** A foil stands still in a pose of this action, so that one picture does not give it away. */
  readonly stands?: Action;
}

/** What is done, and from when to the end. */
export interface Done {
  readonly action: Action;
  readonly onsetS: number;
}

/** Everything a clip's label and the best policy follow from. */
export interface Latents {
  readonly id: string;
  readonly part: Part;
  readonly index: number;
  readonly label: string;
  readonly group: Group;
  /** Undefined: nothing but the ambience. */
  readonly heard?: Heard;
  /** Undefined: nothing but the background. */
  readonly seen?: Seen;
  readonly done?: Done;
  /** When the class first shows in a sense that tells it [s]; undefined for the background. */
  readonly onsetS?: number;
}

/** How often a sound that tells nothing is the sound of another class. */
const OTHER = 0.02;
/** A thing fades in within this time [s]. */
export const FADE_S = 0.16;

/** When something begins: 30 % at once, 20 % only in time for the last step, the rest in between. */
const drawOnset = (random: Random): number => {
  const u = random.uniform(0, 1);
  return u < 0.3 ? random.uniform(0, 0.2) : u < 0.5 ? random.uniform(4.12, 4.36) : random.uniform(0.5, 3.8);
};

const drawHeard = (kind: Heard['kind'], name: Heard['name'], onsetS: number, random: Random): Heard => ({
  kind, name, onsetS,
  endS: random.chance(0.5) ? CLIP_S + 1 : onsetS + random.uniform(1.6, 3.6),
  snrDb: random.uniform(9, 22),
  attackS: random.uniform(0.02, 0.3),
});

/** What sounds where the sound tells nothing: mostly a distractor, and rarely another class's sound if pictures settle it. */
export const irrelevantSound = (world: World, label: string, picturesSettle: boolean, random: Random): Pick<Heard, 'kind' | 'name'> => {
  if (!picturesSettle || !random.chance(OTHER)) return { kind: 'distractor', name: random.pick(DISTRACTOR_NAMES) };
  const others = world.classes.flatMap(({ label: other, group, signs }) =>
    (other !== label && (group === 'audio' || group === 'either') ? signs.flatMap(({ timbre }) => timbre ?? []) : []));
  return { kind: 'other', name: random.pick(others) };
};

/** A sound that tells nothing, or none. */
const drawIrrelevant = (world: World, { label, distraction }: WorldClass, onsetS: number, random: Random, othersToo: boolean): Heard | undefined => {
  if (!random.chance(distraction)) return undefined;
  const when = random.chance(0.6) ? onsetS : drawOnset(random);
  const { kind, name } = irrelevantSound(world, label, othersToo, random);
  return drawHeard(kind, name, when, random);
};

const seenFrom = (kind: Seen['kind'], look: Look, onsetS: number): Seen => ({ kind, look, onsetS: onsetS < 0.25 ? -1 : onsetS });

type Content = Pick<Latents, 'heard' | 'seen' | 'done'>;

const stranger = (world: World, random: Random): Seen => seenFrom('stranger', random.pick(world.strangers), drawOnset(random));

/** Before an action begins, its thing is mostly there already. */
const before = (onsetS: number, random: Random): number => (random.chance(0.6) ? 0 : random.uniform(0, onsetS));

const drawBackground = (world: World, self: WorldClass, random: Random): Content => {
  const heard = drawIrrelevant(world, self, drawOnset(random), random, false), u = random.uniform(0, 1);
  const actors = world.classes.flatMap(({ signs }) => signs.flatMap(({ look, action }) => (look === undefined || action === undefined ? [] : [{ look, action }])));
  const actor = random.pick(actors);
  const seen = u < 0.25 ? undefined : u < 0.65 ? stranger(world, random)
    : { ...seenFrom('foil', actor.look, before(drawOnset(random), random)), stands: actor.action };
  return { ...(heard && { heard }), ...(seen && { seen }) };
};

const drawContent = (world: World, self: WorldClass, { timbre, look, action }: Sign, onsetS: number, random: Random): Content => {
  if (self.group === 'background') return drawBackground(world, self, random);
  const tells = timbre !== undefined && !(self.group === 'either' && random.chance(SWAP));
  const heard = tells ? drawHeard('own', timbre, onsetS, random) : drawIrrelevant(world, self, onsetS, random, true);
  const done = action && { action, onsetS };
  const seen = look === undefined
    ? (random.chance(0.7) ? stranger(world, random) : undefined)
    : seenFrom('own', look, self.group === 'motion' || self.group === 'sound-and-motion' ? before(onsetS, random)
      : self.group === 'sound-and-look' && random.chance(0.5) ? random.uniform(0, onsetS) : onsetS);
  return { ...(heard && { heard }), ...(seen && { seen }), ...(done && { done }) };
};

/** Which class the clip of an index shows: in every 144 clips, each class five times and the background 24 times. */
const classAt = (world: World, part: Part, index: number): WorldClass => {
  const background = at(world.classes, world.classes.length - 1);
  const block = [...world.classes.slice(0, -1).flatMap((one) => Array.from({ length: 5 }, () => one)), ...Array.from({ length: 24 }, () => background)];
  return at(shuffled(block, draw('order', world.seed, part, Math.floor(index / block.length))), index % block.length);
};

/** What a class shows of itself from a moment on: the draw that clips and streams share. */
export const drawLatents = (world: World, part: Part, index: number): Latents => {
  const self = classAt(world, part, index), random = draw('latents', world.seed, part, index);
  const onsetS = drawOnset(random);
  return {
    id: `${part}-${String(index).padStart(5, '0')}`, part, index, label: self.label, group: self.group,
    ...drawContent(world, self, random.pick(self.signs), onsetS, random),
    ...(self.group === 'background' ? {} : { onsetS }),
  };
};

/** At which steps each sense shows something of the class that its group needs, or that suffices; `[T]` of 0 or 1. */
export type Informative = Readonly<Record<SenseName, Uint8Array>>;

/** How much of a window something must fill to be recognised. */
const ENOUGH = 0.6;

/** Where a clip tells its class. */
export const informative = ({ group, heard, seen, done }: Latents): Informative => {
  const looks = group === 'appearance' || group === 'either' || group === 'sound-and-look';
  return {
    audio: flags((step) => heard?.kind === 'own' && covered(stepEndS(step), WINDOW_S, heard.onsetS, heard.endS) >= ENOUGH),
    appearance: flags((step) => looks && seen !== undefined && keyFrameS(step) >= seen.onsetS + FADE_S),
    motion: flags((step) => done !== undefined && covered(stepEndS(step), MOTION_S, done.onsetS, CLIP_S + 1) >= ENOUGH),
  };
};

/** The first step of a sense that tells; the last step when none does. */
export const firstStep = (told: Uint8Array): number => {
  const first = told.indexOf(1);
  return first < 0 ? STEPS - 1 : first;
};
