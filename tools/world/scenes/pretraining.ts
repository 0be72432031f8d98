/**
 * Examples for backbones, from no world: looks and motions with all their attributes, in scenes whose textures and
 * backgrounds are not those of any world's test part. A backbone that learns them knows the parts that classes are
 * made of, and no class.
 */
import type { Random } from '../../../src/learn/random.js';
import { BACKDROP_POOLS, drawBackdrop } from './backdrops.js';
import { CAMERA_REACH, drawCourse, viewAt } from './camera.js';
import { backdropSize, drawStaging, placedAt, type Size, type Staging } from './film.js';
import { HUE_NAMES, PATTERN_POOLS, rasterise, SPRITE_REACH, type Sprite } from './looks.js';
import { ACTION_NAMES, MOTION_LABELS, motionLabel, type Action } from './motions.js';
import { lighten, paintBackdrop, paintThing, type Picture } from './painter.js';
import { SHAPE_NAMES } from './shapes.js';
import { MOTION_S } from './steps.js';

/** What a net of looks says of the shape: every shape, and last that nothing is there. */
export const SHAPE_LABELS: readonly string[] = [...SHAPE_NAMES, 'nothing'];
/** What a net of looks says of the colour: every colour, and last that nothing is there. */
export const HUE_LABELS: readonly string[] = [...HUE_NAMES, 'nothing'];

/** A picture with what is to be learned from it. */
export interface LookExample {
  /** RGB `[height, width, 3]`. */
  readonly rgb: Uint8Array;
  /** Index among {@link SHAPE_LABELS}. */
  readonly shape: number;
  /** Index among {@link HUE_LABELS}. */
  readonly hue: number;
}

/** Eight pictures in 0.96 s with what is to be learned from them. */
export interface MotionExample {
  /** RGB `[frames, height, width, 3]`. */
  readonly rgb: Uint8Array;
  /** Index among {@link MOTION_LABELS}. */
  readonly motion: number;
  /** Index among {@link SHAPE_LABELS}. */
  readonly shape: number;
  /** Index among {@link HUE_LABELS}. */
  readonly hue: number;
}

interface Shot {
  readonly shape: number;
  readonly hue: number;
  /** Paints the picture of a time [s] since the shot began. */
  at(timeS: number): Uint8Array;
}

const NOTHING = 0.08;

/** A thing in front of a background, or nothing; `action` began before the shot, or at `fromS` within it. */
const drawShot = (random: Random, size: Size, action: Action | undefined, fromS: number): Shot => {
  const there = action !== undefined || !random.chance(NOTHING);
  const shape = there ? random.below(SHAPE_NAMES.length) : SHAPE_NAMES.length, hue = there ? random.below(HUE_NAMES.length) : HUE_NAMES.length;
  const { width, height } = backdropSize(size);
  const backdrop = drawBackdrop(random.pick(BACKDROP_POOLS.pretrain), width, height, size.height, random);
  lighten(backdrop, random.uniform(-24, 24));
  const look = { shape: SHAPE_NAMES[shape] ?? 'disc', hue: HUE_NAMES[hue] ?? 'red' };
  const staging: Staging = drawStaging(look, PATTERN_POOLS.pretrain, random);
  const sprite: Sprite = rasterise(staging.finish, Math.ceil(2 * SPRITE_REACH * staging.radius * size.height * 1.2));
  // One picture of an action may show any of its poses; so do the pictures of things that only stand.
  const stands: Action = action ?? { family: random.pick(ACTION_NAMES), direction: 1 };
  const course = drawCourse(2, random), picture: Picture = { ...size, rgb: new Uint8Array(size.width * size.height * 3) };
  const seen = { kind: 'own' as const, look, onsetS: -1, stands };
  return {
    shape, hue,
    at: (timeS) => {
      const [x, y] = viewAt(course, timeS), middle = CAMERA_REACH * size.height + 1;
      paintBackdrop(picture, backdrop, middle + x * size.height, middle + y * size.height);
      if (there) paintThing(picture, placedAt(staging, sprite, { seen, ...(action && { done: { action, onsetS: fromS } }) }, timeS, size));
      return picture.rgb;
    },
  };
};

/** Draws one picture with its attributes. Things stand in a pose of some action. */
export const drawLook = (random: Random, size: Size = { width: 128, height: 128 }): LookExample => {
  const shot = drawShot(random, size, undefined, 0);
  return { rgb: shot.at(random.uniform(0, 2)), shape: shot.shape, hue: shot.hue };
};

/**
 * Draws a clip with its motion: idle as often as three actions together, and the action of one in five begins within
 * the clip, early enough to be told.
 */
export const drawMotion = (random: Random, size: Size = { width: 64, height: 64 }, frames = 8): MotionExample => {
  const idle = random.chance(3 / (MOTION_LABELS.length + 2));
  const action: Action | undefined = idle ? undefined : { family: random.pick(ACTION_NAMES), direction: random.chance(0.5) ? 1 : -1 };
  const shot = drawShot(random, size, action, random.chance(0.2) ? random.uniform(0, 0.4 * MOTION_S) : -1);
  const rgb = new Uint8Array(frames * size.width * size.height * 3);
  for (let frame = 0; frame < frames; frame++) rgb.set(shot.at((frame / frames) * MOTION_S), frame * size.width * size.height * 3);
  return { rgb, motion: MOTION_LABELS.indexOf(motionLabel(action)), shape: shot.shape, hue: shot.hue };
};
