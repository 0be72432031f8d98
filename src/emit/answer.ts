import type { Settled } from '../budget/types.js';
import { Fault } from '../faults.js';
import type { StoppingRule } from '../inference/manifest.js';
import type { Known } from '../policy/types.js';
import { gateChanges, type GateStates } from './gate-changes.js';
import { segmentMessage } from './segment-message.js';
import { answerOf, certaintyOf, haltsAt } from './stopping.js';
import type { AnswerMessage, AnswerReason, Output } from './types.js';
import { epochSeconds, rounded, seconds, wireCost, wireLabels } from './wire.js';

/** How one answer for a whole recording is given. */
export interface AnswerSpec {
  /** The camera's name, as it stands in every message. */
  readonly camera: string;
  /** When the answer may be given before the end; without it, it comes at the end, or when the budget is spent. */
  readonly rule?: Pick<StoppingRule, 'boundary' | 'temperatures'> | undefined;
  /** Labels listed as `top_k`. Default 5. */
  readonly topK?: number;
}

type Knowing = Settled & { readonly known: Known };

/** What is remembered of a recording until its answer is given. */
export interface AnswerMemory {
  readonly gates: GateStates;
  /** Start of the first step [epoch s], and the last one; absent before. */
  readonly startEpochS?: number;
  readonly last?: Knowing;
  /** Nothing more is to be said. */
  readonly answered: boolean;
}

/** The memory before the first step. */
export const UNANSWERED: AnswerMemory = { gates: {}, answered: false };

/** What one belief makes: the memory for the next, and what goes out, in order. */
export interface AnswerStep {
  readonly memory: AnswerMemory;
  readonly outputs: readonly Output[];
}

/** A fault for one answer asked of a policy that was not taught to give one. */
export const needsPolicy = (): Fault => new Fault('emit', 'usage', 'One answer for a recording needs a learned policy: thresholds tell what is heard and seen at each moment, not what all of it is.', {
  remedy: 'Name one with --policy (`hearken learn` makes one), or leave out --answer to get events.',
});

const knowing = (belief: Settled): Knowing => {
  const { known } = belief;
  if (known === undefined) throw needsPolicy();
  return { ...belief, known };
};

const budgetOf = ({ budget }: Settled): Pick<AnswerMessage, 'budget'> => (budget?.recording === undefined ? {} : {
  budget: { gmacs: budget.recording.gmacs, spent_gmacs: rounded(budget.recording.spentGmacs, 6), refusals: budget.refusals },
});

const messageOf = ({ camera, rule, topK = 5 }: AnswerSpec, startEpochS: number, belief: Knowing, reason: AnswerReason): AnswerMessage => {
  const { known, ledger, cost } = belief;
  const { label, score: believed } = answerOf(known);
  // An end that comes before the rule's is one all the same; what a budget cut off, the rule says nothing of.
  const score = certaintyOf(rule, reason === 'budget' ? undefined : reason === 'ended' ? 'horizon' : reason, believed);
  return {
    schema: 'hearken.answer.v1', camera, label, score: rounded(score, 4), top_k: wireLabels(known.labels, topK),
    start_time: startEpochS, observed_s: seconds(ledger.mediaUs), steps: ledger.segments, horizon_steps: rule?.boundary.length ?? null, reason,
    modalities: { audio: ledger.senses.audio?.runs ?? 0, appearance: ledger.senses.appearance?.runs ?? 0, motion: ledger.senses.motion?.runs ?? 0 },
    cost: wireCost(ledger.total), ...budgetOf(belief),
    emit_latency_ms: rounded(ledger.mediaUs / 1000 + cost.ms + cost.decodeMs + (cost.waitMs ?? 0), 3),
  };
};

/** Why this step is the last one, if it is. Sure comes first: who is sure needs neither the horizon nor the budget. */
const reasonAt = ({ rule }: AnswerSpec, { known, ledger, budget }: Knowing): AnswerReason | undefined =>
  haltsAt(rule, ledger.segments - 1, answerOf(known).score) ?? (budget?.recording?.spent === true ? 'budget' : undefined);

/**
 * What one belief makes of the one answer: gates that changed, the segment, and behind them the answer, if it is due. No events,
 * and nothing after the answer. Pure and causal.
 * @throws Fault `usage` for a belief without a learned policy
 */
export const answerStep = (spec: AnswerSpec, memory: AnswerMemory, settled: Settled): AnswerStep => {
  if (memory.answered) return { memory, outputs: [] };
  const belief = knowing(settled);
  const gates = gateChanges(spec.camera, memory.gates, belief);
  const startEpochS = memory.startEpochS ?? epochSeconds(belief, belief.startUs);
  const reason = reasonAt(spec, belief);
  return {
    memory: { gates: gates.states, startEpochS, last: belief, answered: reason !== undefined },
    outputs: [
      ...gates.messages.map((gate): Output => ({ kind: 'gate', gate })),
      { kind: 'segment', segment: segmentMessage(spec.camera, belief, spec.topK ?? 5) },
      ...(reason === undefined ? [] : [{ kind: 'answer', answer: messageOf(spec, startEpochS, belief, reason) } as const]),
    ],
  };
};

/** The answer from what is known when nothing more comes; none where it was given, or where there was no step to know anything from. Pure. */
export const answerEnds = (spec: AnswerSpec, memory: AnswerMemory): AnswerStep => {
  const { startEpochS, last, answered } = memory;
  if (answered || startEpochS === undefined || last === undefined) return { memory, outputs: [] };
  return { memory: { ...memory, answered: true }, outputs: [{ kind: 'answer', answer: messageOf(spec, startEpochS, last, 'ended') }] };
};
