/** Calibrates a trained model on what was held back, and measures it on clips that trained nothing. */
import { LEANINGS, figuresOf, type Figures, type Leaning } from '../../src/evaluate/learned/report.js';
import { constant } from '../../src/evaluate/schedules.js';
import type { Temperatures } from '../../src/inference/manifest.js';
import { fitTemperatures } from '../../src/learn/calibrate.js';
import { partOf, type Dataset } from '../../src/learn/dataset.js';
import { countHeadMacs } from '../../src/learn/model/macs.js';
import { run } from '../../src/learn/model/run.js';
import type { BySense, FeatureSet, HmsModel, SequenceRun } from '../../src/learn/types.js';

/** What a model is worth. */
export interface Verdict {
  readonly temperatures: Temperatures;
  /** The part that the figures are of. */
  readonly reported: 'test' | 'val' | 'none';
  readonly figures: Figures | undefined;
}

/** Cost of one reading with the heads that only then run, and of the heads that always run [10⁹ multiply-accumulates]. */
const pricesOf = (model: HmsModel, { gmacs }: FeatureSet): { readonly gmacs: BySense; readonly headGmacs: number } => {
  const heads = countHeadMacs(model);
  return {
    gmacs: { audio: gmacs.audio, appearance: gmacs.appearance + heads.appearance / 1e9, motion: gmacs.motion + heads.motion / 1e9 },
    headGmacs: (heads.audio + heads.decide) / 1e9,
  };
};

/**
 * Fits the temperatures on the part that is held back; makes the figures on the test part, or, where there is none, on
 * the one held back.
 * @throws the signal's reason when it is aborted
 */
export const judge = async (model: HmsModel, dataset: Dataset, supervise: 'last' | 'every', signal: AbortSignal): Promise<Verdict> => {
  const [held, test] = [partOf(dataset, 'val'), partOf(dataset, 'test')];
  const temperatures = fitTemperatures(await run(model, held.sequences, { signal }), { on: supervise });
  const reported = test.sequences.length > 0 ? test : held;
  const { sequences } = reported;
  if (sequences.length === 0) return { temperatures, reported: 'none', figures: undefined };
  const forced = async (leaning: Leaning): Promise<SequenceRun[]> =>
    run(model, sequences, { openings: sequences.map(({ steps }) => constant(steps, LEANINGS[leaning])), signal });
  const { labels, stepUs } = dataset.set;
  const figures = figuresOf({
    labels, stepUs, temperatures, runs: await run(model, sequences, { signal }),
    forced: { heard: await forced('heard'), looked: await forced('looked'), watched: await forced('watched'), all: await forced('all') },
    ...pricesOf(model, dataset.set),
  });
  return { temperatures, reported: reported === test ? 'test' : 'val', figures };
};
