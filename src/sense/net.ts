import { defer, map, type Observable } from 'rxjs';
import { Fault } from '../faults.js';
import type { SenseManifest } from '../inference/manifest.js';
import type { Session } from '../inference/types.js';

/** One sense of a pack, loaded. Shared by all streams; what a stream remembers lives with its sensor. */
export interface Net {
  readonly session: Session;
  readonly manifest: SenseManifest;
  /** Labels in the order of the scores. */
  readonly labels: readonly string[];
  /** Reads a clock that goes on [ms], for measuring. Default `performance.now`. */
  readonly now?: () => number;
}

/** What a net says of one input, and how long that took. */
export interface Readout {
  /** `[labels]`, 0…1. */
  readonly scores: Float32Array;
  /** `[features]`, if the pack gives them. */
  readonly features?: Float32Array;
  /** From the making of the input to the scores [ms]; includes waiting for other streams that use the same net. */
  readonly ms: number;
  /** Multiply-accumulates, in 10⁹. */
  readonly gmacs: number;
}

/** Dimensions of one run: the manifest's, with a free batch taken as 1. */
export const dimsOf = ({ input }: SenseManifest): readonly number[] => input.tensor.dims.map((d) => (d < 0 ? 1 : d));

/** Clock for measurements [ms]. */
export const nowOf = ({ now }: Net): number => (now ?? ((): number => performance.now()))();

/**
 * Runs a net on the input that `fill` makes. Cold: the input is made and the net run at subscription. Emits once.
 * Errors with a Fault `model-wrong-shape` when the net answers with other than one score a label.
 */
export const runNet = (net: Net, fill: () => Float32Array): Observable<Readout> => defer(() => {
  const { session, manifest, labels } = net;
  const { input, outputs, file } = manifest;
  const startMs = nowOf(net);
  return session.run({ [input.tensor.name]: { data: fill(), dims: dimsOf(manifest) } }).pipe(map((results): Readout => {
    const scores = results[outputs.scores.name]?.data;
    if (scores?.length !== labels.length) {
      throw new Fault('sense', 'model-wrong-shape', `${file} gave ${scores?.length ?? 'no'} scores for ${labels.length} labels.`, {
        remedy: 'Correct the pack: its labels and its net must agree.',
      });
    }
    const features = outputs.features === undefined ? undefined : results[outputs.features.name]?.data;
    return { scores, ms: nowOf(net) - startMs, gmacs: session.macs / 1e9, ...(features === undefined ? {} : { features }) };
  }));
});
