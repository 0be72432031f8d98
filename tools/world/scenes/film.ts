/** The pictures of a clip. */
import type { Random } from '../../../src/learn/random.js';
import { draw } from '../draw.js';
import { BACKDROP_POOLS, drawBackdrop, type Backdrop, type BackdropName } from './backdrops.js';
import { CAMERA_REACH, drawCourse, viewAt, type Drift } from './camera.js';
import { FADE_S, type Latents, type Part } from './latents.js';
import { drawFinish, PATTERN_POOLS, rasterise, SPRITE_REACH, type Finish, type PatternName, type Sprite } from './looks.js';
import { drawIdling, drawPerformance, idleAt, poseAt, together, type Idling, type Performance } from './motions.js';
import { lighten, meanLuma, paintBackdrop, paintThing, type Picture, type Placed } from './painter.js';
import { CLIP_S, FPS, FRAMES } from './steps.js';

/** Width and height of pictures [px]. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What the scenes of a part may be made of. */
export interface Materials {
  readonly patterns: readonly PatternName[];
  readonly backdrops: readonly BackdropName[];
}

/** The materials of a part: `test` has only held-out ones. */
export const materialsOf = (part: Part): Materials =>
  part === 'test' ? { patterns: PATTERN_POOLS.held, backdrops: BACKDROP_POOLS.held } : { patterns: PATTERN_POOLS.seen, backdrops: BACKDROP_POOLS.seen };

/** How a thing is placed and moves. */
export interface Staging {
  readonly finish: Finish;
  /** Centre, 0…1 of the picture's width and height. */
  readonly x: number;
  readonly y: number;
  /** Radius in picture heights, and how it is turned [rad]. */
  readonly radius: number;
  readonly turn: number;
  readonly idling: Idling;
  readonly performance: Performance;
}

/** Draws how a thing is placed and moves; whatever it does, it stays in the picture. */
export const drawStaging = (look: Finish['look'], patterns: readonly PatternName[], random: Random): Staging => ({
  finish: drawFinish(look, patterns, random),
  x: random.uniform(0.4, 0.6), y: random.uniform(0.4, 0.6),
  radius: random.uniform(0.18, 0.25), turn: random.uniform(-0.35, 0.35),
  idling: drawIdling(random), performance: drawPerformance(random),
});

/** Where a staged thing is at a time. */
export const placedAt = (staging: Staging, sprite: Sprite, latents: Pick<Latents, 'seen' | 'done'>, timeS: number, { width, height }: Size): Placed => {
  const { done, seen } = latents;
  const idle = idleAt(staging.idling, Math.min(timeS, done?.onsetS ?? Infinity));
  // Before it begins, a thing stands as its action will find it: one frame does not tell before from during.
  const action = done?.action ?? seen?.stands, acting = done === undefined ? 0 : Math.max(0, timeS - done.onsetS);
  const pose = action === undefined ? idle : together(idle, poseAt(action, staging.performance, acting));
  return {
    sprite,
    x: staging.x * width + pose.dx * height, y: staging.y * height + pose.dy * height,
    radius: staging.radius * height, turn: staging.turn + pose.turn, wide: pose.wide, tall: pose.tall,
    alpha: Math.max(0, Math.min(1, (timeS - (seen?.onsetS ?? Infinity)) / FADE_S)),
  };
};

/** How wide and high a backdrop must be for pictures of a size [px]. */
export const backdropSize = ({ width, height }: Size): Size => {
  const more = 2 * Math.ceil(CAMERA_REACH * height) + 2;
  return { width: width + more, height: height + more };
};

/** Pictures by index, each over the last one's memory. */
export interface Film {
  readonly size: Size;
  /** When the view starts or stops to move. */
  readonly course: readonly Drift[];
  /** RGB `[height, width, 3]`; valid until the next call. */
  frame(index: number): Uint8Array;
}

interface Set {
  readonly picture: Picture;
  readonly backdrop: Backdrop;
  readonly course: readonly Drift[];
  readonly thing: ((timeS: number) => Placed) | undefined;
}

const paint = ({ picture, backdrop, course, thing }: Set, timeS: number): void => {
  const [x, y] = viewAt(course, timeS), middle = CAMERA_REACH * picture.height + 1;
  paintBackdrop(picture, backdrop, middle + x * picture.height, middle + y * picture.height);
  if (thing !== undefined) paintThing(picture, thing(timeS));
};

/** Brings the mean luma over a clip near `target`, whatever it shows, by lightening the backdrop. */
const equalise = (set: Set, target: number): void => {
  for (let round = 0; round < 3; round++) {
    const times = [0, 0.25, 0.5, 0.75, 0.999].map((share) => share * CLIP_S);
    const mean = times.reduce((sum, timeS) => {
      paint(set, timeS);
      return sum + meanLuma(set.picture);
    }, 0) / times.length;
    lighten(set.backdrop, target - mean);
  }
};

/** Stages a clip. */
export const stage = (seed: number, latents: Latents, size: Size): Film => {
  const { part, index, seen } = latents;
  const random = draw('film', seed, part, index), materials = materialsOf(part);
  const course = drawCourse(CLIP_S, random), luma = random.uniform(104, 128);
  const { width, height } = backdropSize(size);
  const backdrop = drawBackdrop(random.pick(materials.backdrops), width, height, size.height, random);
  const staging = seen && drawStaging(seen.look, materials.patterns, random);
  const sprite = staging && rasterise(staging.finish, Math.ceil(2 * SPRITE_REACH * staging.radius * size.height * 1.2));
  const set: Set = {
    picture: { ...size, rgb: new Uint8Array(size.width * size.height * 3) }, backdrop, course,
    thing: staging && sprite && ((timeS) => placedAt(staging, sprite, latents, timeS, size)),
  };
  equalise(set, luma);
  return {
    size, course,
    frame: (frame) => {
      if (frame < 0 || frame >= FRAMES) throw new RangeError(`a clip has frames 0 to ${FRAMES - 1}, not ${frame}`);
      paint(set, frame / FPS);
      return set.picture.rgb;
    },
  };
};
