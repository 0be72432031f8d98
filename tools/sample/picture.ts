import { seeded } from '../../src/learn/random.js';
import { drawHelicopter } from './aircraft.js';
import { Canvas, type Colour } from './canvas.js';
import { drawClouds, drawLandscape } from './landscape.js';
import { BARKS_S, flight, rainfall, SAMPLE_FPS, SAMPLE_HEIGHT, SAMPLE_WIDTH } from './timeline.js';

const DOG: Colour = [92, 66, 46];

/** A dog in front of the fence; its head goes up and its mouth opens while it barks. */
const drawDog = (canvas: Canvas, timeS: number): void => {
  const since = Math.min(...BARKS_S.map((at) => (timeS >= at ? timeS - at : Infinity)));
  const open = since < 0.2 ? Math.sin((since / 0.2) * Math.PI) : 0;
  const x = 356, y = 344;
  const wag = Math.sin(timeS * 9) * 5;
  canvas.line([x - 26, y - 26], [x - 40, y - 38 + wag], 4, DOG);
  canvas.ellipse([x - 6, y - 22], 24, 10, DOG);
  for (const leg of [-24, -16, 6, 13]) canvas.line([x + leg, y - 18], [x + leg, y], 5, DOG);
  const hx = x + 22, hy = y - 36 - 3 * open;
  canvas.line([x + 10, y - 24], [hx, hy], 12, DOG);
  canvas.ellipse([hx, hy], 9.5, 8, DOG);
  canvas.line([hx + 4, hy + 1 - 1.5 * open], [hx + 17, hy + 1 - 4 * open], 5.5, DOG);
  canvas.line([hx + 4, hy + 4 + open], [hx + 14, hy + 4 + 4.5 * open], 3, DOG);
  canvas.polygon([[hx - 6, hy - 6], [hx - 11, hy + 6], [hx - 3, hy + 3]], [66, 46, 32]);
  canvas.ellipse([hx + 3.5, hy - 2.5], 1.2, 1.2, [20, 16, 12]);
};

const drawRain = (canvas: Canvas, timeS: number): void => {
  const amount = rainfall(timeS);
  if (amount === 0) return;
  canvas.veil([84, 94, 108], 0.42 * amount);
  const random = seeded(21);
  for (let i = 0; i < 170 * amount; i++) {
    const speed = random.uniform(520, 700), x0 = random.uniform(0, SAMPLE_WIDTH + 60), phase = random.uniform(0, SAMPLE_HEIGHT + 40);
    const y = ((phase + speed * timeS) % (SAMPLE_HEIGHT + 40)) - 20;
    const x = x0 - 0.1 * y;
    canvas.line([x, y], [x - 1.6, y + 15], 1.1, [214, 224, 234], 0.5);
  }
};

const drawFlight = (canvas: Canvas, timeS: number): void => {
  const { progress, near } = flight(timeS);
  if (progress <= 0 || progress >= 1) return;
  const length = 62 + 88 * near;
  drawHelicopter(canvas, {
    at: [-90 + progress * (SAMPLE_WIDTH + 180), 128 - 34 * Math.sin(progress * Math.PI) + 3 * Math.sin(timeS * 1.7)],
    length, pitch: 0.09, heading: 1, turns: timeS * 9.5, colour: [52, 58, 70], haze: 0.22 * (1 - near),
  });
};

/** The frames of the sample: a function from index to RGB `[360, 640, 3]`; each call reuses the same memory. */
export const pictures = (): ((index: number) => Uint8Array) => {
  const still = new Canvas(SAMPLE_WIDTH, SAMPLE_HEIGHT), canvas = new Canvas(SAMPLE_WIDTH, SAMPLE_HEIGHT);
  drawLandscape(still);
  return (index) => {
    const timeS = index / SAMPLE_FPS;
    canvas.copy(still);
    drawClouds(canvas, timeS);
    drawFlight(canvas, timeS);
    drawDog(canvas, timeS);
    drawRain(canvas, timeS);
    return canvas.pixels;
  };
};
