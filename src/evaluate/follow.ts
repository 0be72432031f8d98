/** A loaded policy follows recordings whose features are known: the product's own gates, states and budgets, without media. */
import { concatMap, lastValueFrom, of } from 'rxjs';
import { granted } from '../budget/granted.js';
import type { StepBudget } from '../budget/types.js';
import type { FeatureSequence, Openings, SequenceRun } from '../learn/types.js';
import { createHms, type Weighed } from '../policy/hms/hms.js';
import type { HmsNet } from '../policy/hms/net.js';
import { through } from '../policy/through.js';
import type { Belief, Gate, GateMemory, Known, Memory, Verdict } from '../policy/types.js';
import { NO_COST, type Evidence, type Reading } from '../sense/types.js';

/** What a run of the policy needs besides the features. */
export interface FollowOptions {
  /** From one step to the next [µs]. */
  readonly stepUs: number;
  /** One reading of each sense [10⁹ multiply-accumulates]. */
  readonly gmacs: Readonly<Record<'audio' | 'appearance' | 'motion', number>>;
  /** Opens the gates at these steps, whatever the policy would have. */
  readonly openings?: Openings;
  /** What may be spent on the recording. */
  readonly budget?: StepBudget;
}

/** What the policy made of one recording. Its logits are logarithms of calibrated probabilities. */
export interface Followed extends SequenceRun {
  /** `[T]`, what each step cost [10⁹ multiply-accumulates]. */
  readonly stepGmacs: Float64Array;
  /** Steps that were heard: fewer than there are where the budget ended it. */
  readonly heard: number;
}

/** What a run cost up to a step, from 0, by default the last [10⁹ multiply-accumulates]. */
export const spentOn = ({ stepGmacs }: Pick<Followed, 'stepGmacs'>, step = stepGmacs.length - 1): number => stepGmacs.subarray(0, step + 1).reduce((a, b) => a + b, 0);

/** A shut gate's default settings: it decides alone, by what it has learned. */
const ASK = { enabled: true, heartbeatS: null, cooldownS: 0 } as const;
/** More labels than any policy has, so that the whole belief is told. */
const ALL = 10_000;
/** Below this a probability is not told apart from none. */
const LEAST = 1e-12;

const forcedGate = (gate: Gate, open: (index: number) => boolean): Gate => ({
  sense: gate.sense,
  decide: (_memory: Memory, { index }: Evidence) => of<Verdict>({ decision: { open: open(index), reason: 'ungated' } }),
  remember: (memory: Memory, evidence: Evidence): GateMemory => gate.remember(memory, evidence),
});

/** `[classes]`; what is said of the background together is spread over its labels. */
const logitsOf = ({ labels, background }: Known, net: Pick<HmsNet, 'labels' | 'background'>): number[] => {
  const known = new Map(labels.map(({ label, score }) => [label, score]));
  return net.labels.map((label) => Math.log(Math.max(LEAST, net.background.has(label) ? background / net.background.size : known.get(label) ?? 0)));
};

const readingOf = (sequence: FeatureSequence, sense: 'audio' | 'appearance' | 'motion', step: number, timeUs: number, gmacs: number): Reading => {
  const width = sequence.features[sense].length / sequence.steps;
  return {
    sense, scores: new Float32Array(0), labels: [], background: new Set(), timeUs,
    features: sequence.features[sense].slice(step * width, (step + 1) * width), cost: { ...NO_COST, gmacs },
  };
};

const wasOpen = ({ evidence }: Belief, sense: 'appearance' | 'motion'): number => (evidence.readings[sense]?.scores === undefined ? 0 : 1);

/** A policy that can follow recordings, one after the other. */
export type Follow = (sequence: FeatureSequence, options: FollowOptions) => Promise<Followed>;

/**
 * Makes the policy follow recordings. Each begins at rest. A picture or a clip is there at a step where `present` says so;
 * a gate that opens where there is none gets no answer. Where the budget pays for no further step, the run ends there.
 */
export const createFollow = (net: HmsNet): Follow => {
  let weighed: Weighed | undefined;
  const { gates, policy } = createHms({ net, gates: { appearance: ASK, motion: ASK }, settings: { heardS: 1, seenS: 1, keep: ALL }, listen: [], weighed: () => weighed });
  return async (sequence, { stepUs, gmacs, openings, budget }) => {
    weighed = budget === undefined ? undefined : 'recording';
    const gateOf = (sense: 'appearance' | 'motion'): Gate | undefined =>
      granted(openings === undefined ? gates[sense] : forcedGate(gates[sense], (step) => openings[sense][step] === 1), () => budget);
    const beliefs: Belief[] = [];
    let memory = policy.rest;
    for (let step = 0; step < sequence.steps; step += 1) {
      const endUs = (step + 1) * stepUs;
      if (budget?.hear(endUs) === false) break;
      const look = (sense: 'appearance' | 'motion') => of(sequence.present[sense][step] === 1
        ? readingOf(sequence, sense, step, endUs, gmacs[sense])
        : { sense, reason: 'no-video', cost: NO_COST } as const);
      const heard: Evidence = {
        index: step, startUs: endUs - stepUs, endUs, startEpochMs: 0, discontinuity: false, era: 0, gates: {},
        readings: { audio: readingOf(sequence, 'audio', step, endUs, gmacs.audio) },
      };
      const { memory: next, output } = await lastValueFrom(of(heard).pipe(
        through(gateOf('appearance'), memory, () => look('appearance')),
        through(gateOf('motion'), memory, () => look('motion')),
        concatMap((evidence) => policy.remember(memory, evidence)),
      ));
      memory = next;
      budget?.settle(output);
      beliefs.push(output);
    }
    return followed(sequence, beliefs, net);
  };
};

const followed = ({ id, targets }: FeatureSequence, beliefs: readonly Belief[], net: HmsNet): Followed => ({
  id, targets: targets.slice(0, beliefs.length), heard: beliefs.length,
  logits: Float32Array.from(beliefs.flatMap(({ known }) => (known === undefined ? [] : logitsOf(known, net)))),
  opened: { appearance: Uint8Array.from(beliefs, (belief) => wasOpen(belief, 'appearance')), motion: Uint8Array.from(beliefs, (belief) => wasOpen(belief, 'motion')) },
  stepGmacs: Float64Array.from(beliefs, ({ cost }) => cost.gmacs),
});
