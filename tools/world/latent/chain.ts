/** What is hidden, as one Markov chain: class, phase, the bit of a synergy pair, and whether sound is another's. */
import type { Clips, LatentClass, LatentWorld, Streams } from './world.js';

/** Nothing yet; telling; telling no more for a while. */
export type Phase = 'still' | 'telling' | 'pause';

/** One state of the chain. */
export interface Hidden {
  readonly target: number;
  readonly phase: Phase;
  readonly bit: 0 | 1;
  readonly swapped: boolean;
}

/** Moves with a probability above 0, as three lists of the same length, in the order of `from`. */
export interface Moves {
  readonly from: Uint16Array;
  readonly to: Uint16Array;
  readonly chance: Float64Array;
}

/** The chain of a world. */
export interface Chain {
  readonly states: readonly Hidden[];
  /** `[states]`, at step 0. */
  readonly initial: Float64Array;
  /** The moves into step t ≥ 1. */
  readonly into: (step: number) => Moves;
}

/** Of clips, 3 in 10 tell from their first step on, and 2 in 10 on their last step only. */
const AT_FIRST = 0.3, AT_LAST = 0.2;
const PHASES = ['still', 'telling', 'pause'] as const;
/** Chances per step. Clips tell in bursts; in a stream an event tells on until it ends, with few pauses. */
const CLIP = { pause: 0.4, resume: 0.4 }, STREAM = { reveal: 0.25, pause: 0.05, resume: 0.5, stir: 0.05, calm: 0.3 };
/** How often it is drawn anew whether sound is another's. */
const SWAP_ANEW = 0.3;

/** A state but for `swapped`, which moves on its own. */
type Core = Omit<Hidden, 'swapped'>;
type Weighted = readonly [Core, number];

const bitsOf = ({ group }: LatentClass): readonly (0 | 1)[] => (group === 'synergy' ? [0, 1] : [0]);

const phaseMoves = (phase: Phase, reveal: number, { pause, resume }: { pause: number; resume: number }): (readonly [Phase, number])[] => {
  if (phase === 'still') return [['telling', reveal], ['still', 1 - reveal]];
  return phase === 'telling' ? [['pause', pause], ['telling', 1 - pause]] : [['telling', resume], ['pause', 1 - resume]];
};

/** The chance that what tells begins at a step, where it has not begun before. */
const hazard = (step: number, { steps }: Clips): number => {
  const middle = (1 - AT_FIRST - AT_LAST) / (steps - 2);
  return step === steps - 1 ? 1 : middle / (1 - AT_FIRST - (step - 1) * middle);
};

/** A class begins: telling at once or not yet, either bit. */
const begins = (world: LatentWorld, target: number): Weighted[] => {
  const one = world.classes[target], bits = one === undefined ? [] : bitsOf(one);
  return bits.flatMap((bit): Weighted[] => [[{ target, phase: 'telling', bit }, AT_FIRST / bits.length], [{ target, phase: 'still', bit }, (1 - AT_FIRST) / bits.length]]);
};

const scaled = (list: readonly Weighted[], by: number): Weighted[] => list.map(([core, chance]) => [core, chance * by]);

const anyEvent = (world: LatentWorld): Weighted[] =>
  scaled(world.classes.flatMap((_, target) => (target === 0 ? [] : begins(world, target))), 1 / (world.classes.length - 1));

const clipMoves = (core: Core, step: number, course: Clips): Weighted[] =>
  phaseMoves(core.phase, hazard(step, course), CLIP).map(([phase, chance]) => [{ ...core, phase }, chance]);

const NOTHING: Core = { target: 0, phase: 'still', bit: 0 };

const streamMoves = (world: LatentWorld, core: Core, { background, meanSteps }: Streams): Weighted[] => {
  const end = 1 / meanSteps, start = (end * (1 - background)) / background;
  if (core.target === 0) {
    const stirs = core.phase === 'telling' ? 1 - STREAM.calm : STREAM.stir;
    const stays: Weighted[] = [[{ ...core, phase: 'telling' }, stirs], [NOTHING, 1 - stirs]];
    return [...scaled(stays, 1 - start), ...scaled(anyEvent(world), start)];
  }
  const on = phaseMoves(core.phase, STREAM.reveal, STREAM).map(([phase, chance]): Weighted => [{ ...core, phase }, chance]);
  return [...scaled(on, 1 - end), [NOTHING, end]];
};

const keyOf = ({ target, phase, bit }: Core, swapped: boolean): string => `${target} ${phase} ${bit} ${swapped}`;

/** A core with its sound its own, or another's. */
const withSound = (list: readonly Weighted[], swapped: number): (readonly [string, number])[] =>
  list.flatMap(([core, chance]) => [[keyOf(core, true), chance * swapped] as const, [keyOf(core, false), chance * (1 - swapped)] as const])
    .filter(([, chance]) => chance > 0);

/** The chain that a world's sequences follow. */
export const chainOf = (world: LatentWorld): Chain => {
  const { course, swapped } = world.options;
  const states = world.classes.flatMap((one, target) => PHASES.flatMap((phase) => bitsOf(one).flatMap((bit) =>
    [false, true].map((other): Hidden => ({ target, phase, bit, swapped: other })))));
  const index = new Map(states.map((state, i) => [keyOf(state, state.swapped), i]));
  const initial = new Float64Array(states.length);
  const first = course.kind === 'clips' ? begins(world, 0) : [[NOTHING, 1] as const];
  for (const [key, chance] of withSound([...scaled(first, course.background), ...scaled(anyEvent(world), 1 - course.background)], swapped)) {
    initial[index.get(key) ?? 0] = (initial[index.get(key) ?? 0] ?? 0) + chance;
  }
  const movesInto = (step: number): Moves => {
    const moves = states.flatMap((state, from) => {
      const next = course.kind === 'clips' ? clipMoves(state, step, course) : streamMoves(world, state, course);
      return withSound(next, SWAP_ANEW * swapped + (state.swapped ? 1 - SWAP_ANEW : 0)).map(([key, chance]) => ({ from, to: index.get(key) ?? 0, chance }));
    });
    return { from: Uint16Array.from(moves, ({ from }) => from), to: Uint16Array.from(moves, ({ to }) => to), chance: Float64Array.from(moves, ({ chance }) => chance) };
  };
  const known = new Map<number, Moves>();
  const into = (step: number): Moves => {
    const key = course.kind === 'clips' ? step : 1, moves = known.get(key) ?? movesInto(key);
    known.set(key, moves);
    return moves;
  };
  return { states, initial, into };
};
