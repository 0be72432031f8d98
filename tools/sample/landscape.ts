import { seeded } from '../../src/learn/random.js';
import type { Canvas, Colour, Point } from './canvas.js';

const mix = (a: Colour, b: Colour, share: number): Colour => [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];

const hills = (canvas: Canvas, level: number, swing: number, pitch: number, shift: number, colour: Colour): void => {
  const { width, height } = canvas;
  const edge = Array.from({ length: width / 8 + 1 }, (_, i): Point => [i * 8, level + swing * (Math.sin(i * pitch + shift) + 0.4 * Math.sin(i * pitch * 2.3 + shift * 2))]);
  canvas.polygon([...edge, [width, height], [0, height]], colour);
};

const tree = (canvas: Canvas, x: number, ground: number, size: number, colour: Colour): void => {
  canvas.line([x, ground], [x, ground - size * 0.5], size * 0.09, [84, 66, 50]);
  for (const [dx, dy, r] of [[0, -0.75, 0.3], [-0.2, -0.6, 0.24], [0.2, -0.58, 0.25], [0.03, -0.98, 0.2]] as const) {
    canvas.ellipse([x + dx * size, ground + dy * size], r * size, r * size * 0.92, colour);
  }
};

const house = (canvas: Canvas, x: number, y: number): void => {
  canvas.polygon([[x, y], [x, y - 34], [x + 62, y - 34], [x + 62, y]], [222, 208, 184]);
  canvas.polygon([[x + 44, y - 58], [x + 53, y - 58], [x + 53, y - 40], [x + 44, y - 40]], [140, 90, 74]);
  canvas.polygon([[x - 6, y - 33], [x + 12, y - 60], [x + 50, y - 60], [x + 68, y - 33]], [158, 84, 66]);
  canvas.polygon([[x + 10, y], [x + 10, y - 22], [x + 23, y - 22], [x + 23, y]], [104, 80, 62]);
  canvas.polygon([[x + 35, y - 10], [x + 35, y - 23], [x + 51, y - 23], [x + 51, y - 10]], [120, 152, 172]);
};

/** The meadow that never moves: sky, hills, a house, trees and a fence. */
export const drawLandscape = (canvas: Canvas): void => {
  const { width, height } = canvas;
  const high: Colour = [104, 158, 214], low: Colour = [226, 232, 230];
  canvas.fill((_, y) => mix(high, low, Math.min(1, (y / height) * 1.45) ** 1.3));
  for (const [radius, alpha] of [[46, 0.12], [34, 0.2], [24, 1]] as const) canvas.ellipse([540, 62], radius, radius, [255, 246, 214], alpha);
  hills(canvas, 236, 14, 0.13, 0.5, [150, 176, 178]);
  hills(canvas, 258, 12, 0.1, 2.1, [122, 158, 132]);
  hills(canvas, 284, 8, 0.07, 4.2, [104, 148, 92]);
  house(canvas, 96, 300);
  const random = seeded(11);
  for (const [x, ground, size] of [[182, 300, 62], [216, 304, 46], [70, 304, 54], [430, 292, 40], [452, 294, 52], [478, 293, 44]] as const) {
    tree(canvas, x, ground, size, [random.uniform(64, 84), random.uniform(110, 132), random.uniform(60, 78)]);
  }
  hills(canvas, 314, 4, 0.05, 1, [124, 166, 90]);
  for (let x = 12; x < width; x += 44) canvas.line([x, 348], [x, 314], 5, [120, 96, 72]);
  for (const y of [322, 336]) canvas.line([0, y], [width, y + 1], 3.4, [134, 108, 82]);
};

/** Clouds that drift, at a time [s]. */
export const drawClouds = (canvas: Canvas, timeS: number): void => {
  for (const [start, y, size, speed] of [[60, 58, 1, 3.2], [300, 96, 0.75, 2.2], [470, 40, 0.9, 2.8], [-120, 120, 0.6, 1.9]] as const) {
    const x = start + speed * timeS;
    for (const [dx, dy, r] of [[0, 0, 26], [-28, 6, 19], [28, 6, 20], [12, -10, 20], [-12, -6, 18]] as const) {
      canvas.ellipse([x + dx * size, y + dy * size], r * size * 1.25, r * size * 0.72, [250, 250, 250], 0.55);
    }
  }
};
