import { setImmediate as nextTurn } from 'node:timers/promises';
import { Fault } from '../../faults.js';
import { standardOf, standardisedSequence, widthsOf, type Excerpt } from '../model/batch.js';
import { SENSES, toWeights } from '../model/parameters.js';
import { holdBack } from '../split.js';
import type { Random } from '../random.js';
import { openEngine } from '../tensor/engine.js';
import { tensor1d, type Tensor1D } from '../tensor/tf.js';
import type { BySense, FeatureSequence, FeatureSet, FusionModel, HmsModel, Weight, Weights } from '../types.js';
import { adamStep, disposeLearner, type Learner } from './adam.js';
import { readCheckpoint, trainingHash, writeCheckpoint, type Checkpoint } from './checkpoint.js';
import { epochRandom, excerptOf, shuffled } from './draw.js';
import { assess, differentiate, traineeOf, type BatchResult, type Trainee } from './objective.js';
import type { EpochReport, HeldReport } from './report.js';
import type { FusionSpec, HmsSpec, TrainSpec } from './settings.js';
import { levelSilence } from './silence.js';
import { splice } from './splice.js';
import { drawWeights, requireNumbers, standardise } from './start.js';

/** How a training is run; none of it but the seed changes the result. */
export interface TrainOptions {
  /** Weights, order, openings and noise are drawn from it: the same seed gives the same weights bit for bit on one machine. */
  readonly seed: number;
  /** A folder that holds where it stands after each epoch; there it goes on from after a kill. */
  readonly checkpoint?: string | undefined;
  /** Ends it after the batch in hand. */
  readonly signal?: AbortSignal | undefined;
  /** Told after each epoch. */
  readonly onEpoch?: ((report: EpochReport) => void) | undefined;
}

/** A trained model, and how it came to be. */
export interface Trained<M> {
  readonly model: M;
  readonly reports: readonly EpochReport[];
  /** The epoch whose weights these are, counted from 0. */
  readonly epoch: number;
  /** Ids of what was held back. */
  readonly held: readonly string[];
  /** Epochs that were not made again but read from the checkpoint. */
  readonly resumedAfter: number;
  /** What it ran on, in words. */
  readonly engine: string;
}

/** What stays the same through all epochs. */
interface Course {
  readonly spec: TrainSpec;
  readonly seed: number;
  readonly trainee: Trainee;
  readonly widths: Readonly<Partial<BySense>>;
  /** Standardised. */
  readonly training: readonly FeatureSequence[];
  readonly held: readonly FeatureSequence[];
  readonly signal: AbortSignal | undefined;
}

const warmUpOf = (spec: TrainSpec): number => (spec.kind === 'hms' ? spec.warmUp : 0);

/** Temperature falls geometrically from the end of the warm-up to the last epoch. */
const temperatureAt = (spec: TrainSpec, epoch: number): number => {
  if (spec.kind === 'fusion') return 1;
  const { temperature: { from, to }, warmUp, epochs } = spec;
  const share = Math.min(1, Math.max(0, epoch - warmUp) / Math.max(1, epochs - 1 - warmUp));
  return from * (to / from) ** share;
};

const learningRateAt = ({ learningRate, decay, ...spec }: TrainSpec, epoch: number): number =>
  learningRate * decay ** Math.max(0, epoch - (spec.kind === 'hms' ? spec.warmUp : 0));

const diverged = (epoch: number, learningRate: number): Fault =>
  new Fault('learn', 'settings-invalid', `The training lost itself in epoch ${epoch + 1}: the loss is no longer a number.`, {
    remedy: `Lower the learning rate (now ${learningRate.toPrecision(2)}) or the longest gradient, and look for features that are not numbers.`,
  });

/** Adds up what batches came to. */
class Tally {
  #loss = 0;
  #crossEntropy = 0;
  #sequences = 0;
  #asked = 0;
  #appearance = 0;
  #motion = 0;

  add({ loss, crossEntropy, sequences, asked, usage }: BatchResult): void {
    this.#loss += loss;
    this.#crossEntropy += crossEntropy;
    this.#sequences += sequences;
    this.#asked += asked;
    this.#appearance += usage.appearance;
    this.#motion += usage.motion;
  }

  get means(): Pick<EpochReport, 'loss' | 'crossEntropy' | 'usage'> {
    const asked = Math.max(1, this.#asked);
    return {
      loss: this.#loss / this.#sequences, crossEntropy: this.#crossEntropy / this.#sequences,
      usage: { appearance: this.#appearance / asked, motion: this.#motion / asked },
    };
  }
}

/** How an epoch is gone through: clips as they are, or joined into streams that are supervised at every step. */
const phaseOf = (spec: TrainSpec, epoch: number): { readonly phase: TrainSpec; readonly streamsOf: (order: readonly FeatureSequence[], random: Random) => readonly FeatureSequence[] } => {
  const { splice: joining, stretch } = spec;
  if (joining === undefined || epoch >= joining.epochs) return { phase: spec, streamsOf: (order) => order };
  return { phase: { ...spec, supervision: 'every', stretch: Infinity }, streamsOf: (order, random) => splice(order, { count: joining.count, stretch }, random) };
};

const trainEpoch = async (course: Course, learner: Learner, epoch: number): Promise<{ learner: Learner; tally: Tally }> => {
  const { spec, seed, trainee, widths, signal } = course;
  const random = epochRandom(seed, epoch + 1);
  const silence = spec.levelSilence ? silenceIn(course.training, trainee) : undefined;
  const levelled = silence === undefined ? course.training : levelSilence(course.training, silence, random);
  const { phase, streamsOf } = phaseOf(spec, epoch);
  const order = streamsOf(shuffled(levelled, random), random);
  const tally = new Tally();
  let current = learner;
  try {
    for (let at = 0; at < order.length; at += spec.batch) {
      signal?.throwIfAborted();
      const excerpts = order.slice(at, at + spec.batch).map((sequence): Excerpt => {
        const asked = spec.kind === 'fusion' || (epoch >= spec.warmUp && !random.chance(spec.forced));
        return excerptOf(sequence, phase, asked, random);
      });
      const { gradient, ...result } = differentiate(trainee, phase, current.weights, { excerpts, widths, temperature: temperatureAt(spec, epoch), random });
      tally.add(result);
      const learningRate = learningRateAt(spec, epoch);
      current = adamStep(current, gradient, { ...spec, learningRate });
      if (!Number.isFinite(result.loss)) throw diverged(epoch, learningRate);
      await nextTurn();
    }
  } catch (error) {
    disposeLearner(current);
    throw error;
  }
  return { learner: current, tally };
};

/** The features of silence, from any step at which sound was missing: there they stand in its place. */
const silenceIn = (sequences: readonly FeatureSequence[], { shape: { dims } }: Trainee): Float32Array | undefined => {
  for (const { features, present } of sequences) {
    const t = present.audio.indexOf(0);
    if (t >= 0) return features.audio.slice(t * dims.audio, (t + 1) * dims.audio);
  }
  return undefined;
};

const assessHeld = ({ spec, trainee, widths, held }: Course, weights: Tensor1D): HeldReport | undefined => {
  if (held.length === 0) return undefined;
  const tally = new Tally();
  let [right, all] = [0, 0];
  for (let at = 0; at < held.length; at += spec.batch) {
    const excerpts = held.slice(at, at + spec.batch).map((sequence): Excerpt => ({ sequence, from: 0, steps: sequence.steps }));
    const result = assess(trainee, spec, weights, { excerpts, widths, temperature: 1 });
    tally.add(result);
    result.weights.shares.forEach((share, row) => {
      if (share === 0) return;
      const scores = result.logits.subarray(row * trainee.shape.classes, (row + 1) * trainee.shape.classes);
      all += 1;
      right += scores.indexOf(Math.max(...scores)) === result.batch.targets[row] ? 1 : 0;
    });
  }
  return { ...tally.means, accuracy: right / all };
};

/** Splits off what is held back, measures the features of the rest, and draws or reads where to start. */
const prepare = (set: FeatureSet, spec: TrainSpec, { seed, signal }: TrainOptions): { course: Course; measured: Weights } => {
  const ids = holdBack(set.sequences.map(({ id, targets, source }) => ({ id, label: set.labels[targets.at(-1) ?? -1] ?? '', source: source ?? id })), { share: spec.held, seed });
  const [training, held] = [set.sequences.filter(({ id }) => !ids.has(id)), set.sequences.filter(({ id }) => ids.has(id))];
  if (training.length === 0) throw new Fault('learn', 'settings-invalid', 'There is nothing to train on.', { remedy: 'Give at least one clip of each label.' });
  const senses = spec.kind === 'hms' ? SENSES : SENSES.filter((sense) => spec.senses.includes(sense));
  const measured: Record<string, Weight> = {};
  for (const sense of senses) {
    for (const sequence of set.sequences) requireNumbers(sequence, sense);
    const { mean, deviation } = standardise(training, sense, set.dims[sense]);
    measured[`${sense}.mean`] = mean;
    measured[`${sense}.deviation`] = deviation;
  }
  const standard = standardOf(measured, senses);
  const standardised = (sequences: readonly FeatureSequence[]): FeatureSequence[] => sequences.map((sequence) => standardisedSequence(sequence, standard));
  return { course: { spec, seed, trainee: traineeOf(set, spec), widths: widthsOf(standard), training: standardised(training), held: standardised(held), signal }, measured };
};

const modelOf = ({ trainee }: Course, measured: Weights, flat: Float32Array): HmsModel | FusionModel => {
  const weights = { ...measured, ...toWeights(flat, trainee.parameters) };
  return trainee.kind === 'hms' ? { kind: 'hms', shape: trainee.shape, weights } : { kind: 'fusion', ...trainee.shape, weights };
};

const start = (course: Course, hash: string): Checkpoint => {
  const weights = drawWeights(course.trainee.parameters, epochRandom(course.seed, 0), course.spec.kind === 'hms' ? course.spec.openAtFirst : 0);
  return { hash, epochs: 0, steps: 0, reports: [], weights, first: new Float32Array(weights.length), second: new Float32Array(weights.length) };
};

const learnerOf = ({ weights, first, second, steps }: Checkpoint): Learner =>
  ({ weights: tensor1d(weights), first: tensor1d(first), second: tensor1d(second), steps });

/** What is known after one more epoch. */
const after = (before: Checkpoint, learner: Learner, report: EpochReport, warmUp: number): Checkpoint => {
  const weights = learner.weights.dataSync<'float32'>();
  const held = report.held?.loss;
  // In the warm-up gates are not trained, so that no epoch of it can be the best.
  const better = held !== undefined && report.epoch >= warmUp && held < (before.best?.loss ?? Infinity);
  return {
    ...before, epochs: report.epoch + 1, steps: learner.steps, reports: [...before.reports, report],
    weights, first: learner.first.dataSync<'float32'>(), second: learner.second.dataSync<'float32'>(),
    ...(better ? { best: { epoch: report.epoch, loss: held }, bestWeights: weights } : {}),
  };
};

export async function train(set: FeatureSet, spec: HmsSpec, options: TrainOptions): Promise<Trained<HmsModel>>;
export async function train(set: FeatureSet, spec: FusionSpec, options: TrainOptions): Promise<Trained<FusionModel>>;
export async function train(set: FeatureSet, spec: TrainSpec, options: TrainOptions): Promise<Trained<HmsModel | FusionModel>>;
/**
 * Trains a model on frozen features: HMS by equations 8 to 12, or a fusion baseline by equation 8. With a checkpoint
 * folder it can be killed at any time and comes to the very same weights when it is started again.
 *
 * @throws Fault `settings-invalid` when there is nothing to train on or the loss is no longer a number
 * @throws the signal's reason when it is aborted; epochs that were finished are kept in the checkpoint
 */
export async function train(set: FeatureSet, spec: TrainSpec, options: TrainOptions): Promise<Trained<HmsModel | FusionModel>> {
  const engine = await openEngine();
  const { course, measured } = prepare(set, spec, options);
  const hash = trainingHash(set, spec, options.seed);
  const found = options.checkpoint === undefined ? undefined : await readCheckpoint(options.checkpoint, hash);
  let stand = found ?? start(course, hash);
  let learner = learnerOf(stand);
  for (let epoch = stand.epochs; epoch < spec.epochs; epoch += 1) {
    const startMs = performance.now();
    const trained = await trainEpoch(course, learner, epoch);
    learner = trained.learner;
    const held = assessHeld(course, learner.weights);
    const report: EpochReport = { epoch, epochs: spec.epochs, ...trained.tally.means, held, tookMs: performance.now() - startMs };
    stand = after(stand, learner, report, warmUpOf(spec));
    try {
      if (options.checkpoint !== undefined) await writeCheckpoint(options.checkpoint, stand);
      options.onEpoch?.(report);
    } catch (error) {
      disposeLearner(learner);
      throw error;
    }
  }
  disposeLearner(learner);
  const best = stand.bestWeights ?? stand.weights;
  return {
    model: modelOf(course, measured, best), reports: stand.reports, epoch: stand.best?.epoch ?? stand.epochs - 1,
    held: course.held.map(({ id }) => id), resumedAfter: found?.epochs ?? 0, engine: engine.words,
  };
}
