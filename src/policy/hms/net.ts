import { defer, map, type Observable } from 'rxjs';
import { Fault } from '../../faults.js';
import { HMS_TENSOR } from '../../inference/hms-stages.js';
import type { HmsSizes, HmsStage, PolicyRules, SenseName, Temperatures } from '../../inference/manifest.js';
import type { Session, Tensor } from '../../inference/types.js';
import { NO_COST, type Cost } from '../../sense/types.js';
import type { Lstm } from './state.js';

/** A learned policy, loaded. Shared by all streams; what a stream remembers lives in its {@link Memory}. */
export interface HmsNet extends PolicyRules {
  readonly sizes: HmsSizes;
  readonly stages: Readonly<Record<HmsStage, Session>>;
  /** Class names in the order of the logits. */
  readonly labels: readonly string[];
  /** Labels of `labels` that mean "nothing in particular". */
  readonly background: ReadonlySet<string>;
  readonly temperatures: Temperatures;
  /** What the audio net makes of digital silence, `[dims.audio]`: it stands for sound that is missing. */
  readonly silence: Float32Array;
  /** The senses it has nets for. */
  readonly senses: ReadonlySet<SenseName>;
  /** Reads a clock that goes on [ms], for measuring. Default `performance.now`. */
  readonly now?: () => number;
}

/** What `listen` makes of a segment's sound. */
export interface Listened {
  /** Projected features of the sound, `[projected.audio]`. */
  readonly xA: Float32Array;
  readonly audio: Lstm;
  /** What the appearance gate says, `[2]`: shut, open. */
  readonly appearanceGate: Float32Array;
  /** What the motion gate says but for the picture's part, `[2]`; absent where it is asked only behind a picture. */
  readonly motionGate?: Float32Array;
  readonly cost: Cost;
}

/** What `look` makes of a segment's picture. */
export interface Looked {
  /** Projected features of the picture, `[projected.appearance]`. */
  readonly xI: Float32Array;
  readonly appearance: Lstm;
  /** The picture's part of what the motion gate says, or all of it where that is asked only behind a picture; `[2]`. */
  readonly motionGate: Float32Array;
  readonly cost: Cost;
}

/** What `watch` makes of a segment's clip. */
export interface Watched {
  readonly motion: Lstm;
  /** `[classes]`, before the softmax. */
  readonly logits: Float32Array;
  readonly cost: Cost;
}

type Values = Readonly<Record<string, Float32Array>>;

/** One run of a stage, measured. All its tensors are `[1, 1, width]`. */
const run = <T>({ stages, now }: HmsNet, stage: HmsStage, feeds: Values, answer: (of: (name: string) => Float32Array, cost: Cost) => T): Observable<T> => defer(() => {
  const clock = now ?? ((): number => performance.now());
  const startMs = clock();
  const tensors = Object.fromEntries(Object.entries(feeds).map(([name, data]): [string, Tensor] => [name, { data, dims: [1, 1, data.length] }]));
  return stages[stage].run(tensors).pipe(map((results) => answer((name) => {
    const data = results[name]?.data;
    if (data === undefined) throw new Fault('policy', 'model-wrong-shape', `The stage ${stage} of the policy gave no ${name}.`);
    return data;
  }, { ...NO_COST, gmacs: stages[stage].macs / 1e9, ms: clock() - startMs })));
});

const { features, audio: X_A, appearance: X_I, appearanceGate: GATE_I, motionGate: GATE_M, logits: LOGITS } = HMS_TENSOR;

/** The audio LSTM's step and the appearance gate: equations 3, 4, and 6 as far as it goes. `features`: `[dims.audio]`. */
export const listen = (net: HmsNet, sound: Float32Array, audio: Lstm, appearance: Lstm, motion: Lstm): Observable<Listened> => {
  const nested = net.sizes.unseen === 'nested';
  return run(net, 'listen', {
    [features]: sound, h_a: audio.h, c_a: audio.c, h_i: appearance.h, c_i: appearance.c,
    ...(nested ? {} : { h_m: motion.h, c_m: motion.c }),
  }, (of, cost) => ({
    xA: of(X_A), audio: { h: of('h_a_next'), c: of('c_a_next') }, appearanceGate: of(GATE_I), cost,
    ...(nested ? {} : { motionGate: of(GATE_M) }),
  }));
};

/** The appearance LSTM's step: equation 5, and the picture's part of 6. `picture`: `[dims.appearance]`. */
export const look = (net: HmsNet, picture: Float32Array, xA: Float32Array, appearance: Lstm, motion: Lstm): Observable<Looked> =>
  run(net, 'look', {
    [features]: picture, [X_A]: xA, h_i: appearance.h, c_i: appearance.c,
    ...(net.sizes.unseen === 'nested' ? { h_m: motion.h, c_m: motion.c } : {}),
  }, (of, cost) => ({ xI: of(X_I), appearance: { h: of('h_i_next'), c: of('c_i_next') }, motionGate: of(GATE_M), cost }));

/** The motion LSTM's step and the classifier: equation 7. `clip`: `[dims.motion]`. */
export const watch = (net: HmsNet, clip: Float32Array, xA: Float32Array, xI: Float32Array, motion: Lstm): Observable<Watched> =>
  run(net, 'watch', { [features]: clip, [X_A]: xA, [X_I]: xI, h_m: motion.h, c_m: motion.c },
    (of, cost) => ({ motion: { h: of('h_m_next'), c: of('c_m_next') }, logits: of(LOGITS), cost }));

/** The classifier on a state that was copied. */
export const believe = (net: HmsNet, motion: Lstm): Observable<Watched> =>
  run(net, 'believe', { h_m: motion.h }, (of, cost) => ({ motion, logits: of(LOGITS), cost }));
