/** How a camera's view moves: it stands still, drifts slowly, and stands still again. */
import type { Random } from '../../../src/learn/random.js';

/** From a moment on the view moves at a speed [picture heights a second]; 0 is held. */
export interface Drift {
  readonly fromS: number;
  readonly vx: number;
  readonly vy: number;
}

/** How far the view goes from its middle, at most [picture heights]. */
export const CAMERA_REACH = 0.12;

/** Draws a course of `seconds`: runs of 0.4…1.6 s, about half of them held. */
export const drawCourse = (seconds: number, random: Random): Drift[] => {
  const course: Drift[] = [];
  for (let fromS = 0; fromS < seconds; fromS += random.uniform(0.4, 1.6)) {
    const speed = random.chance(0.5) ? 0 : random.uniform(0.015, 0.05), angle = random.uniform(0, 2 * Math.PI);
    course.push({ fromS, vx: speed * Math.cos(angle), vy: speed * Math.sin(angle) });
  }
  return course;
};

/** Where the view is at a time, relative to its middle [picture heights]; it stops at its reach. */
export const viewAt = (course: readonly Drift[], timeS: number): readonly [x: number, y: number] => {
  let x = 0, y = 0;
  for (const [i, { fromS, vx, vy }] of course.entries()) {
    if (fromS >= timeS) break;
    const lasts = Math.min(timeS, course[i + 1]?.fromS ?? timeS) - fromS;
    x = Math.max(-CAMERA_REACH, Math.min(CAMERA_REACH, x + vx * lasts));
    y = Math.max(-CAMERA_REACH, Math.min(CAMERA_REACH, y + vy * lasts));
  }
  return [x, y];
};
