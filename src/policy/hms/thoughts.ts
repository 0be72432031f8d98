import { map, of, type Observable } from 'rxjs';
import type { SenseName } from '../../inference/manifest.js';
import { addCosts, type Cost, type Evidence, type Thoughts } from '../../sense/types.js';
import type { Memory, UsagePattern } from '../types.js';
import { believe, listen, look, watch, type HmsNet, type Listened, type Looked, type Watched } from './net.js';
import { copyUp, stateAt, type HmsState, type Lstm } from './state.js';

/** How far HMS has come on one segment. Each stage is run at most once, when something first depends on it. */
export interface HmsThoughts extends Thoughts {
  readonly of: 'hms';
  /** The state before the segment. */
  readonly past: HmsState;
  readonly listened: Listened;
  /** Absent while no picture was looked at. */
  readonly looked?: Looked;
  /** What would be believed if nothing more were looked at; absent unless somebody asked, and gone once something was. */
  readonly asIs?: Watched;
  readonly cost: Cost;
}

/** What a segment comes to. */
export interface Conclusion {
  readonly state: HmsState;
  /** `[classes]`, before the softmax. */
  readonly logits: Float32Array;
  readonly pattern: UsagePattern;
  readonly cost: Cost;
}

/** Features of a sense, if it was asked on this segment and had an answer; one that was used before counts too. */
const featuresOf = (evidence: Evidence, sense: SenseName): Float32Array | undefined => {
  const reading = evidence.readings[sense];
  return reading?.scores === undefined ? undefined : reading.features;
};

const isHms = (thoughts: Thoughts | undefined): thoughts is HmsThoughts => thoughts?.of === 'hms';

/** What follows from the sound alone. Without sound the segment counts as silent. */
export const afterSound = (net: HmsNet, memory: Memory, evidence: Evidence): Observable<HmsThoughts> => {
  if (isHms(evidence.thoughts)) return of(evidence.thoughts);
  const past = stateAt(net.sizes, memory, evidence);
  return listen(net, featuresOf(evidence, 'audio') ?? net.silence, past.audio, past.appearance, past.motion)
    .pipe(map((listened) => ({ of: 'hms', past, listened, cost: listened.cost })));
};

/** What follows once the picture is there, if one is. */
export const afterPicture = (net: HmsNet, thoughts: HmsThoughts, evidence: Evidence): Observable<HmsThoughts> => {
  const features = featuresOf(evidence, 'appearance');
  if (thoughts.looked !== undefined || features === undefined) return of(thoughts);
  const { past, listened, cost } = thoughts;
  return look(net, features, listened.xA, past.appearance, past.motion)
    .pipe(map((looked) => ({ of: 'hms', past, listened, looked, cost: addCosts(cost, looked.cost) })));
};

const patternOf = (looked: boolean, watched: boolean): UsagePattern => `a${looked ? 'i' : ''}${watched ? 'm' : ''}`;

const appearanceOf = ({ past, listened, looked }: HmsThoughts): Lstm => looked?.appearance ?? copyUp(listened.audio, past.appearance);

/** What would be believed without a further look. It is kept, so that nothing is computed twice if none follows. */
export const asIs = (net: HmsNet, thoughts: HmsThoughts): Observable<HmsThoughts & { readonly asIs: Watched }> => thoughts.asIs !== undefined
  ? of({ ...thoughts, asIs: thoughts.asIs })
  : believe(net, copyUp(appearanceOf(thoughts), thoughts.past.motion)).pipe(
    map((believed) => ({ ...thoughts, asIs: believed, cost: addCosts(thoughts.cost, believed.cost) })),
  );

/** Which senses the belief without a further look rests on. */
export const patternAsIs = ({ looked }: HmsThoughts): UsagePattern => patternOf(looked !== undefined, false);

/** What the motion gate says, (shut, open); undefined where it is not asked, since there is no picture. Equation 6. */
export const motionGateOf = ({ sizes }: HmsNet, { past, listened, looked }: HmsThoughts): readonly [number, number] | undefined => {
  if (sizes.unseen === 'nested') return looked === undefined ? undefined : [looked.motionGate[0] ?? 0, looked.motionGate[1] ?? 0];
  const picture = looked?.motionGate ?? (sizes.unseen === 'last' ? past.picture?.gate : undefined);
  const sum = (i: 0 | 1): number => (listened.motionGate?.[i] ?? 0) + (picture?.[i] ?? 0);
  return [sum(0), sum(1)];
};

/** x_I as the motion LSTM gets it: this picture, or what stands for it. */
const pictureFor = ({ sizes: { unseen, projected } }: HmsNet, { past, looked }: HmsThoughts): Float32Array =>
  looked?.xI ?? (unseen === 'last' ? past.picture?.x : undefined) ?? new Float32Array(projected.appearance);

const lastPicture = ({ sizes }: HmsNet, { past, looked }: HmsThoughts): HmsState['picture'] => {
  if (sizes.unseen !== 'last') return null;
  return looked === undefined ? past.picture : { x: looked.xI, gate: looked.motionGate };
};

/** The end of the step: a clip goes through the motion LSTM; without one, states are copied upwards. */
export const conclude = (net: HmsNet, thoughts: HmsThoughts, evidence: Evidence): Observable<Conclusion> => {
  const { past, listened, looked, cost: before } = thoughts;
  const appearance = appearanceOf(thoughts);
  const clip = featuresOf(evidence, 'motion');
  const last = clip !== undefined
    ? watch(net, clip, listened.xA, pictureFor(net, thoughts), past.motion).pipe(map((watched) => ({ ...watched, cost: addCosts(before, watched.cost) })))
    : asIs(net, thoughts).pipe(map(({ asIs: believed, cost }) => ({ ...believed, cost })));
  return last.pipe(map(({ motion, logits, cost }) => ({
    state: { audio: listened.audio, appearance, motion, picture: lastPicture(net, thoughts) },
    logits, pattern: patternOf(looked !== undefined, clip !== undefined), cost,
  })));
};
