/** Every way that a recording can be looked at, worked out as it is asked for: what each gate would see, and what each answer comes to. */
import { calibrated, entropyBits, temperatureOf } from '../../policy/hms/known.js';
import type { GateLogits } from '../../policy/hms/worth.js';
import type { UsagePattern } from '../../policy/types.js';
import type { Temperatures } from '../../inference/manifest.js';
import type { FeatureSequence, HmsModel } from '../types.js';
import { classified, gateLogits, projectSense, restingLstm, shutLstm, stepLstm, type Lstm } from '../model/cells.js';
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

/** A belief surer than this counts as this sure: one recording must not outweigh all others. */
const LEAST = 2 ** -10;

/** All steps of a sense, projected. */
const projected = (model: HmsModel, { features, steps }: FeatureSequence, sense: 'audio' | 'appearance' | 'motion'): Float32Array[] => {
  const width = weightOf(model.weights, `${sense}.mean`).data.length;
  return Array.from({ length: steps }, (_, t) => projectSense(model, sense, features[sense].subarray(t * width, (t + 1) * width)));
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
    let state = restingLstm(model.shape.hidden.audio);
    for (const x of this.#x.audio) this.#audio.push(state = stepLstm(model, 'audio', [x], state));
  }

  first(): Question | Ending {
    const { hidden, projected: widths } = this.#options.model.shape;
    return this.#begin(0, { appearance: restingLstm(hidden.appearance), motion: restingLstm(hidden.motion), seen: new Float32Array(widths.appearance) });
  }

  #begin(step: number, past: Past): Question | Ending {
    const { model } = this.#options;
    const [x, heard] = [this.#x.audio[step] ?? new Float32Array(0), this.#audio[step] ?? restingLstm(0)];
    const shut = shutLstm(model, heard, past.appearance);
    const unlooked = (): Question | Ending => this.#watching(step, past, shut, undefined);
    if (this.#sequence.present.appearance[step] !== 1) return unlooked();
    return this.#question('appearance', step, gateLogits(model, 'appearance', [x, past.appearance.h, past.appearance.c]), this.#believed(shutLstm(model, shut, past.motion), 'a'), (look) => {
      if (!look) return unlooked();
      const picture = this.#x.appearance[step] ?? new Float32Array(0);
      return this.#watching(step, past, stepLstm(model, 'appearance', [x, picture], past.appearance), picture);
    });
  }

  #watching(step: number, past: Past, appearance: Lstm, picture: Float32Array | undefined): Question | Ending {
    const { model } = this.#options, { unseen, projected: widths } = model.shape;
    const x = this.#x.audio[step] ?? new Float32Array(0);
    const stands = picture ?? (unseen === 'last' ? past.seen : new Float32Array(widths.appearance));
    const looked = picture === undefined ? 'a' : 'ai';
    const shut = shutLstm(model, appearance, past.motion);
    const end = (motion: Lstm, pattern: UsagePattern): Question | Ending => this.#after(step, { appearance, motion, seen: stands }, pattern);
    if (this.#sequence.present.motion[step] !== 1 || (unseen === 'nested' && picture === undefined)) return end(shut, looked);
    return this.#question('motion', step, gateLogits(model, 'motion', [x, stands, past.motion.h, past.motion.c]), this.#believed(shut, looked), (look) =>
      (look ? end(stepLstm(model, 'motion', [x, stands, this.#x.motion[step] ?? new Float32Array(0)], past.motion), `${looked}m`) : end(shut, looked)));
  }

  #after(step: number, past: Past, pattern: UsagePattern): Question | Ending {
    if (step + 1 < this.#sequence.steps) return this.#begin(step + 1, past);
    const { background } = this.#options, target = this.#sequence.targets[step] ?? -1;
    const believed = this.#believed(past.motion, pattern);
    const best = believed.indexOf(Math.max(...believed));
    return { loss: -Math.log2(Math.max(LEAST, believed[target] ?? 0)), right: best === target || (background.has(best) && background.has(target)) };
  }

  #believed({ h }: Lstm, pattern: UsagePattern): number[] {
    const { model, temperatures } = this.#options;
    return calibrated(classified(model, h), temperatureOf(temperatures, pattern));
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
