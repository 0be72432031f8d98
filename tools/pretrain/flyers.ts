import { drawHelicopter } from '../sample/aircraft.js';
import type { Canvas, Colour, Point } from '../sample/canvas.js';
import type { Random } from './random.js';

/** What flies in the pictures that the eye learns from. */
export const FLYERS = ['airplane', 'bird', 'drone', 'helicopter'] as const;
/** One of {@link FLYERS}. */
export type Flyer = (typeof FLYERS)[number];

interface Pose {
  readonly at: Point;
  readonly size: number;
  readonly turn: number;
  readonly heading: 1 | -1;
  readonly colour: Colour;
}

/** Paints shapes given in the flyer's own measure: x forwards, y down, 1 = its length. */
const brush = (canvas: Canvas, { at, size, turn, heading, colour }: Pose) => {
  const place = ([x, y]: Point): Point => {
    const px = x * size * heading, py = y * size;
    return [at[0] + px * Math.cos(turn) - py * Math.sin(turn), at[1] + px * Math.sin(turn) + py * Math.cos(turn)];
  };
  return {
    shape: (points: readonly Point[], paint = colour, alpha = 1) => { canvas.polygon(points.map(place), paint, alpha); },
    round: (middle: Point, rx: number, ry: number, paint = colour, alpha = 1) => { canvas.ellipse(place(middle), rx * size, ry * size, paint, alpha, turn); },
    stroke: (from: Point, to: Point, width: number, paint = colour, alpha = 1) => { canvas.line(place(from), place(to), Math.max(0.5, width * size), paint, alpha); },
  };
};

const shade = ([r, g, b]: Colour, share: number): Colour => [r * share, g * share, b * share];

const airplane = (canvas: Canvas, pose: Pose, random: Random): void => {
  const { shape, round } = brush(canvas, pose);
  const sweep = random.uniform(0.05, 0.3), span = random.uniform(0.2, 0.5), below = random.uniform(-0.4, 1);
  shape([[0.1, 0], [0.1 - sweep, span * below], [-0.06 - sweep, span * below], [-0.1, 0]], shade(pose.colour, 0.85));
  if (random.chance(0.7)) shape([[0.1, 0], [0.12 - sweep, -span * Math.abs(below) * random.uniform(0.3, 1)], [-0.02 - sweep, -span * Math.abs(below) * 0.6], [-0.08, 0]], shade(pose.colour, 0.7));
  round([0, 0], 0.5, random.uniform(0.04, 0.075));
  shape([[-0.34, -0.02], [-0.5, -0.19], [-0.45, -0.19], [-0.26, -0.03]]);
  shape([[-0.38, 0], [-0.5, 0.07 * below], [-0.46, 0.07 * below], [-0.3, 0]], shade(pose.colour, 0.8));
  if (random.chance(0.5)) round([0.02 - sweep / 2, span * below * 0.4 + 0.02], 0.07, 0.028, shade(pose.colour, 0.6));
};

const bird = (canvas: Canvas, pose: Pose, random: Random): void => {
  const { shape, round } = brush(canvas, pose);
  const flap = random.uniform(-0.5, 0.45), reach = random.uniform(0.35, 0.6), far = random.uniform(0.4, 1);
  for (const [side, length] of [[1, 1], [-1, far]] as const) {
    const tip: Point = [-0.1 - random.uniform(0, 0.15) + side * 0.12, flap * length];
    const elbow: Point = [0.08 + side * 0.1 * reach, flap * 0.62 * length - 0.06];
    shape([[0.12, -0.02], elbow, tip, [elbow[0] - 0.16, elbow[1] + 0.06], [-0.12, 0]], shade(pose.colour, side === 1 ? 1 : 0.8));
  }
  round([0, 0], 0.24, 0.065);
  round([0.24, -0.03], 0.06, 0.05);
  shape([[-0.2, -0.02], [-0.38, -0.06], [-0.38, 0.06], [-0.2, 0.03]]);
};

const drone = (canvas: Canvas, pose: Pose, random: Random): void => {
  const { shape, round, stroke } = brush(canvas, pose);
  const depth = random.uniform(0.06, 0.22);
  const motors: readonly Point[] = [[0.42, depth], [-0.42, depth], [0.32, -depth], [-0.32, -depth]];
  for (const [x, y] of motors) {
    stroke([0, 0], [x, y], 0.04);
    stroke([x, y], [x, y - 0.07], 0.04);
    round([x, y - 0.08], 0.16, 0.022, shade(pose.colour, 0.9), 0.45);
    stroke([x - 0.15 * random.uniform(0.2, 1), y - 0.08], [x + 0.15, y - 0.08], 0.018);
  }
  round([0, -0.01], 0.17, 0.075);
  if (random.chance(0.6)) round([0.02, 0.1], 0.055, 0.05, shade(pose.colour, 0.6));
  if (random.chance(0.6)) {
    for (const x of [0.16, -0.16]) stroke([x * 0.7, 0.05], [x, 0.2], 0.025);
    if (random.chance(0.5)) stroke([-0.2, 0.2], [0.2, 0.2], 0.02);
  }
  shape([[0.13, -0.03], [0.18, -0.01], [0.13, 0.01]], [230, 60, 50], random.chance(0.3) ? 1 : 0);
};

/** Draws one flyer anywhere in the picture. `size` is its length [px]. */
export const drawFlyer = (canvas: Canvas, kind: Flyer, size: number, random: Random): void => {
  const grey = random.chance(0.65) ? random.uniform(15, 90) : random.uniform(150, 250);
  const tint = (spread: number): number => Math.max(0, Math.min(255, grey + random.uniform(-spread, spread)));
  const colour: Colour = [tint(15), tint(10), tint(18)];
  const margin = Math.min(0.3 * size, canvas.width / 3);
  const at: Point = [random.uniform(margin, canvas.width - margin), random.uniform(Math.min(margin, canvas.height * 0.3), canvas.height * 0.8)];
  const pose: Pose = { at, size, turn: random.uniform(-0.35, 0.35), heading: random.chance(0.5) ? 1 : -1, colour };
  if (kind === 'airplane') airplane(canvas, pose, random);
  else if (kind === 'bird') bird(canvas, pose, random);
  else if (kind === 'drone') drone(canvas, pose, random);
  else drawHelicopter(canvas, { at, length: size * 0.95, pitch: pose.turn * pose.heading, heading: pose.heading, turns: random.uniform(0, 10), colour, haze: random.uniform(0, 0.35) });
};
