import { Canvas, type Colour } from '../sample/canvas.js';
import { drawClouds, drawLandscape } from '../sample/landscape.js';
import { drawFlyer, FLYERS } from './flyers.js';
import { SOURCE, type Box } from './plates.js';
import type { Random } from './random.js';

/** Width of the eye's input [px]. */
export const WIDTH = 160;
/** Height of the eye's input [px]. */
export const HEIGHT = 128;
/** What the eye reports; the last means that nothing flies. */
export const EYE_LABELS: readonly string[] = [...FLYERS, 'background'];
/** Index of the background label. */
export const NOTHING = FLYERS.length;

/** The mean of each part of a box of the picture, as a scaler would give it, `[128, 160, 3]`. */
export const shrink = (pixels: Uint8Array, width: number, height: number, box: Box, mirror = false): Uint8Array => {
  const out = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y++) {
    const y0 = Math.max(0, Math.floor(box.y + (y * box.height) / HEIGHT)), y1 = Math.min(height, Math.max(y0 + 1, Math.floor(box.y + ((y + 1) * box.height) / HEIGHT)));
    for (let x = 0; x < WIDTH; x++) {
      const x0 = Math.max(0, Math.floor(box.x + (x * box.width) / WIDTH)), x1 = Math.min(width, Math.max(x0 + 1, Math.floor(box.x + ((x + 1) * box.width) / WIDTH)));
      const to = (y * WIDTH + (mirror ? WIDTH - 1 - x : x)) * 3;
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let v = y0; v < y1; v++) for (let u = x0; u < x1; u++) sum += pixels[(v * width + u) * 3 + c] ?? 0;
        out[to + c] = sum / ((y1 - y0) * (x1 - x0));
      }
    }
  }
  return out;
};

/** All of a picture, or at random most of it. */
export const whole = (width: number, height: number, random?: Random): Box => {
  if (random === undefined) return { x: 0, y: 0, width, height };
  const share = random.uniform(0.7, 1), w = width * share, h = height * Math.min(1, share * random.uniform(0.8, 1.2));
  return { x: random.uniform(0, width - w), y: random.uniform(0, height - h), width: w, height: h };
};

/** A box around what moves, so that it fills up to half of the width; never less than 96 px wide. */
export const closeUp = (box: Box, random: Random): Box => {
  const width = Math.min(SOURCE.width, Math.max(96, Math.max(box.width, box.height * 1.25) / random.uniform(0.07, 0.5))), height = Math.min(SOURCE.height, width * 0.8 * random.uniform(0.75, 1.1));
  const x = box.x + box.width / 2 - width * random.uniform(0.25, 0.75), y = box.y + box.height / 2 - height * random.uniform(0.25, 0.75);
  return { x: Math.max(0, Math.min(SOURCE.width - width, x)), y: Math.max(0, Math.min(SOURCE.height - height, y)), width, height };
};

const paint = (canvas: Canvas, random: Random): void => {
  if (random.chance(0.45)) {
    drawLandscape(canvas);
  } else {
    const tone = random.uniform(60, 215);
    const high: Colour = [tone * random.uniform(0.5, 1), tone * random.uniform(0.8, 1), tone * random.uniform(0.95, 1.2)], low: Colour = [tone + random.uniform(0, 40), tone + random.uniform(0, 40), tone + random.uniform(0, 40)];
    canvas.fill((_, y) => [0, 1, 2].map((c) => Math.min(255, (high[c] ?? 0) + ((low[c] ?? 0) - (high[c] ?? 0)) * (y / canvas.height))) as unknown as Colour);
  }
  if (random.chance(0.7)) drawClouds(canvas, random.uniform(-40, 90));
  canvas.veil([random.uniform(40, 220), random.uniform(40, 220), random.uniform(40, 220)], random.chance(0.5) ? random.uniform(0, 0.45) : 0);
};

/** A picture of the net's size, and what it shows. */
export interface Shown { readonly pixels: Uint8Array; readonly target: number }

/** One made picture: a real or painted scene, with one flyer or none. */
export const make = (plates: readonly Uint8Array[], random: Random): Shown => {
  const target = random.chance(0.3) ? NOTHING : random.below(FLYERS.length);
  const plate = random.chance(0.55) ? random.pick(plates) : undefined;
  const { width, height } = plate === undefined ? { width: 640, height: random.pick([360, 360, 480, 512]) } : SOURCE;
  const canvas = new Canvas(width, height);
  if (plate === undefined) paint(canvas, random);
  else canvas.pixels.set(plate);
  const kind = FLYERS[target];
  if (kind !== undefined) drawFlyer(canvas, kind, width * 2 ** random.uniform(-4.3, -1.1), random);
  return { pixels: shrink(canvas.pixels, width, height, kind === undefined ? whole(width, height, random) : whole(width, height), random.chance(0.5)), target };
};
