import type { Observable } from 'rxjs';
import type { SenseName } from '../inference/manifest.js';
import type { Cost, Evidence, GateDecision, Thoughts } from '../sense/types.js';

/** A label with its score, 0…1. */
export interface RankedLabel {
  readonly label: string;
  readonly score: number;
}

/** What was last seen (or watched), and how long ago that was. */
export interface Look {
  /** Best first; scores have decayed with the age of the look. Background labels are left out. */
  readonly labels: readonly RankedLabel[];
  /** Media time of the frame, or of the end of the clip [µs]. */
  readonly timeUs: number;
  /** From `timeUs` to the end of the segment [µs], never negative. */
  readonly ageUs: number;
}

/** Which senses a belief rests on at its segment: a for sound, i for a picture, m for a clip. */
export type UsagePattern = 'a' | 'ai' | 'am' | 'aim';

/** What a learned policy knows, in its own labels. */
export interface Known {
  /** Calibrated probabilities, best first; background labels are left out. */
  readonly labels: readonly RankedLabel[];
  /** The probability that it is none of them: the sum over background labels, 0…1. */
  readonly background: number;
  /** Which senses were read on this segment; the temperature of the probabilities goes by it. */
  readonly pattern: UsagePattern;
}

/**
 * What is believed after one segment. Heard and seen are kept apart, since their label sets differ.
 * The lists hold the best `keep` labels of the profile and every label that it listens for, if it scored at all.
 */
export interface Belief {
  readonly index: number;
  readonly startUs: number;
  readonly endUs: number;
  /** Unix epoch of `startUs` [ms]. */
  readonly startEpochMs: number;
  /** Counts jumps, reconnections and losses: a belief of another era belongs to another stretch of the stream. */
  readonly era: number;
  readonly evidence: Evidence;
  /** Best first, smoothed over a short time, background labels left out; empty when nothing was ever heard. */
  readonly heard: readonly RankedLabel[];
  /** Absent until something was seen, and again once the look is too old to count. */
  readonly seen?: Look;
  /** The same of the last clip. */
  readonly watched?: Look;
  /** What a learned policy knows; absent under a policy that has no labels of its own. */
  readonly known?: Known;
  /** All that this segment cost: the sum over its readings, and the policy's own. */
  readonly cost: Cost;
  /** The policy's part of the cost; absent when it runs no net. */
  readonly policyCost?: Cost;
  /** What the gates decided on this segment; a gate that was never asked is absent. */
  readonly gates: Readonly<Partial<Record<SenseName, GateDecision>>>;
  /** What a look in full showed, on the segments that are sampled for it. */
  readonly audit?: Audit;
}

/** What a look at one segment in full, beside what its gates allowed, showed: see `audit.ts`. */
export interface Audit {
  /** Labels that would have been said with all gates open, and were not. */
  readonly missed: readonly string[];
  /** What the senses behind shut gates cost here; no part of the belief's own cost. */
  readonly cost: Cost;
}

/** What one step of the stream makes: the memory for the next step, and what goes out. */
export interface Step<M, O> {
  readonly memory: M;
  readonly output: O;
}

/** What one gate remembers of the past. Plain JSON. */
export interface GateMemory {
  /** End of the segment at which it was last open [µs]; null before the first time. */
  readonly openedUs: number | null;
  /** Whether the sensor had no answer then. */
  readonly missed: boolean;
  /** End of the first segment since which a cause has held the gate open without a break [µs]; null while shut. */
  readonly heldSinceUs: number | null;
  /** End of the last segment of such a hold [µs]; the cooldown counts from here. */
  readonly closedUs: number | null;
}

/** A look as the memory keeps it: scores as they were on the frame, not yet decayed. */
export interface LookMemory {
  readonly labels: readonly RankedLabel[];
  readonly timeUs: number;
}

/**
 * What a learned policy remembers: the states of its three LSTMs, and what it last saw. Plain JSON: each string is the
 * base64 of float32 values, little-endian, so that a memory that was saved and restored goes on bit for bit the same.
 */
export interface HmsMemory {
  /** Hidden and cell state, `[hidden]` each. */
  readonly audio: LstmMemory;
  readonly appearance: LstmMemory;
  readonly motion: LstmMemory;
  /** Projected features of the last picture `[projected]`, and what they say to the motion gate `[2]`; null before the first. */
  readonly picture: { readonly x: string; readonly gate: string } | null;
}

/** The state of one LSTM, as base64. */
export interface LstmMemory {
  readonly h: string;
  readonly c: string;
}

/** All that one stream remembers from step to step. Plain JSON, a few kilobytes. */
export interface Memory {
  /** The era that all below belongs to; memory of another era counts as none. */
  readonly era: number;
  /** End of the last segment remembered [µs]; null at rest. */
  readonly endUs: number | null;
  /** Smoothed score by label; labels under 0.005 are forgotten. Null until something was listened to. */
  readonly heard: Readonly<Record<string, number>> | null;
  readonly looks: Readonly<Partial<Record<'appearance' | 'motion', LookMemory>>>;
  readonly gates: Readonly<Partial<Record<SenseName, GateMemory>>>;
  /** Absent without a learned policy, and before its first step. */
  readonly hms?: HmsMemory;
  /** What a learned policy knew after its last step: it still does where the budget lets it take none. */
  readonly known?: Known;
}

/** What a gate decided, and what was worked out for it. */
export interface Verdict {
  readonly decision: GateDecision;
  /** Takes the place of the evidence's thoughts; absent when they stay as they are. */
  readonly thoughts?: Thoughts;
  /**
   * By how much looking is expected to lower the risk of being wrong, in log loss [bit]: what a budget weighs against the
   * cost, also where the gate stays shut, if a budget may open it. Infinity for a look that the user asked for, whatever it tells; absent where
   * nobody has worked it out.
   */
  readonly worth?: number;
}

/** Decides whether a sense is worth its cost on this segment. Causal, and deterministic. */
export interface Gate {
  readonly sense: SenseName;
  /**
   * The decision, from what is remembered and what was sensed so far on this segment. Cold: a learned gate runs its net
   * at subscription. Emits once and completes.
   */
  decide(memory: Memory, evidence: Evidence): Observable<Verdict>;
  /** What the gate remembers once the segment is over; reads its own decision from `evidence.gates`. Pure. */
  remember(memory: Memory, evidence: Evidence): GateMemory;
}

/** What is believed, and all memory of the past. */
export interface Policy {
  /** The memory before the first step. */
  readonly rest: Memory;
  /** Folds one segment's evidence into the memory. Emits once and completes. */
  remember(memory: Memory, evidence: Evidence): Observable<Step<Memory, Belief>>;
}
