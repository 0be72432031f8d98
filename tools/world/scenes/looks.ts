/** What things look like: a shape in a colour, and the texture on it, which tells nothing. */
import type { Random } from '../../../src/learn/random.js';
import { SHAPES, type ShapeName } from './shapes.js';

/** Red, green, blue, 0…255. */
export type Rgb = readonly [number, number, number];

/** Colours of things, by name. */
export const HUES = {
  red: [214, 44, 44], orange: [238, 138, 28], yellow: [232, 214, 50], green: [50, 168, 62],
  cyan: [48, 192, 200], blue: [44, 88, 214], purple: [140, 58, 190], pink: [240, 128, 190],
} as const satisfies Readonly<Record<string, Rgb>>;

/** The name of a colour. */
export type HueName = keyof typeof HUES;
/** Every colour's name, in a fixed order: the classes of a net that tells colours. */
export const HUE_NAMES = Object.keys(HUES) as readonly HueName[];

/** What a thing is known by. */
export interface Look {
  readonly shape: ShapeName;
  readonly hue: HueName;
}

/** Light and dark on a thing, −1…1, at a point of it (radius 1); f is a spatial frequency, p a phase. */
const PATTERNS = {
  plain: () => 0,
  stripes: (x, y, f, p) => Math.sign(Math.sin((x * Math.cos(p) + y * Math.sin(p)) * f)),
  dots: (x, y, f, p) => (Math.sin(x * f + p) * Math.sin(y * f + p) > 0.3 ? 1 : -0.4),
  shade: (x, y, _f, p) => x * Math.cos(p) + y * Math.sin(p),
  zigzag: (x, y, f, p) => Math.sign(Math.sin(y * f + p + 1.6 * Math.asin(Math.sin(x * f)))),
  checks: (x, y, f, p) => Math.sign(Math.sin(x * f + p)) * Math.sign(Math.sin(y * f - p)),
  rings: (x, y, f, p) => Math.sign(Math.sin(Math.hypot(x, y) * f * 1.4 + p)),
} as const satisfies Readonly<Record<string, (x: number, y: number, f: number, p: number) => number>>;

/** The name of a texture. */
export type PatternName = keyof typeof PATTERNS;

/** The textures a part of a world draws from: `held` ones are seen in no training picture, nor in any that a backbone learned from. */
export const PATTERN_POOLS: Readonly<Record<'seen' | 'held' | 'pretrain', readonly PatternName[]>> = {
  seen: ['plain', 'stripes', 'dots', 'shade'],
  held: ['checks', 'rings'],
  pretrain: ['plain', 'stripes', 'dots', 'shade', 'zigzag'],
};

/** A look with everything that varies from one thing to the next. */
export interface Finish {
  readonly look: Look;
  readonly pattern: PatternName;
  /** Spatial frequency of the texture [rad per radius] and its phase [rad]. */
  readonly frequency: number;
  readonly phase: number;
  /** How strong the texture is, 0…1. */
  readonly contrast: number;
  /** Added to the colour. */
  readonly tint: Rgb;
  /** The outline and the eye: dark or light. */
  readonly inkDark: boolean;
}

/** Draws everything that a look leaves open. */
export const drawFinish = (look: Look, patterns: readonly PatternName[], random: Random): Finish => ({
  look,
  pattern: random.pick(patterns),
  frequency: random.uniform(6, 11),
  phase: random.uniform(0, 2 * Math.PI),
  contrast: random.uniform(0.12, 0.3),
  tint: [random.uniform(-14, 14), random.uniform(-14, 14), random.uniform(-14, 14)],
  inkDark: random.chance(0.5),
});

/** A thing ready to be painted: distance and colour on a square grid over −1.3…1.3 radii. */
export interface Sprite {
  readonly side: number;
  /** Signed distance to the edge in radii, `[side, side]`. */
  readonly distance: Float32Array;
  /** RGB, `[side, side, 3]`. */
  readonly rgb: Uint8Array;
}

/** Half the side of a sprite's grid, in radii. */
export const SPRITE_REACH = 1.3;
/** Half the width of the outline, in radii. */
const OUTLINE = 0.045;

const colourAt = ({ look, pattern, frequency, phase, contrast, tint, inkDark }: Finish, x: number, y: number, distance: number): Rgb => {
  const ink: Rgb = inkDark ? [22, 20, 26] : [244, 242, 236];
  // An eye off the centre tells how the thing is turned.
  if (distance > -2 * OUTLINE || (Math.hypot(x, y + (look.shape === 'ring' ? 0.66 : 0.42)) < 0.17 && distance < -0.1)) return ink;
  const [red, green, blue] = HUES[look.hue];
  const light = 1 + contrast * PATTERNS[pattern](x, y, frequency, phase);
  const clamp = (v: number): number => Math.max(0, Math.min(255, v * light));
  return [clamp(red + tint[0]), clamp(green + tint[1]), clamp(blue + tint[2])];
};

/** Rasters a thing once. @param side cells along the grid's side; as many as the pixels it will cover gives a clean edge */
export const rasterise = (finish: Finish, side: number): Sprite => {
  const distanceOf = SHAPES[finish.look.shape];
  const distance = new Float32Array(side * side), rgb = new Uint8Array(side * side * 3);
  for (let row = 0, cell = 0; row < side; row++) {
    const y = ((row + 0.5) / side * 2 - 1) * SPRITE_REACH;
    for (let column = 0; column < side; column++, cell++) {
      const x = ((column + 0.5) / side * 2 - 1) * SPRITE_REACH;
      const d = distanceOf(x, y);
      distance[cell] = d;
      rgb.set(colourAt(finish, x, y, d), cell * 3);
    }
  }
  return { side, distance, rgb };
};
