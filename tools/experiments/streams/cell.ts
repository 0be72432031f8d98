/** One cell of S3: a model is trained on stretches of streams, and follows whole streams under each policy. */
import { averagePrecision, calibratedAveragePrecision, perFrameMap } from '../../../src/evaluate/precision.js';
import type { Prices } from '../../../src/evaluate/cost.js';
import { constant, randomLike } from '../../../src/evaluate/schedules.js';
import type { Temperatures } from '../../../src/inference/manifest.js';
import { applyTemperatures, fitTemperatures } from '../../../src/learn/calibrate.js';
import { run } from '../../../src/learn/model/run.js';
import { stretchesOf } from '../../../src/learn/timeline.js';
import { train } from '../../../src/learn/train/train.js';
import type { FeatureSequence, FeatureSet, Openings, SequenceRun } from '../../../src/learn/types.js';
import { pricesOf } from '../cell.js';
import { outcomeOf, type ClipOutcome } from '../outcome.js';
import { packModel } from '../store.js';
import { STRETCH, type StreamCell } from './cells.js';
import type { StreamsData } from './world.js';

/** How gates were opened. */
export const STREAM_POLICIES = ['own', 'open', 'shut', 'random', 'oracle'] as const;
/** One of {@link STREAM_POLICIES}. */
export type StreamPolicy = (typeof STREAM_POLICIES)[number];

/** What a policy made of a part's streams. */
export interface StreamsOutcome {
  readonly streams: readonly ClipOutcome[];
  /** Per-frame mean average precision over all streams, 0…1, and the same calibrated for rarity. */
  readonly map: number;
  readonly calibratedMap: number;
}

/** What is kept of a cell. */
export interface StreamResult {
  readonly name: string;
  readonly seed: number;
  readonly trainS: number;
  readonly prices: Prices;
  readonly temperatures: Temperatures;
  readonly val: Readonly<Partial<Record<StreamPolicy, StreamsOutcome>>>;
  readonly test: Readonly<Partial<Record<StreamPolicy, StreamsOutcome>>>;
  readonly model: unknown;
}

/** What a cell needs: the streams, and the set whose labels and sizes they share. */
export interface StreamsWorld {
  readonly like: FeatureSet;
  readonly streams: StreamsData;
}

const openingsOf = (policy: Exclude<StreamPolicy, 'own'>, { steps, id }: FeatureSequence, drawn: ReadonlyMap<string, Openings>, oracle: ReadonlyMap<string, Openings>): Openings | undefined => {
  switch (policy) {
    case 'open': return constant(steps, { appearance: true, motion: true });
    case 'shut': return constant(steps, { appearance: false, motion: false });
    case 'random': return drawn.get(id);
    case 'oracle': return oracle.get(id);
  }
};

/** Computes a cell. Deterministic but for `trainS`. */
export const computeStreamCell = async ({ seed, job }: StreamCell, { like, streams }: StreamsWorld): Promise<StreamResult> => {
  const started = performance.now();
  const set: FeatureSet = { ...like, sequences: job.from === 'clips' ? like.sequences : streams.train.flatMap((stream) => stretchesOf(stream, STRETCH)) };
  const { model } = await train(set, job.spec, { seed });
  const trainS = (performance.now() - started) / 1000;
  const temperatures = fitTemperatures(await run(model, streams.val), { on: 'every', doubt: 0 });
  const background = new Set(like.background.map((label) => like.labels.indexOf(label)));
  const outcome = (runs: readonly SequenceRun[]): StreamsOutcome => {
    const calibrated = runs.map((one) => applyTemperatures(one, temperatures));
    return {
      streams: calibrated.map(outcomeOf),
      map: perFrameMap(calibrated, background, averagePrecision), calibratedMap: perFrameMap(calibrated, background, calibratedAveragePrecision),
    };
  };
  const part = async (sequences: readonly FeatureSequence[]): Promise<StreamResult['val']> => {
    const own = await run(model, sequences);
    if (model.kind === 'fusion') return { own: outcome(own) };
    const drawn = randomLike(own, seed);
    const forced = async (policy: Exclude<StreamPolicy, 'own'>): Promise<[StreamPolicy, StreamsOutcome]> =>
      [policy, outcome(await run(model, sequences, { openings: sequences.map((sequence) => openingsOf(policy, sequence, drawn, streams.oracle)) }))];
    const others: [StreamPolicy, StreamsOutcome][] = [];
    for (const policy of STREAM_POLICIES) if (policy !== 'own') others.push(await forced(policy));
    return Object.fromEntries([['own', outcome(own)], ...others]);
  };
  return {
    name: job.name, seed, trainS, prices: pricesOf(model, like.gmacs), temperatures,
    val: await part(streams.val), test: await part(streams.test), model: packModel(model),
  };
};
