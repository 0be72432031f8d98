import type { Refusal } from '../budget/figures.js';
import type { SenseName } from '../inference/manifest.js';
import type { SourceState } from '../media/types.js';
import type { GateReason } from '../sense/types.js';

/**
 * What goes out to people and programs, in the shape it has on the wire: snake_case, seconds, and wall-clock
 * time as Unix epoch seconds. The field names are those of Frigate's events where it has them.
 */

/** How the emitter speaks: whose stream it is, and when a label becomes an event. */
export interface EmitSpec {
  /** The camera's name, as it stands in every message. */
  readonly camera: string;
  /** Score at which an event begins, 0…1. */
  readonly confidence: number;
  /** Score below which it no longer counts as present, 0…`confidence`. Default 0.6 × `confidence`. */
  readonly release?: number | undefined;
  /** How long it must have lasted before it is confirmed [s]. Default 1, or as `confirmation` says. */
  readonly minDurationS?: number | undefined;
  /**
   * Confirms sooner where it is sure: on an event's first, second, … segment, the score at which it is confirmed at once;
   * null, and beyond the list: not there. Without it, lasting alone confirms.
   */
  readonly early?: { readonly boundary: readonly (number | null)[] } | undefined;
  /**
   * A learned rule for when events are confirmed, where neither `minDurationS` nor `early` is set: on an event's first, second, …
   * segment the score at which it is confirmed, null: not there; the last holds for all further segments, too. Below it an
   * event stays provisional.
   */
  readonly confirmation?: { readonly boundary: readonly (number | null)[] } | undefined;
  /** How long the label stays silent after an event has ended [s]. */
  readonly cooldownS: number;
  /** How long the label may be gone before the event ends [s]: an alarm beeps, a dog breathes. Default 1. */
  readonly lingerS?: number | undefined;
  /** Rise of the top score that is worth an `update`. Default 0.1. */
  readonly updateScore?: number;
  /** Labels listed as `top_k`. Default 5. */
  readonly topK?: number;
  /** Only these labels become events; all when absent. */
  readonly labels?: readonly string[] | undefined;
  /**
   * For live sources: how long nothing may arrive before open events are ended [s of real time]. Absent for
   * recordings, whose events depend on nothing but the recording.
   */
  readonly silenceS?: number | undefined;
}

/** A label with its score, 0…1. */
export interface LabelScore {
  readonly label: string;
  readonly score: number;
}

/** What sensing cost: 10⁹ multiply-accumulates, and measured milliseconds in nets and in decoding. */
export interface WireCost {
  readonly gmacs: number;
  readonly ms: number;
  readonly decode_ms: number;
}

/** What one stage of a segment cost, with the video frames that left the decoder for it. */
export interface WireStage extends WireCost {
  readonly frames: number;
  /** How long a picture was waited for, such as a key frame that a publisher was asked for [ms]; absent when none was. */
  readonly wait_ms?: number;
}

/** Costs by stage: the senses that were asked, and a policy that runs nets of its own. */
export type WireStages = Readonly<Partial<Record<SenseName | 'policy', WireStage>>>;

/** A gate's decision. */
export interface WireGate {
  readonly open: boolean;
  readonly reason: GateReason;
  /** The human's part of the reason. */
  readonly detail?: string;
}

/** Decisions of the gates that were asked, by sense. */
export type WireGates = Readonly<Partial<Record<SenseName, WireGate>>>;

/** Where an event is in its life: `provisional (confirmed update* end | retracted)`. */
export type EventPhase = 'provisional' | 'confirmed' | 'update' | 'end' | 'retracted';

/**
 * Why a message of an event is sent now. `budget` and `horizon` are said only where events may be confirmed early, of one that was
 * not: it is confirmed since it lasted, or under a learned rule on that rule's last segment or later; `budget` if on one of its
 * segments the budget refused a look, else `horizon`.
 */
export type EventReason = 'confident' | 'budget' | 'horizon' | 'ended';

/** One message in the life of one event. */
export interface EventMessage {
  readonly schema: 'hearken.event.v1';
  readonly type: EventPhase;
  /** The same through the event's life, and the same again when the recording is played again. */
  readonly id: string;
  /** Counts the messages of this event, from 0. */
  readonly seq: number;
  readonly camera: string;
  readonly label: string;
  /** The label's score now, and the best it has had. */
  readonly score: number;
  readonly top_score: number;
  /** The best labels of this moment, known by a learned policy, or else heard or seen; best first. */
  readonly top_k: readonly LabelScore[];
  /** Start of the first window that held it [epoch s]. */
  readonly start_time: number;
  /** End of the last window that held it [epoch s]; null while it lasts. */
  readonly end_time: number | null;
  /** Media time from `start_time` to what this message knows of [s]. */
  readonly observed_s: number;
  /** From `start_time` until this could be said: media time, plus the time sensing took on the last segment [ms]. */
  readonly emit_latency_ms: number;
  readonly reason: EventReason;
  /** How many fresh readings of each sense held the label. */
  readonly modalities: Readonly<Record<SenseName, number>>;
  /** All that was spent on this stream from the event's start on. */
  readonly cost: WireCost;
  /** What the gates decided on the last segment. */
  readonly gate: WireGates;
}

/** What was last seen, with its age. */
export interface WireLook {
  readonly labels: readonly LabelScore[];
  /** Time of the frame [epoch s], and how old it is at the end of the segment [s]. */
  readonly time: number;
  readonly age_s: number;
}

/** What looking in full at a sample of segments has shown so far. */
export interface WireAudit {
  /** Segments that were looked at in full, and those on which something would have been said that was not. */
  readonly sampled: number;
  readonly missed: number;
  /** Shares, 0…1: `missed` of `sampled`, and what shut gates save of the multiply-accumulates and of the measured time. */
  readonly miss_rate: number;
  readonly saved_gmacs_share: number;
  readonly saved_ms_share: number;
  /** What the audits cost themselves; no part of the stream's cost. */
  readonly cost: WireCost;
}

/** Booked parts of a cap over its last window, 0…1; null where there is no cap. */
export interface WireUtilization {
  readonly gmacs: number | null;
  readonly ms: number | null;
}

/** How a camera's budget stands after a segment. */
export interface WireBudget {
  /** Of its own cap, and of that of all cameras together. */
  readonly utilization: WireUtilization;
  readonly site_utilization: WireUtilization;
  /** The cap of all cameras together, for each second of media; null where a currency is not limited. Absent where neither is. */
  readonly site_cap?: { readonly gmacs_per_s: number | null; readonly ms_per_s: number | null };
  /** What a look must be worth for each second of the caps that it takes [bit]. */
  readonly price: number;
  /** Time spent beyond what was reserved, still to be paid by not looking [ms]. */
  readonly debt_ms: number;
  /** Refusals since the camera began: `price`, `cap`, `never`, `listening`. */
  readonly refusals: Readonly<Partial<Record<Refusal, number>>>;
}

/** One segment: what was heard, what was seen and how long ago, whether it looked and why, and what it cost. */
export interface SegmentMessage {
  readonly schema: 'hearken.segment.v1';
  readonly camera: string;
  readonly index: number;
  /** Epoch seconds. */
  readonly start_time: number;
  readonly end_time: number;
  readonly heard: readonly LabelScore[];
  readonly seen: WireLook | null;
  readonly watched: WireLook | null;
  /** What a learned policy knows, best first, calibrated; absent under a policy without labels of its own. */
  readonly known?: readonly LabelScore[];
  /** Whether a picture was looked at for this segment. */
  readonly looked: boolean;
  /** Why it looked, or why not. */
  readonly gate: WireGates;
  /** Senses that were asked and could not answer, and why. */
  readonly unanswered: Readonly<Partial<Record<SenseName, string>>>;
  readonly cost: WireCost;
  /** The same by stage. */
  readonly stages: WireStages;
  /** Level of the sound [dBFS, to a tenth; −120 is digital silence]; absent when there was none to listen to. */
  readonly level_dbfs?: number;
  /** Labels that a look in full showed and the gates hid; only on segments that were audited. */
  readonly missed?: readonly string[];
  /** How the camera's budget stands; absent without one. */
  readonly budget?: WireBudget;
  /** The stream so far. */
  readonly so_far: {
    readonly segments: number;
    readonly looked_share: number;
    readonly media_s: number;
    readonly cost: WireCost;
    readonly cost_per_minute: WireCost;
    /** In the gate mode `shadow`, once a segment was looked at in full. */
    readonly audit?: WireAudit;
  };
}

/** A gate opened, shut, or opened for another reason than before. */
export interface GateMessage extends WireGate {
  readonly schema: 'hearken.gate.v1';
  readonly camera: string;
  readonly gate: SenseName;
  /** The segment it was decided on, and that segment's end [epoch s]. */
  readonly index: number;
  readonly time: number;
}

/** A camera's source changed its state. */
export interface StateMessage {
  readonly schema: 'hearken.state.v1';
  readonly camera: string;
  readonly state: SourceState;
  /** Epoch seconds. */
  readonly time: number;
  /** What happened and what to do about it, for `stalled` and `failed`. */
  readonly fault: { readonly kind: string; readonly message: string; readonly remedy?: string } | null;
  /** When the next attempt is made [s from `time`]; null when none is planned. */
  readonly retry_in_s: number | null;
}

/**
 * Why the one answer is given now. `confident`: its score has reached the boundary of the pack's stopping rule; `horizon`: the
 * rule's last step; `budget`: what is left of the recording's budget pays for no further step; `ended`: nothing more came.
 */
export type AnswerReason = 'confident' | 'horizon' | 'budget' | 'ended';

/** The one answer for a whole recording. */
export interface AnswerMessage {
  readonly schema: 'hearken.answer.v1';
  readonly camera: string;
  /** Null: nothing that is known. */
  readonly label: string | null;
  /** Its calibrated probability, 0…1. */
  readonly score: number;
  /** The best labels of the last step, best first. */
  readonly top_k: readonly LabelScore[];
  /** Start of the first step [epoch s]. */
  readonly start_time: number;
  /** Media time that the answer rests on [s]. */
  readonly observed_s: number;
  /** Steps that it rests on, and the most that there could have been; null without a stopping rule. */
  readonly steps: number;
  readonly horizon_steps: number | null;
  readonly reason: AnswerReason;
  /** Fresh readings of each sense. */
  readonly modalities: Readonly<Record<SenseName, number>>;
  /** All that was spent, from the first step on. */
  readonly cost: WireCost;
  /** The recording's budget, what of it was spent, and how often a wish was refused; absent without one. */
  readonly budget?: { readonly gmacs: number; readonly spent_gmacs: number; readonly refusals: WireBudget['refusals'] };
  /** From `start_time` until this could be said: media time, plus the time sensing took on the last step [ms]. */
  readonly emit_latency_ms: number;
}

/** What the emitter makes of one stream. */
export type Output =
  | { readonly kind: 'answer'; readonly answer: AnswerMessage }
  | { readonly kind: 'event'; readonly event: EventMessage }
  | { readonly kind: 'segment'; readonly segment: SegmentMessage }
  | { readonly kind: 'gate'; readonly gate: GateMessage }
  | { readonly kind: 'state'; readonly state: StateMessage };
