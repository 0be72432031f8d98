import type { SenseName } from '../inference/manifest.js';

/** What an action cost: multiply-accumulates from the graph, measured inference time, measured decoding. */
export interface Cost {
  /** Multiply-accumulates, in 10⁹. */
  readonly gmacs: number;
  /** Measured time in the front end and the net [ms]. */
  readonly ms: number;
  /** Measured time decoding and scaling pictures [ms]. */
  readonly decodeMs: number;
  /** Video frames that left the decoder. */
  readonly decodedFrames: number;
  /** Measured time that a picture was waited for, such as a key frame that a publisher was asked for [ms]; no work. Absent when none was. */
  readonly waitMs?: number;
}

/** The cost of nothing. */
export const NO_COST: Cost = { gmacs: 0, ms: 0, decodeMs: 0, decodedFrames: 0 };

/** Adds costs. */
export const addCosts = (...costs: readonly Cost[]): Cost =>
  costs.reduce((a, b) => ({
    gmacs: a.gmacs + b.gmacs,
    ms: a.ms + b.ms,
    decodeMs: a.decodeMs + b.decodeMs,
    decodedFrames: a.decodedFrames + b.decodedFrames,
    ...(a.waitMs === undefined && b.waitMs === undefined ? {} : { waitMs: (a.waitMs ?? 0) + (b.waitMs ?? 0) }),
  }), NO_COST);

/** What one sense makes of one segment. */
export interface Reading {
  readonly sense: SenseName;
  /** One score per label of `labels`, `[labels]`, 0…1. */
  readonly scores: Float32Array;
  readonly labels: readonly string[];
  /** Labels of `labels` that mean "nothing in particular". */
  readonly background: ReadonlySet<string>;
  /** The net's last hidden layer, `[features]`, if the pack gives it. */
  readonly features?: Float32Array;
  /** Media time of what was sensed [µs] (of the frame, or the end of the window). */
  readonly timeUs: number;
  /** True when the same frame was already read: the earlier reading holds, nothing was computed. */
  readonly reused?: boolean;
  readonly cost: Cost;
}

/** A sense that was asked and could not answer. */
export interface NoReading {
  readonly sense: SenseName;
  readonly scores?: never;
  /** Why: `no-audio`, or a {@link NoPictureReason}, or `not-installed`. */
  readonly reason: string;
  readonly cost: Cost;
}

/**
 * What a policy worked out while it decided, for its own use later on the same segment. Opaque to everyone else: only the
 * policy named in `of` knows what is in it, and it never leaves the step.
 */
export interface Thoughts {
  readonly of: string;
}

/**
 * Why a gate opened or stayed shut: the machine's part, fit for a metric's label.
 * Open: `listed` a sound of the listen list; `uncertain` what is heard is neither a known sound nor background;
 * `heartbeat` too long since the last look; `held` the cause is gone or weaker, but the hold is not over yet.
 * `ungated` the gate mode is off: everything is always read; `worth` the net leaves it shut, but a budget finds the look worth its price.
 * Either: `learned` a trained gate decided.
 * Shut: `quiet` confidently background; `sure` confidently a known sound that is not listed; `cooldown` a cause is
 * there, but the last hold ended too short a time ago; `no-audio` nothing was heard and no heartbeat is due;
 * `nested` the policy looks at a clip only behind a picture, and there was none; `no-pack` there is no net for this sense; `off` the profile forbids it; `budget` it would have opened, but was refused.
 */
export type GateReason =
  | 'listed' | 'uncertain' | 'heartbeat' | 'held' | 'ungated' | 'worth' | 'learned'
  | 'quiet' | 'sure' | 'cooldown' | 'no-audio' | 'nested' | 'no-pack' | 'off' | 'budget';

/** What a gate decided on one segment. */
export interface GateDecision {
  readonly open: boolean;
  readonly reason: GateReason;
  /** The human's part, such as `helicopter 0.82`. */
  readonly detail?: string;
}

/** Whether a gate cannot open whatever happens: the profile forbids the sense, or there is no net for it. */
export const isForbidden = ({ reason }: Pick<GateDecision, 'reason'>): boolean => reason === 'off' || reason === 'no-pack';

/** All that is known of one segment: what was sensed, and what the gates decided. */
export interface Evidence {
  readonly index: number;
  readonly startUs: number;
  readonly endUs: number;
  readonly startEpochMs: number;
  readonly discontinuity: boolean;
  /** As on the segment: memory of another era does not carry over. */
  readonly era: number;
  readonly readings: Readonly<Partial<Record<SenseName, Reading | NoReading>>>;
  /** Level of the window's sound [dBFS]; absent when there is none to listen to. */
  readonly levelDbfs?: number;
  /** Decisions taken so far; a gate that was never asked is absent. */
  readonly gates: Readonly<Partial<Record<SenseName, GateDecision>>>;
  /** What the policy has worked out so far; gone from the evidence that a belief carries. */
  readonly thoughts?: Thoughts;
}
