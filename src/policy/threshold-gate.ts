import { of } from 'rxjs';
import { Fault } from '../faults.js';
import type { SenseName } from '../inference/manifest.js';
import type { Evidence, GateDecision, Reading } from '../sense/types.js';
import type { GateSettings } from '../settings/profile.js';
import { heartbeat, open, ownMemory, remembered, shut } from './gate-memory.js';
import type { Gate, GateMemory, Memory } from './types.js';
import { best, certainty } from './uncertainty.js';

/** What a threshold gate is made for. */
export interface ThresholdGateOptions {
  /** The sense that it guards. */
  readonly sense: SenseName;
  readonly settings: GateSettings;
  /** Sounds that are worth a look whenever they are heard. */
  readonly listen: readonly string[];
  /** Labels of the audio pack, against which `listen` is checked; absent without an audio pack. */
  readonly labels?: readonly string[];
  /** Whether there is a net for the sense. */
  readonly installed: boolean;
}

/** A cause to look, and whether it is strong enough to open the gate or only to keep it open. */
interface Cause {
  readonly reason: 'listed' | 'uncertain';
  readonly detail: string;
  readonly opens: boolean;
}

const two = (value: number): string => value.toFixed(2);

/** The cause to look in what is heard, if there is one: a listed sound before an uncertain one, a strong one before a weak one. */
const causeOf = (reading: Reading, settings: GateSettings, listen: ReadonlySet<string>): Cause | undefined => {
  const listed = best(reading, (label) => listen.has(label));
  const { top, uncertainty } = certainty(reading);
  const causes: (Cause & { readonly holds: boolean })[] = [];
  if (listed !== undefined) {
    const { open: opens, close } = settings.listed;
    causes.push({ reason: 'listed', detail: `${listed.label} ${two(listed.score)}`, opens: listed.score >= opens, holds: listed.score >= close });
  }
  const detail = `${top?.label ?? 'nothing'} ${two(top?.score ?? 0)}, ${two(uncertainty)} bit`;
  const { open: opens, close } = settings.uncertain;
  causes.push({ reason: 'uncertain', detail, opens: uncertainty >= opens, holds: uncertainty >= close });
  return causes.find((cause) => cause.opens) ?? causes.find((cause) => cause.holds);
};

const audioOf = ({ readings }: Evidence): Reading | undefined => {
  const audio = readings.audio;
  return audio?.scores === undefined ? undefined : audio;
};

const checkListen = (listen: readonly string[], labels: readonly string[]): void => {
  const unknown = listen.filter((label) => !labels.includes(label));
  if (unknown.length === 0) return;
  const first = unknown[0]?.toLowerCase() ?? '';
  const near = labels.filter((label) => label.toLowerCase().includes(first) || first.includes(label.toLowerCase())).slice(0, 3);
  throw new Fault('policy', 'settings-invalid', `The audio pack knows no sound called ${unknown.map((label) => `"${label}"`).join(', ')}.`, {
    remedy: near.length > 0 ? `Did you mean ${near.map((label) => `"${label}"`).join(' or ')}?` : 'Take a label that the audio pack lists.',
  });
};

/** What a cause, or the hold that an earlier one began, makes of it. */
const forCause = (cause: Cause | undefined, past: GateMemory, nowUs: number, settings: GateSettings): GateDecision | undefined => {
  const { heldSinceUs, closedUs } = past;
  if (cause?.opens === true) {
    const cooling = heldSinceUs === null && closedUs !== null && nowUs - closedUs < settings.cooldownS * 1e6;
    return cooling ? shut('cooldown', cause.detail) : open(cause.reason, cause.detail);
  }
  if (heldSinceUs === null) return undefined;
  if (cause !== undefined) return open('held', cause.detail);
  return nowUs - heldSinceUs < settings.holdS * 1e6 ? open('held', `for ${settings.holdS} s`) : undefined;
};

/** Why there was no cause to look. */
const quiet = (audio: Reading | undefined): GateDecision => {
  if (audio === undefined) return shut('no-audio');
  const { top, background } = certainty(audio);
  return top !== undefined && top.score > Math.max(background, 0.5)
    ? shut('sure', `${top.label} ${two(top.score)}`)
    : shut('quiet', `${two(background)} background`);
};

/** What looking is worth at most: all that is uncertain. What is listed, or due by the clock, the user asked for. */
const worthOf = ({ reason }: GateDecision, audio: Reading | undefined): number =>
  reason === 'listed' || reason === 'heartbeat' ? Infinity : audio === undefined ? 0 : certainty(audio).uncertainty;

/**
 * The gate where no learned policy is named: thresholds on what is heard, with hysteresis.
 *
 * It opens for a listed sound, for an uncertain one, and as a heartbeat when it was shut for too long; the first segment
 * of an era is one too, since a new scene is worth a look. A cause holds it open down to its `close` threshold, and for
 * `holdS` at least; after such a hold no cause opens it for `cooldownS`. Without sound only the heartbeat opens it. A
 * look that had no answer is repeated after the cooldown rather than the heartbeat. Pure, causal and deterministic.
 *
 * @throws Fault `settings-invalid` when `listen` names a label that the audio pack does not have
 */
export const thresholdGate = ({ sense, settings, listen, labels, installed }: ThresholdGateOptions): Gate => {
  if (labels !== undefined) checkListen(listen, labels);
  const listed = new Set(listen);
  const decide = (memory: Memory, evidence: Evidence): GateDecision => {
    if (!settings.enabled) return shut('off');
    if (!installed) return shut('no-pack');
    const past = ownMemory(memory, evidence, sense);
    const audio = audioOf(evidence);
    const cause = audio === undefined ? undefined : causeOf(audio, settings, listed);
    const decision = forCause(cause, past, evidence.endUs, settings);
    if (decision?.open === true) return decision;
    return heartbeat(past, evidence.endUs, settings) ?? decision ?? quiet(audio);
  };
  return {
    sense,
    decide: (memory, evidence) => {
      const decision = decide(memory, evidence);
      return of(decision.open ? { decision, worth: worthOf(decision, audioOf(evidence)) } : { decision });
    },
    remember: (memory, evidence) => remembered(memory, evidence, sense),
  };
};
