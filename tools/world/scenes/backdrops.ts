/** Backgrounds: textures wider than the picture, over which the camera drifts. */
import type { Random } from '../../../src/learn/random.js';

/** A texture to move over. */
export interface Backdrop {
  readonly width: number;
  readonly height: number;
  /** RGB, `[height, width, 3]`. */
  readonly rgb: Uint8Array;
}

/** Lightness −1…1 at a place; one unit is the picture's height. */
type Lightness = (x: number, y: number) => number;

const lattice = (random: Random): Lightness => {
  const size = 32, values = Float32Array.from({ length: size * size }, () => random.uniform(-1, 1));
  const value = (x: number, y: number): number => values[(y & (size - 1)) * size + (x & (size - 1))] ?? 0;
  return (x, y) => {
    const ix = Math.floor(x), iy = Math.floor(y), u = x - ix, v = y - iy;
    const su = u * u * (3 - 2 * u), sv = v * v * (3 - 2 * v);
    return (value(ix, iy) * (1 - su) + value(ix + 1, iy) * su) * (1 - sv) + (value(ix, iy + 1) * (1 - su) + value(ix + 1, iy + 1) * su) * sv;
  };
};

const fractal = (random: Random, frequency: number): Lightness => {
  const noise = lattice(random);
  return (x, y) => 0.6 * noise(x * frequency, y * frequency) + 0.3 * noise(x * frequency * 2.1 + 9, y * frequency * 2.1) + 0.2 * noise(x * frequency * 4.3, y * frequency * 4.3 + 5);
};

const FAMILIES = {
  clouds: (random) => {
    const noise = fractal(random, random.uniform(2, 5));
    return (x, y) => noise(x, y) * 1.3;
  },
  hills: (random) => {
    const noise = fractal(random, random.uniform(3, 6)), slope = random.uniform(0.5, 1.2);
    return (x, y) => noise(x, y) * 0.7 + (y - 0.5) * slope;
  },
  planks: (random) => {
    const noise = fractal(random, 3), angle = random.uniform(0, Math.PI), width = random.uniform(0.08, 0.2);
    const c = Math.cos(angle), s = Math.sin(angle);
    return (x, y) => {
      const across = (x * c + y * s) / width;
      return noise(x, y) * 0.5 + (across - Math.floor(across) < 0.12 ? -0.8 : 0.25 * Math.sin(Math.floor(across) * 2.4));
    };
  },
  blobs: (random) => {
    const noise = lattice(random), fine = fractal(random, 8), f = random.uniform(3, 6);
    return (x, y) => (noise(x * f, y * f) > 0.15 ? 0.6 : -0.4) + 0.4 * fine(x, y);
  },
  bricks: (random) => {
    const noise = fractal(random, 4), height = random.uniform(0.09, 0.16);
    return (x, y) => {
      const row = Math.floor(y / height), along = x / (height * 2.2) + (row & 1) * 0.5;
      const mortar = y / height - row < 0.14 || along - Math.floor(along) < 0.07;
      return mortar ? -0.8 : 0.3 * Math.sin(row * 5.1 + Math.floor(along) * 3.7) + 0.4 * noise(x, y);
    };
  },
  cells: (random) => {
    const f = random.uniform(4, 7), sites = Array.from({ length: 64 }, () => [random.uniform(0, 1), random.uniform(0, 1), random.uniform(-0.7, 0.7)] as const);
    return (x, y) => {
      let best = 9, lightness = 0;
      for (let j = -1; j <= 1; j++) for (let i = -1; i <= 1; i++) {
        const cx = Math.floor(x * f) + i, cy = Math.floor(y * f) + j;
        const site = sites[((cy & 7) << 3) | (cx & 7)];
        if (site === undefined) continue;
        const distance = Math.hypot(cx + site[0] - x * f, cy + site[1] - y * f);
        if (distance < best) { best = distance; [, , lightness] = site; }
      }
      return lightness - best * 0.5;
    };
  },
} as const satisfies Readonly<Record<string, (random: Random) => Lightness>>;

/** The name of a family of backgrounds. */
export type BackdropName = keyof typeof FAMILIES;

/** The backgrounds a part of a world draws from: `held` ones are seen in no training picture, nor in any that a backbone learned from. */
export const BACKDROP_POOLS: Readonly<Record<'seen' | 'held' | 'pretrain', readonly BackdropName[]>> = {
  seen: ['clouds', 'hills', 'planks'],
  held: ['bricks', 'cells'],
  pretrain: ['clouds', 'hills', 'planks', 'blobs'],
};

/**
 * Draws a texture: a family, two dull colours, and its own noise.
 * @param unitPx pixels in one unit (the picture's height)
 */
export const drawBackdrop = (family: BackdropName, width: number, height: number, unitPx: number, random: Random): Backdrop => {
  const lightness = FAMILIES[family](random);
  const base = [random.uniform(80, 150), random.uniform(80, 150), random.uniform(80, 150)] as const;
  const tilt = [random.uniform(14, 40), random.uniform(14, 40), random.uniform(14, 40)] as const;
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const light = lightness(x / unitPx, y / unitPx);
      rgb[i] = Math.max(0, Math.min(255, base[0] + light * tilt[0]));
      rgb[i + 1] = Math.max(0, Math.min(255, base[1] + light * tilt[1]));
      rgb[i + 2] = Math.max(0, Math.min(255, base[2] + light * tilt[2]));
    }
  }
  return { width, height, rgb };
};
