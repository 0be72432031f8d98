/** Actions: cycles that run forwards or backwards in time. Backwards the very same poses come in the reverse order. */
import type { Random } from '../../../src/learn/random.js';

/** How a thing stands, relative to where and how large it is. */
export interface Pose {
  /** Offset, in units of the picture's height. */
  readonly dx: number;
  readonly dy: number;
  /** Turn [rad], clockwise. */
  readonly turn: number;
  /** Factors on its width and height. */
  readonly wide: number;
  readonly tall: number;
}

const REST: Pose = { dx: 0, dy: 0, turn: 0, wide: 1, tall: 1 };

/** Slowly from −1 to 1 during most of the cycle, then quickly back. */
const saw = (phase: number): number => (phase < 0.85 ? (phase / 0.85) * 2 - 1 : 1 - ((phase - 0.85) / 0.15) * 2);
const wave = (phase: number): number => Math.sin(2 * Math.PI * phase);

/** The poses of one cycle of each family of actions, from a phase in 0…1. */
const CYCLES = {
  spin: (phase) => ({ ...REST, turn: 2 * Math.PI * phase }),
  orbit: (phase) => ({ ...REST, dx: 0.14 * wave(phase + 0.25), dy: 0.14 * wave(phase) }),
  slide: (phase) => ({ ...REST, dx: 0.17 * saw(phase) }),
  climb: (phase) => ({ ...REST, dy: 0.17 * saw(phase) }),
  swell: (phase) => ({ ...REST, wide: 1 + 0.36 * saw(phase), tall: 1 + 0.36 * saw(phase) }),
  tilt: (phase) => ({ ...REST, turn: 1.1 * saw(phase) }),
  stretch: (phase) => ({ ...REST, wide: 1 + 0.4 * saw(phase), tall: 1 - 0.4 * saw(phase) }),
} as const satisfies Readonly<Record<string, (phase: number) => Pose>>;

/** The name of a family of actions. */
export type ActionName = keyof typeof CYCLES;
/** Every family of actions, in a fixed order. */
export const ACTION_NAMES = Object.keys(CYCLES) as readonly ActionName[];

/** An action: a family, and whether time runs forwards (1) or backwards (−1). */
export interface Action {
  readonly family: ActionName;
  readonly direction: 1 | -1;
}

/** What a net that tells motions says: every action, `spin+`, `spin-`, …, and last `idle`. */
export const MOTION_LABELS: readonly string[] = [...ACTION_NAMES.flatMap((family) => [`${family}+`, `${family}-`]), 'idle'];

/** The name of an action among {@link MOTION_LABELS}; undefined is idle. */
export const motionLabel = (action: Action | undefined): string =>
  action === undefined ? 'idle' : `${action.family}${action.direction > 0 ? '+' : '-'}`;

/** What varies between two performances of an action. */
export interface Performance {
  /** Cycles in a second. */
  readonly hz: number;
  /** Where in the cycle it starts, 0…1. */
  readonly phase: number;
}

/** Draws a performance; slow enough that eight pictures in 0.96 s show which way it goes. */
export const drawPerformance = (random: Random): Performance => ({ hz: random.uniform(0.75, 1.25), phase: random.uniform(0, 1) });

/** The pose at a time since the action began [s]. */
export const poseAt = ({ family, direction }: Action, { hz, phase }: Performance, timeS: number): Pose => {
  const turns = phase + direction * hz * timeS;
  return CYCLES[family](turns - Math.floor(turns));
};

/** What things do that do nothing: held, drifting slowly, or bobbing a little. */
export interface Idling {
  readonly kind: 'held' | 'drift' | 'bob';
  readonly angle: number;
  readonly phase: number;
}

/** Draws how a thing idles. */
export const drawIdling = (random: Random): Idling =>
  ({ kind: random.pick(['held', 'drift', 'bob'] as const), angle: random.uniform(0, 2 * Math.PI), phase: random.uniform(0, 1) });

/** The pose of an idle thing [s since it was there]. */
export const idleAt = ({ kind, angle, phase }: Idling, timeS: number): Pose => {
  const reach = kind === 'held' ? 0 : kind === 'drift' ? 0.016 * (timeS - 2.5) : 0.012 * wave(0.5 * timeS + phase);
  return { ...REST, dx: reach * Math.cos(angle), dy: reach * Math.sin(angle) };
};

/** One pose after another: the offsets add, the factors multiply. */
export const together = (a: Pose, b: Pose): Pose =>
  ({ dx: a.dx + b.dx, dy: a.dy + b.dy, turn: a.turn + b.turn, wide: a.wide * b.wide, tall: a.tall * b.tall });
