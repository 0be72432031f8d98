import type { Temperatures } from '../inference/manifest.js';
import type { UsagePattern } from '../policy/types.js';
import type { Openings, SequenceRun } from './types.js';

/** How temperatures are fitted. */
export interface CalibrateOptions {
  /** Which steps count: the last of each sequence (trimmed clips) or every one (streams). */
  readonly on: 'last' | 'every';
  /** A usage pattern with fewer answers than this takes the common temperature: a few would fit their own noise. Default 50. */
  readonly least?: number;
  /**
   * So many answers besides whose right class is anybody's guess: where all answers happen to be right, the data alone
   * would have every one of them certain. Default 1.
   */
  readonly doubt?: number;
}

/** Which senses were read on a step. */
export const patternAt = (opened: Openings, step: number): UsagePattern =>
  `a${opened.appearance[step] === 1 ? 'i' : ''}${opened.motion[step] === 1 ? 'm' : ''}`;

/** The patterns there are. */
export const PATTERNS = ['a', 'ai', 'am', 'aim'] as const satisfies readonly UsagePattern[];

interface Example {
  readonly logits: Float32Array;
  readonly target: number;
}

/** A temperature stays within 1/20…20: further off, the data say only "as far as you can". */
const LIMIT = 20;

/** How far a logit lies below the greatest; an impossible class (−∞, NaN) as far as still has a slope. */
const depth = (logit: number, top: number): number => (logit - top >= -1e4 ? logit - top : -1e4);

/** Logits this far below the greatest belong to classes that are ruled out. */
const RULED_OUT = -1e3;

/** Mean depth of the classes that are not ruled out. */
const meanDepth = (logits: Float32Array, top: number): number => {
  let [sum, count] = [0, 0];
  for (const logit of logits) {
    const below = depth(logit, top);
    if (below > RULED_OUT) [sum, count] = [sum + below, count + 1];
  }
  return sum / Math.max(1, count);
};

/**
 * First and second derivative, by β = 1/T, of the negative log-likelihood Σ logsumexp(βz) − βz_target, which is convex in
 * β, with `doubt` answers whose target is spread evenly.
 */
const slopes = (examples: readonly Example[], beta: number, doubt: number): { first: number; second: number } => {
  let first = 0, second = 0;
  const guess = doubt / examples.length;
  for (const { logits, target } of examples) {
    let top = -Infinity, mass = 0, sum = 0, squares = 0;
    for (const logit of logits) if (logit > top) top = logit;
    for (const logit of logits) {
      const below = depth(logit, top), power = Math.exp(beta * below);
      mass += power; sum += power * below; squares += power * below * below;
    }
    const expected = sum / mass;
    first += expected - depth(logits[target] ?? Number.NaN, top) + (guess === 0 ? 0 : guess * (expected - meanDepth(logits, top)));
    second += (1 + guess) * (squares / mass - expected * expected);
  }
  return { first, second };
};

/** Newton's steps on β, halved into the bracket where they leave it. */
const temperatureOf = (examples: readonly Example[], doubt: number): number => {
  let low = 1 / LIMIT, high = LIMIT, beta = 1;
  if (slopes(examples, low, doubt).first >= 0) return LIMIT;
  if (slopes(examples, high, doubt).first <= 0) return 1 / LIMIT;
  for (let round = 0; round < 60 && high - low > 1e-9 * beta; round += 1) {
    const { first, second } = slopes(examples, beta, doubt);
    if (first === 0) break;
    if (first > 0) high = beta; else low = beta;
    const newton = beta - first / second;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - beta) < 1e-10 * beta) return 1 / next;
    beta = next;
  }
  return 1 / beta;
};

const examplesOf = (run: SequenceRun, on: CalibrateOptions['on']): { pattern: UsagePattern; example: Example }[] => {
  const steps = run.targets.length, classes = run.logits.length / steps;
  return Array.from(run.targets, (target, step) => ({
    pattern: patternAt(run.opened, step),
    example: { logits: run.logits.subarray(step * classes, (step + 1) * classes), target },
  })).slice(on === 'last' ? -1 : 0);
};

/**
 * Fits temperatures, one for all answers and one for each usage pattern, by maximum likelihood (Guo et al. 2017,
 * section 4.2): what is skipped shifts the logits, so confidence depends on what was read. Fit on sequences that
 * trained nothing. Without a single answer the common one is 1.
 */
export const fitTemperatures = (runs: readonly SequenceRun[], { on, least = 50, doubt = 1 }: CalibrateOptions): Temperatures => {
  const all = runs.flatMap((run) => examplesOf(run, on));
  const fitted = PATTERNS.flatMap((pattern) => {
    const examples = all.filter((one) => one.pattern === pattern).map(({ example }) => example);
    return examples.length < Math.max(1, least) ? [] : [[pattern, temperatureOf(examples, doubt)] as const];
  });
  return { common: all.length === 0 ? 1 : temperatureOf(all.map(({ example }) => example), doubt), ...Object.fromEntries(fitted) };
};

/** The run with its logits divided by the temperature of each step's usage pattern: softmax then gives calibrated probabilities. */
export const applyTemperatures = (run: SequenceRun, temperatures: Temperatures): SequenceRun => {
  const classes = run.logits.length / run.targets.length;
  return { ...run, logits: run.logits.map((logit, i) => logit / (temperatures[patternAt(run.opened, Math.floor(i / classes))] ?? temperatures.common)) };
};
