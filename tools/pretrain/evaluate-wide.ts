/**
 * Puts what eye_wide.py measured on the airspace videos held back, with its intervals, and the cost into
 * models/eye-wide/metrics.json. `node dist/tools/pretrain/evaluate-wide.js`.
 */
import { join } from 'node:path';
import { bootstrap, type Estimate } from '../../src/evaluate/intervals.js';
import { FLYERS } from './eye-labels.js';
import { costOf, saveMetrics, trainingOf } from './net-metrics.js';
import { openEye } from './onlookers.js';
import { repositoryRoot } from './places.js';
import { seeded } from '../../src/learn/random.js';

/** Of each video: frames right, frames. */
type Counts = readonly (readonly [right: number, frames: number])[];
interface Training {
  readonly held_back_frames_right_by_video: Counts;
  readonly linear_layer_on_features_right_by_video: { readonly eye: Counts; readonly 'eye-wide': Counts };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const share = (counts: Counts): number => sum(counts.map(([right]) => right)) / sum(counts.map(([, frames]) => frames));
const estimate = (counts: Counts): Estimate => bootstrap(counts, share, seeded(7));

const folder = join(repositoryRoot(), 'models', 'eye-wide');
const { held_back_frames_right_by_video: own, linear_layer_on_features_right_by_video: probes, ...training } = trainingOf('eye-wide') as Training;
const eye = await openEye(folder);
for (let i = 0; i < 60; i++) await eye.look(new Uint8Array(320 * 256 * 3).fill(i));
await eye.close();
const pairs = probes.eye.map((counts, i) => [counts, probes['eye-wide'][i] ?? [0, 0]] as const);
saveMetrics(folder, 'node dist/tools/pretrain/evaluate-wide.js', {
  training,
  airspace_whole_frames_held_back: {
    of: FLYERS, videos: own.length, own_scores: estimate(own),
    linear_layer_on_features: estimate(probes['eye-wide']), linear_layer_on_features_of_eye: estimate(probes.eye),
    wide_minus_eye: bootstrap(pairs, (drawn) => share(drawn.map(([, wide]) => wide)) - share(drawn.map(([small]) => small)), seeded(8)),
  },
  cost: await costOf(folder, eye.lookMs.slice(10)),
});
