import type { Observable } from 'rxjs';
import type { SenseName } from '../inference/manifest.js';
import type { Cost, Evidence, GateDecision } from '../sense/types.js';

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
  /** All that this segment cost: the sum over its readings. */
  readonly cost: Cost;
  /** What the gates decided on this segment; a gate that was never asked is absent. */
  readonly gates: Readonly<Partial<Record<SenseName, GateDecision>>>;
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
}

/** Decides whether a sense is worth its cost on this segment. Both functions are pure and causal. */
export interface Gate {
  readonly sense: SenseName;
  /** The decision, from what is remembered and what was sensed so far on this segment. */
  decide(memory: Memory, evidence: Evidence): GateDecision;
  /** What the gate remembers once the segment is over; reads its own decision from `evidence.gates`. */
  remember(memory: Memory, evidence: Evidence): GateMemory;
}

/** What is believed, and all memory of the past. */
export interface Policy {
  /** The memory before the first step. */
  readonly rest: Memory;
  /** Folds one segment's evidence into the memory. Emits once and completes. */
  remember(memory: Memory, evidence: Evidence): Observable<Step<Memory, Belief>>;
}
