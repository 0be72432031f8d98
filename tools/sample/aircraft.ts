import type { Canvas, Colour, Point } from './canvas.js';

/** Where and how a helicopter is drawn. */
export interface HelicopterPose {
  /** Middle of the cabin [px]. */
  readonly at: Point;
  /** Length from nose to tail rotor [px]. */
  readonly length: number;
  /** Nose up or down [rad]. */
  readonly pitch: number;
  /** Flies to the right: 1; to the left: −1. */
  readonly heading: 1 | -1;
  /** Turns of the main rotor so far. */
  readonly turns: number;
  readonly colour: Colour;
  /** How much of the sky shines through: haze of distance, 0…1. */
  readonly haze?: number;
}

/** Draws a light helicopter from the side: cabin, glass, boom, fin, skids, and rotors as blurred discs with a blade. */
export const drawHelicopter = (canvas: Canvas, pose: HelicopterPose): void => {
  const { length, heading, pitch, colour } = pose;
  const alpha = 1 - (pose.haze ?? 0);
  const place = (x: number, y: number): Point => {
    const px = x * length * heading, py = y * length, turn = pitch * heading;
    return [pose.at[0] + px * Math.cos(turn) - py * Math.sin(turn), pose.at[1] + px * Math.sin(turn) + py * Math.cos(turn)];
  };
  const shape = (points: readonly Point[], paint = colour, share = alpha): void => {
    canvas.polygon(points.map(([x, y]) => place(x, y)), paint, share);
  };
  const stroke = (from: Point, to: Point, width: number, paint = colour, share = alpha): void => {
    canvas.line(place(...from), place(...to), Math.max(0.8, width * length), paint, share);
  };
  const round = (x: number, y: number, rx: number, ry: number, paint = colour, share = alpha): void => {
    canvas.ellipse(place(x, y), rx * length, ry * length, paint, share, pitch * heading);
  };
  shape([[-0.12, -0.05], [-0.7, -0.045], [-0.72, -0.005], [-0.1, 0.07]]);
  shape([[-0.66, -0.03], [-0.76, -0.17], [-0.71, -0.17], [-0.6, -0.03]]);
  shape([[-0.62, 0], [-0.7, 0.07], [-0.66, 0.07], [-0.56, 0]]);
  round(0, 0.01, 0.19, 0.105);
  round(0.1, 0.02, 0.14, 0.085);
  shape([[-0.12, -0.07], [-0.06, -0.14], [0.06, -0.14], [0.1, -0.06]]);
  shape([[0.05, -0.045], [0.12, -0.045], [0.21, 0.02], [0.07, 0.02]], [170, 205, 225], alpha * 0.85);
  shape([[-0.06, -0.045], [0.03, -0.045], [0.045, 0.02], [-0.06, 0.02]], [150, 185, 205], alpha * 0.8);
  stroke([-0.06, 0.1], [-0.1, 0.17], 0.012);
  stroke([0.1, 0.09], [0.14, 0.17], 0.012);
  stroke([-0.2, 0.17], [0.24, 0.17], 0.014);
  stroke([0, -0.13], [0, -0.19], 0.025);
  const blade = 0.52 * Math.cos(2 * Math.PI * pose.turns);
  round(0, -0.19, 0.52, 0.014, colour, alpha * 0.28);
  stroke([-blade, -0.193], [blade, -0.187], 0.012);
  round(-0.735, -0.1, 0.075, 0.075, colour, alpha * 0.22);
  const spin = 2 * Math.PI * pose.turns * 4.7;
  stroke([-0.735 - 0.07 * Math.cos(spin), -0.1 - 0.07 * Math.sin(spin)], [-0.735 + 0.07 * Math.cos(spin), -0.1 + 0.07 * Math.sin(spin)], 0.01);
};
