import { setImmediate as nextTurn } from 'node:timers/promises';
import { openEngine } from '../tensor/engine.js';
import { tidily } from '../tensor/ops.js';
import { keep, tensor1d, tidy, type Tensor1D, type Tensor2D } from '../tensor/tf.js';
import type { BySense, FeatureSequence, FusionModel, HmsModel, Openings, SequenceRun } from '../types.js';
import { batchOf, standardOf, standardisedSequence, widthsOf, type Batch, type Excerpt } from './batch.js';
import { fusionForward, restingFusion } from './fusion.js';
import { hmsForward, restingState, type HmsState } from './hms.js';
import { featureTensors, hmsInputs } from './inputs.js';
import { SENSES, cut, fusionParameters, hmsParameters, toFlat } from './parameters.js';

/** How a run goes. */
export interface RunOptions {
  /** Forced openings for each sequence, in their order; where one is missing the gates decide. Ignored by fusion. */
  readonly openings?: readonly (Openings | undefined)[] | undefined;
  /**
   * The most that a sequence may spend in all its steps [10⁹ multiply-accumulates], and what one reading costs. The
   * sound is always paid for; a gate opens, forced or not, only if all of its cost is left. Ignored by fusion.
   */
  readonly budget?: { readonly gmacs: number; readonly costs: BySense } | undefined;
  /** Sequences side by side. */
  readonly batch?: number | undefined;
  /** Steps at once: longer sequences go on from their state. */
  readonly chunk?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Turns a chunk of a batch into logits and openings, going on from the last one. */
type Chunk = (batch: Batch) => { readonly logits: Float32Array; readonly appearance: Float32Array; readonly motion: Float32Array };

interface Running {
  readonly chunk: Chunk;
  readonly close: () => void;
}

const keepAll = (state: HmsState): HmsState => {
  for (const tensor of tensorsOf(state)) keep(tensor);
  return state;
};
const tensorsOf = ({ audio, appearance, motion, seen, left }: HmsState): Tensor2D[] => [audio, appearance, motion, seen.lstm, seen.gate, left];
const dispose = (tensors: readonly Tensor2D[]): void => {
  for (const tensor of tensors) tensor.dispose();
};

const runHms = ({ shape }: HmsModel, flat: Tensor1D, sequences: number, { budget }: RunOptions): Running => {
  let state = tidily(() => keepAll(restingState(shape, sequences, budget?.gmacs)));
  return {
    chunk: (batch) => tidily(() => {
      const before = tensorsOf(state);
      const w = cut(flat, hmsParameters(shape));
      const outputs = hmsForward(w, shape, hmsInputs(batch, shape.dims), { temperature: 1, training: false, costs: budget?.costs }, state);
      state = keepAll(outputs.state);
      dispose(before.filter((tensor) => !tensorsOf(state).includes(tensor)));
      return {
        logits: outputs.logits.dataSync<'float32'>(),
        appearance: outputs.opened.appearance.dataSync<'float32'>(), motion: outputs.opened.motion.dataSync<'float32'>(),
      };
    }),
    close: () => {
      dispose(tensorsOf(state));
    },
  };
};

const runFusion = (model: FusionModel, flat: Tensor1D, sequences: number): Running => {
  let state = tidy(() => keep(restingFusion(model, sequences)));
  return {
    chunk: (batch) => tidily(() => {
      const before = state;
      const outputs = fusionForward(cut(flat, fusionParameters(model)), model, featureTensors(batch, model.dims), batch.steps, state, false);
      state = keep(outputs.state);
      before.dispose();
      const open = (sense: 'appearance' | 'motion'): Float32Array => new Float32Array(batch.running.length).fill(model.senses.includes(sense) ? 1 : 0);
      return { logits: outputs.logits.dataSync<'float32'>(), appearance: open('appearance'), motion: open('motion') };
    }),
    close: () => {
      state.dispose();
    },
  };
};

const emptyRun = ({ id, steps, targets }: FeatureSequence, classes: number): SequenceRun =>
  ({ id, targets, logits: new Float32Array(steps * classes), opened: { appearance: new Uint8Array(steps), motion: new Uint8Array(steps) } });

/** Writes a chunk's rows where they belong. */
const spreadOut = (excerpts: readonly Excerpt[], runs: readonly SequenceRun[], chunk: ReturnType<Chunk>, classes: number): void => {
  excerpts.forEach(({ from, steps }, b) => {
    const to = runs[b];
    if (to === undefined) return;
    for (let t = 0; t < steps; t += 1) {
      const row = t * excerpts.length + b;
      to.logits.set(chunk.logits.subarray(row * classes, (row + 1) * classes), (from + t) * classes);
      to.opened.appearance[from + t] = chunk.appearance[row] === 1 ? 1 : 0;
      to.opened.motion[from + t] = chunk.motion[row] === 1 ? 1 : 0;
    }
  });
};

/**
 * Runs a model over sequences as it will run live: gates open or shut, nothing is sampled; step t depends on nothing
 * after it. Computed from features that are there already, so a shut gate is a mask here.
 *
 * @returns one run for each sequence, in their order
 * @throws the signal's reason when it is aborted
 */
export const run = async (model: HmsModel | FusionModel, sequences: readonly FeatureSequence[], options: RunOptions = {}): Promise<SequenceRun[]> => {
  await openEngine();
  const classes = model.kind === 'hms' ? model.shape.classes : model.classes;
  const standard = standardOf(model.weights, model.kind === 'hms' ? SENSES : model.senses);
  const flat = tensor1d(toFlat(model.weights, model.kind === 'hms' ? hmsParameters(model.shape) : fusionParameters(model)));
  const runs = sequences.map((sequence) => emptyRun(sequence, classes));
  // Sequences of like length run side by side.
  const order = sequences.map((_, i) => i).sort((a, b) => (sequences[a]?.steps ?? 0) - (sequences[b]?.steps ?? 0));
  const { batch: side = 256, chunk = 64, signal, openings } = options;
  try {
    for (let at = 0; at < order.length; at += side) {
      const group = order.slice(at, at + side).flatMap((i) => {
        const [sequence, result] = [sequences[i], runs[i]];
        return sequence === undefined || result === undefined ? [] : [{ sequence: standardisedSequence(sequence, standard), result, openings: openings?.[i] }];
      });
      const running = model.kind === 'hms' ? runHms(model, flat, group.length, options) : runFusion(model, flat, group.length);
      try {
        const steps = Math.max(...group.map(({ sequence }) => sequence.steps));
        for (let from = 0; from < steps; from += chunk) {
          signal?.throwIfAborted();
          const excerpts = group.map(({ sequence, openings: forced }): Excerpt =>
            ({ sequence, from, steps: Math.max(0, Math.min(chunk, sequence.steps - from)), openings: forced }));
          spreadOut(excerpts, group.map(({ result }) => result), running.chunk(batchOf(excerpts, widthsOf(standard))), classes);
          await nextTurn();
        }
      } finally {
        running.close();
      }
    }
  } finally {
    flat.dispose();
  }
  return runs;
};
