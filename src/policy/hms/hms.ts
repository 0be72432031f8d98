import { concatMap, defer, map, of, type Observable } from 'rxjs';
import { isUnheard } from '../../sense/hear.js';
import { addCosts, type Evidence, type GateDecision } from '../../sense/types.js';
import type { BelieveSettings, GateSettings } from '../../settings/profile.js';
import { fusion } from '../fusion.js';
import { heartbeat, ownMemory, remembered, shut } from '../gate-memory.js';
import type { Belief, Gate, Known, Memory, Policy, Step, Verdict } from '../types.js';
import { best } from '../uncertainty.js';
import { entropyOf, knownOf } from './known.js';
import type { LookWorth } from '../../inference/manifest.js';
import type { HmsNet } from './net.js';
import { remembering } from './state.js';
import { afterPicture, afterSound, asIs, conclude, motionGateOf, patternAsIs, type HmsThoughts } from './thoughts.js';
import { openProbability, worthOf, type GateLogits } from './worth.js';

/** What of a gate's settings a learned gate heeds: whether it may open at all, and the look by the clock. */
export type LearnedGateSettings = Pick<GateSettings, 'enabled' | 'heartbeatS' | 'cooldownS'> & Partial<Pick<GateSettings, 'listed'>>;

/** What a learned policy is made of. */
export interface HmsOptions {
  readonly net: HmsNet;
  readonly gates: { readonly appearance: LearnedGateSettings; readonly motion: LearnedGateSettings };
  readonly settings: BelieveSettings;
  /** Sounds that stay in the list of what is heard, however low they score. */
  readonly listen: readonly string[];
  /** For which kind of budget gates say what a look is worth, if for any: asked on each segment. */
  readonly weighed?: () => Weighed | undefined;
}

/** What limits the looks that are weighed: a cap on a rate, or one amount for a recording with one answer. */
export type Weighed = 'rate' | 'recording';

/** A learned policy and its gates; they belong together. */
export interface Hms {
  readonly gates: { readonly appearance: Gate; readonly motion: Gate };
  readonly policy: Policy;
}

/** Open if and only if that is likelier; nothing is sampled. */
const learned = ([shutLogit, openLogit]: GateLogits): GateDecision =>
  ({ open: openLogit > shutLogit, reason: 'learned', detail: `p(open) ${openProbability([shutLogit, openLogit]).toFixed(2)}` });

const pair = (logits: Float32Array): GateLogits => [logits[0] ?? 0, logits[1] ?? 0];

/** What is known before the first step: nothing in particular. */
const NOTHING_KNOWN: Known = { labels: [], background: 1, pattern: 'a' };

type GatedSense = 'appearance' | 'motion';
type Thought = readonly [HmsThoughts, GateDecision];

/** Whether a sound is heard that the user listens for: then a look is asked for. */
const listedHeard = ({ listen, gates }: HmsOptions, sense: GatedSense, { readings: { audio } }: Evidence): boolean => {
  const opens = gates[sense].listed?.open;
  if (opens === undefined || audio?.scores === undefined || listen.length === 0) return false;
  const listed = new Set(listen);
  return (best(audio, (label) => listed.has(label))?.score ?? 0) >= opens;
};

/** By what a look is weighed: nobody asks, it was measured for this, or the estimate that needs no measuring. */
const estimateOf = ({ net, weighed }: HmsOptions, sense: GatedSense): LookWorth | 'entropy' | undefined => {
  const kind = weighed?.();
  return kind === 'recording' ? net.worth?.[sense] : kind === 'rate' ? 'entropy' : undefined;
};

/**
 * What a look is worth; a gate that stays shut says it too. For one answer to a recording that was measured. Else: the entropy
 * of the belief so far is the most that any look can take away (its mutual information with the class is no more than that), and the gate's
 * probability is the trained estimate of whether this one does.
 */
const weigh = (sense: GatedSense, options: HmsOptions, evidence: Evidence, thoughts: HmsThoughts, decision: GateDecision): Observable<Verdict> => {
  const estimate = estimateOf(options, sense);
  if (estimate === undefined) return of({ thoughts, decision });
  if (decision.open && (decision.reason === 'heartbeat' || listedHeard(options, sense, evidence))) return of({ thoughts, decision, worth: Infinity });
  // A gate that is shut for another reason than the net's word stays shut.
  if (!decision.open && decision.reason !== 'learned') return of({ thoughts, decision });
  const { net } = options;
  const logits = sense === 'appearance' ? pair(thoughts.listened.appearanceGate) : motionGateOf(net, thoughts);
  return asIs(net, thoughts).pipe(map((weighed): Verdict => {
    const doubt = entropyOf(net, weighed.asIs.logits, patternAsIs(weighed));
    const worth = estimate === 'entropy' || logits === undefined ? (logits === undefined ? 1 : openProbability(logits)) * doubt : worthOf(estimate, logits, doubt);
    return { thoughts: weighed, decision, worth };
  }));
};

/** A gate that asks the net, unless the profile or a missing pack has decided; the clock may open what the net leaves shut. */
const learnedGate = (sense: GatedSense, options: HmsOptions, ask: (memory: Memory, evidence: Evidence) => Observable<Thought>): Gate => {
  const { net, gates } = options;
  const settings = gates[sense];
  const due = (memory: Memory, evidence: Evidence, decision: GateDecision): GateDecision =>
    (decision.open || decision.reason === 'nested' ? undefined : heartbeat(ownMemory(memory, evidence, sense), evidence.endUs, settings)) ?? decision;
  return {
    sense,
    decide: (memory, evidence) => {
      if (!settings.enabled) return of({ decision: shut('off') });
      if (!net.senses.has(sense)) return of({ decision: shut('no-pack') });
      if (isUnheard(evidence)) return of({ decision: shut('budget', 'not heard') });
      return defer(() => ask(memory, evidence)).pipe(
        concatMap(([thoughts, decision]) => weigh(sense, options, evidence, thoughts, due(memory, evidence, decision))),
      );
    },
    remember: (memory, evidence) => remembered(memory, evidence, sense),
  };
};

const gatesOf = (options: HmsOptions): Hms['gates'] => {
  const { net } = options;
  return {
    appearance: learnedGate('appearance', options, (memory, evidence) => afterSound(net, memory, evidence).pipe(
      map((thoughts) => [thoughts, learned(pair(thoughts.listened.appearanceGate))] as const),
    )),
    motion: learnedGate('motion', options, (memory, evidence) => afterSound(net, memory, evidence).pipe(
      concatMap((thoughts) => afterPicture(net, thoughts, evidence)),
      map((thoughts) => {
        const logits = motionGateOf(net, thoughts);
        return [thoughts, logits === undefined ? shut('nested', 'no picture') : learned(logits)] as const;
      }),
    )),
  };
};

const withoutThoughts = (evidence: Evidence): Evidence => {
  const { thoughts, ...rest } = evidence;
  return thoughts === undefined ? evidence : rest;
};

/**
 * Hierarchical Modality Selection, live: the cheap sense decides whether the dearer one is worth its cost.
 *
 * Three LSTMs, for sound, pictures and clips. A gate opens if and only if its net finds that likelier; then the sense is
 * read and its LSTM makes a step, else the state of the LSTM below is copied into it. What the motion LSTM holds is what
 * is believed. A sense whose gate opened, but which had no answer (no picture came), counts as one whose gate stayed
 * shut; missing sound counts as digital silence. A reading that was used before counts as a reading. Each stage runs
 * only when something depends on it, so that a shut gate costs nothing; nothing is sampled, and nothing later than the
 * segment is used. The states are forgotten with their era. A segment that the budget did not let be heard makes no step: thinking has its cost, too.
 *
 * `enabled: false` forbids a sense. Beside the net, the heartbeat may open a gate, if the settings have one.
 * What is heard, seen and watched in the labels of the nets themselves goes on beside it, as {@link fusion} has it.
 * @see HMS equations 3–7 and §3.2
 */
export const createHms = (options: HmsOptions): Hms => {
  const { net, settings, listen } = options;
  const gates = gatesOf(options);
  const beside = fusion({ settings, listen, gates: Object.values(gates) });
  const unthought = (memory: Memory, evidence: Evidence): Observable<Step<Memory, Belief>> => beside.remember(memory, evidence).pipe(map((step) => {
    const { hms, known } = memory.era === evidence.era ? memory : {};
    return {
      memory: { ...step.memory, ...(hms === undefined ? {} : { hms }), ...(known === undefined ? {} : { known }) },
      output: { ...step.output, known: known ?? NOTHING_KNOWN },
    };
  }));
  return {
    gates,
    policy: {
      rest: beside.rest,
      remember: (memory, evidence) => isUnheard(evidence) ? unthought(memory, evidence) : defer(() => afterSound(net, memory, evidence)).pipe(
        concatMap((thoughts) => afterPicture(net, thoughts, evidence)),
        concatMap((thoughts) => conclude(net, thoughts, evidence)),
        concatMap(({ state, logits, pattern, cost }) => beside.remember(memory, withoutThoughts(evidence)).pipe(map((step) => {
          const known = knownOf(net, logits, pattern, settings.keep);
          return { memory: { ...step.memory, hms: remembering(state), known }, output: { ...step.output, known, cost: addCosts(step.output.cost, cost), policyCost: cost } };
        }))),
      ),
    },
  };
};
