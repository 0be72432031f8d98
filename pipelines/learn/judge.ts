/** Calibrates a trained model on what was held back, and measures it on clips that trained nothing. */
import { LEANINGS, figuresOf, type Figures, type Leaning } from '../../src/evaluate/learned/report.js';
import { constant } from '../../src/evaluate/schedules.js';
import type { Temperatures, Worth } from '../../src/inference/manifest.js';
import { applyTemperatures, fitTemperatures } from '../../src/learn/calibrate.js';
import { partOf, type Dataset } from '../../src/learn/dataset.js';
import { countHeadMacs } from '../../src/learn/model/macs.js';
import { run } from '../../src/learn/model/run.js';
import { fitStopping, isEnough, promiseFor, type Fitted } from '../../src/learn/stopping/fit.js';
import { pathOf, type BeliefPath } from '../../src/learn/stopping/paths.js';
import { FEWEST_RECORDINGS, fitWorth } from '../../src/learn/worth/fit.js';
import type { BySense, FeatureSequence, FeatureSet, HmsModel, SequenceRun } from '../../src/learn/types.js';

/** What a model is worth. */
export interface Verdict {
  readonly temperatures: Temperatures;
  /** When its answer can be trusted before the end of a clip; or, in words, why that was not shown. */
  readonly stopping: Fitted;
  /** What looks are worth under a budget for a recording; or, in words, why that was not fitted. */
  readonly worth: { readonly fitted: Worth } | { readonly why: string };
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

/** Two halves of the clips, those of one source together, every other source in each. */
const halves = (sequences: readonly FeatureSequence[]): readonly [FeatureSequence[], FeatureSequence[]] => {
  const sources = [...new Set(sequences.map(({ source, id }) => source ?? id))].sort();
  const first = new Set(sources.filter((_, i) => i % 2 === 0));
  const isFirst = ({ source, id }: FeatureSequence): boolean => first.has(source ?? id);
  return [sequences.filter(isFirst), sequences.filter((sequence) => !isFirst(sequence))];
};

/** The temperatures, and when to stop. What shows that a rule keeps its promise must have fitted nothing, temperatures neither. */
const calibrate = async (model: HmsModel, { sequences, labels, background }: FeatureSet, on: 'last' | 'every', signal: AbortSignal): Promise<Pick<Verdict, 'temperatures' | 'stopping'>> => {
  const [some, others] = halves(sequences);
  const promise = promiseFor(others.length);
  const runs = await run(model, isEnough(others.length, promise) ? some : sequences, { signal });
  const temperatures = fitTemperatures(runs, { on });
  const none = new Set(background.map((label) => labels.indexOf(label)));
  const paths = (list: readonly SequenceRun[]): BeliefPath[] => list.map((one) => pathOf(applyTemperatures(one, temperatures), none));
  return { temperatures, stopping: fitStopping(paths(runs), paths(await run(model, others, { signal })), promise) };
};

/** A net of so many multiply-accumulates a step would take longer to follow than to train. */
const MOST_STEP_MACS = 2e6;

/** Fitted on all that is held back: its price needs the rule's last step. */
const worthIn = async (model: HmsModel, { sequences, ...set }: FeatureSet, { temperatures, stopping }: Pick<Verdict, 'temperatures' | 'stopping'>, signal: AbortSignal): Promise<Verdict['worth']> => {
  if ('why' in stopping) return { why: 'that takes a rule for its last step' };
  if (sequences.length < FEWEST_RECORDINGS) return { why: `that takes ${FEWEST_RECORDINGS} clips that are held back, and there are ${sequences.length}` };
  const { audio, appearance, motion, decide } = countHeadMacs(model);
  if (audio + appearance + motion + decide > MOST_STEP_MACS) return { why: 'its nets are too large to be followed along every way to look' };
  const fitted = await fitWorth(sequences, {
    model, temperatures, background: new Set(set.background.map((label) => set.labels.indexOf(label))), costs: pricesOf(model, { ...set, sequences }).gmacs, horizonSteps: stopping.rule.boundary.length, signal,
  });
  return fitted === undefined ? { why: 'there is nothing that it could look at' } : { fitted };
};

/**
 * Fits the temperatures, the stopping rule and the worth of looks on the part that is held back; makes the figures on the test part, or, where there is none, on
 * the one held back.
 * @throws the signal's reason when it is aborted
 */
export const judge = async (model: HmsModel, dataset: Dataset, supervise: 'last' | 'every', signal: AbortSignal): Promise<Verdict> => {
  const [held, test] = [partOf(dataset, 'val'), partOf(dataset, 'test')];
  const { temperatures, stopping } = await calibrate(model, held, supervise, signal);
  const worth = await worthIn(model, held, { temperatures, stopping }, signal);
  const reported = test.sequences.length > 0 ? test : held;
  const { sequences } = reported;
  if (sequences.length === 0) return { temperatures, stopping, worth, reported: 'none', figures: undefined };
  const forced = async (leaning: Leaning): Promise<SequenceRun[]> =>
    run(model, sequences, { openings: sequences.map(({ steps }) => constant(steps, LEANINGS[leaning])), signal });
  const { labels, stepUs } = dataset.set;
  const figures = figuresOf({
    labels, stepUs, temperatures, runs: await run(model, sequences, { signal }),
    forced: { heard: await forced('heard'), looked: await forced('looked'), watched: await forced('watched'), all: await forced('all') },
    ...pricesOf(model, dataset.set),
  });
  return { temperatures, stopping, worth, reported: reported === test ? 'test' : 'val', figures };
};
