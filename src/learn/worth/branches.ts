/** Every way that a recording can be looked at, worked out as it is asked for: what each gate would see, and what each answer comes to. */
import { calibrated, entropyBits, temperatureOf } from '../../policy/hms/known.js';
import type { GateLogits } from '../../policy/hms/worth.js';
import type { UsagePattern } from '../../policy/types.js';
import type { Temperatures } from '../../inference/manifest.js';
import type { FeatureSequence, HmsModel, Weight } from '../types.js';
import { weightOf } from '../model/parameters.js';

/** A gate asked on one step, after one history of looks. */
export interface Question {
  readonly sense: 'appearance' | 'motion';
  /** From 0. */
  readonly step: number;
  /** What the gate says. */
  readonly logits: GateLogits;
  /** Entropy of the calibrated belief if no further look is made on this step [bit]. */
  readonly doubt: number;
  /** What follows when a look is made, or none. Worked out once. */
  answer(look: boolean): Question | Ending;
}

/** The end of a recording after one history of looks. */
export interface Ending {
  /** Log loss of the last belief [bit]. */
  readonly loss: number;
  /** Whether the likeliest class is the right one; background classes count as one. */
  readonly right: boolean;
}

/** Whether a recording has come to its end. */
export const isEnding = (one: Question | Ending): one is Ending => 'loss' in one;

/** What branches are made from. */
export interface BranchesOptions {
  readonly model: HmsModel;
  readonly temperatures: Temperatures;
  /** Classes that mean "nothing in particular". */
  readonly background: ReadonlySet<number>;
}

interface Lstm {
  readonly h: Float32Array;
  readonly c: Float32Array;
}

/** A belief surer than this counts as this sure: one recording must not outweigh all others. */
const LEAST = 2 ** -10;

/** y += x · rows of a kernel, from `row` on. */
const addTo = (y: Float64Array, x: Float32Array, { data }: Weight, row: number): void => {
  const n = y.length;
  for (let i = 0; i < x.length; i += 1) {
    const value = x[i] ?? 0;
    if (value === 0) continue;
    const from = (row + i) * n;
    for (let j = 0; j < n; j += 1) y[j] = (y[j] ?? 0) + value * (data[from + j] ?? 0);
  }
};

const affine = (inputs: readonly Float32Array[], kernel: Weight, bias: Weight): Float64Array => {
  const y = Float64Array.from(bias.data);
  let row = 0;
  for (const x of inputs) {
    addTo(y, x, kernel, row);
    row += x.length;
  }
  return y;
};

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const lstmStep = ({ weights }: HmsModel, sense: string, inputs: readonly Float32Array[], { h, c }: Lstm): Lstm => {
  const z = affine([...inputs, h], weightOf(weights, `${sense}.lstm.kernel`), weightOf(weights, `${sense}.lstm.bias`)), n = h.length;
  const next: Lstm = { h: new Float32Array(n), c: new Float32Array(n) };
  for (let i = 0; i < n; i += 1) {
    const cell = sigmoid(z[n + i] ?? 0) * (c[i] ?? 0) + sigmoid(z[i] ?? 0) * Math.tanh(z[2 * n + i] ?? 0);
    next.c[i] = cell;
    next.h[i] = sigmoid(z[3 * n + i] ?? 0) * Math.tanh(cell);
  }
  return next;
};

const gate = ({ weights }: HmsModel, sense: string, inputs: readonly Float32Array[]): GateLogits => {
  const [shut = 0, open = 0] = affine(inputs, weightOf(weights, `${sense}.gate.kernel`), weightOf(weights, `${sense}.gate.bias`));
  return [shut, open];
};

/** All steps of a sense, projected. */
const projected = ({ weights }: HmsModel, { features, steps }: FeatureSequence, sense: 'audio' | 'appearance' | 'motion'): Float32Array[] => {
  const [mean, deviation] = [weightOf(weights, `${sense}.mean`).data, weightOf(weights, `${sense}.deviation`).data];
  const width = mean.length;
  return Array.from({ length: steps }, (_, t) => {
    const row = features[sense].subarray(t * width, (t + 1) * width).map((value, i) => (value - (mean[i] ?? 0)) / (deviation[i] ?? 1));
    return Float32Array.from(affine([row], weightOf(weights, `${sense}.project.kernel`), weightOf(weights, `${sense}.project.bias`)), (value) => Math.max(0, value));
  });
};

/** What a shut gate leaves: the lower state over the first dimensions of the kept one. */
const copyUp = (lower: Lstm, { h, c }: Lstm): Lstm => {
  const copied = h.slice();
  copied.set(lower.h);
  return { h: copied, c };
};

/** What one recording carries from step to step. */
interface Past {
  readonly appearance: Lstm;
  readonly motion: Lstm;
  /** The last picture, projected; zeros before the first. */
  readonly seen: Float32Array;
}

/** One recording under a model, with what does not depend on looks worked out once. */
class Recording {
  readonly #options: BranchesOptions;
  readonly #sequence: FeatureSequence;
  readonly #x: Readonly<Record<'audio' | 'appearance' | 'motion', readonly Float32Array[]>>;
  readonly #audio: Lstm[] = [];

  constructor(options: BranchesOptions, sequence: FeatureSequence) {
    const { model } = options;
    this.#options = options;
    this.#sequence = sequence;
    this.#x = { audio: projected(model, sequence, 'audio'), appearance: projected(model, sequence, 'appearance'), motion: projected(model, sequence, 'motion') };
    let state = this.#rest(model.shape.hidden.audio);
    for (const x of this.#x.audio) this.#audio.push(state = lstmStep(model, 'audio', [x], state));
  }

  first(): Question | Ending {
    const { hidden, projected: widths } = this.#options.model.shape;
    return this.#begin(0, { appearance: this.#rest(hidden.appearance), motion: this.#rest(hidden.motion), seen: new Float32Array(widths.appearance) });
  }

  #rest(width: number): Lstm {
    return { h: new Float32Array(width), c: new Float32Array(width) };
  }

  #begin(step: number, past: Past): Question | Ending {
    const { model } = this.#options;
    const [x, heard] = [this.#x.audio[step] ?? new Float32Array(0), this.#audio[step] ?? this.#rest(0)];
    const shut = copyUp(heard, past.appearance);
    const unlooked = (): Question | Ending => this.#watching(step, past, shut, undefined);
    if (this.#sequence.present.appearance[step] !== 1) return unlooked();
    return this.#question('appearance', step, gate(model, 'appearance', [x, past.appearance.h, past.appearance.c]), this.#believed(copyUp(shut, past.motion), 'a'), (look) => {
      if (!look) return unlooked();
      const picture = this.#x.appearance[step] ?? new Float32Array(0);
      return this.#watching(step, past, lstmStep(model, 'appearance', [x, picture], past.appearance), picture);
    });
  }

  #watching(step: number, past: Past, appearance: Lstm, picture: Float32Array | undefined): Question | Ending {
    const { model } = this.#options, { unseen, projected: widths } = model.shape;
    const x = this.#x.audio[step] ?? new Float32Array(0);
    const stands = picture ?? (unseen === 'last' ? past.seen : new Float32Array(widths.appearance));
    const looked = picture === undefined ? 'a' : 'ai';
    const shut = copyUp(appearance, past.motion);
    const end = (motion: Lstm, pattern: UsagePattern): Question | Ending => this.#after(step, { appearance, motion, seen: stands }, pattern);
    if (this.#sequence.present.motion[step] !== 1 || (unseen === 'nested' && picture === undefined)) return end(shut, looked);
    return this.#question('motion', step, gate(model, 'motion', [x, stands, past.motion.h, past.motion.c]), this.#believed(shut, looked), (look) =>
      (look ? end(lstmStep(model, 'motion', [x, stands, this.#x.motion[step] ?? new Float32Array(0)], past.motion), `${looked}m`) : end(shut, looked)));
  }

  #after(step: number, past: Past, pattern: UsagePattern): Question | Ending {
    if (step + 1 < this.#sequence.steps) return this.#begin(step + 1, past);
    const { background } = this.#options, target = this.#sequence.targets[step] ?? -1;
    const believed = this.#believed(past.motion, pattern);
    const best = believed.indexOf(Math.max(...believed));
    return { loss: -Math.log2(Math.max(LEAST, believed[target] ?? 0)), right: best === target || (background.has(best) && background.has(target)) };
  }

  #believed({ h }: Lstm, pattern: UsagePattern): number[] {
    const { model: { weights }, temperatures } = this.#options;
    return calibrated(affine([h], weightOf(weights, 'classify.kernel'), weightOf(weights, 'classify.bias')), temperatureOf(temperatures, pattern));
  }

  #question(sense: Question['sense'], step: number, logits: GateLogits, believed: readonly number[], next: (look: boolean) => Question | Ending): Question {
    const known = new Map<boolean, Question | Ending>();
    return {
      sense, step, logits, doubt: entropyBits(believed),
      answer: (look) => {
        const before = known.get(look);
        if (before !== undefined) return before;
        const after = next(look);
        known.set(look, after);
        return after;
      },
    };
  }
}

/**
 * The first question that a recording asks; from it every history of looks can be followed. What the model makes of each is worked out when
 * it is first asked for, and kept: policies that differ in little share nearly all of it.
 * @see HMS equations 3 to 7
 */
export const branchesOf = (options: BranchesOptions, sequence: FeatureSequence): Question | Ending => new Recording(options, sequence).first();
