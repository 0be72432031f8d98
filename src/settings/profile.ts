import { z } from 'zod';
import { Fault } from '../faults.js';
import { cameraBudgetSchema } from './budget.js';
import { whipMistakes, whipSchema } from './whip.js';

/**
 * All that a user may set for one stream, with its defaults beside it. Times are seconds (`…S`), since people set
 * them; scores are 0…1. What belongs to a model (windows, shapes, labels) is not here but in its pack.
 */

const seconds = z.number().positive();
const secondsOrNone = z.number().nonnegative();
const score = z.number().min(0).max(1);
const labels = z.array(z.string().min(1));

/** Two thresholds: a cause opens the gate at `open`, and keeps it open down to `close`. */
const hysteresis = (open: number, close: number): z.ZodPrefault<z.ZodObject<{
  open: z.ZodDefault<typeof score>; close: z.ZodDefault<typeof score>;
}, z.core.$strict>> => z.strictObject({ open: score.default(open), close: score.default(close) }).prefault({});

const gateShape = {
  enabled: z.boolean().default(true).describe('False: this sense is never used.'),
  listed: hysteresis(0.3, 0.2).describe('Score of a listed sound.'),
  uncertain: hysteresis(0.8, 0.65).describe('Uncertainty of what is heard, in bits.'),
  heartbeatS: seconds.nullable().default(30).describe('Look at least this often [s]; null: never for this reason. Default null under a learned policy.'),
  holdS: secondsOrNone.default(1).describe('Once a cause has opened the gate, it stays open at least this long [s].'),
  cooldownS: secondsOrNone.default(2).describe('After such a hold, no cause opens it again for this long [s]; the heartbeat still may.'),
};

const gateSchema = z.strictObject(gateShape);

/** The pack that ships with Hearken and needs no download. */
export const EMBEDDED_AUDIO = 'ear';

/**
 * Defaults under a learned policy: it decides for itself when to look, at clips too, so that no clock does it for it.
 * What a user sets still holds: `enabled: false` forbids a sense, and a heartbeat opens a gate that the policy leaves shut.
 */
const UNDER_A_POLICY = { gate: { appearance: { heartbeatS: null }, motion: { enabled: true, heartbeatS: null } } };

/** Schema of a profile before its fields are held against each other: what else spells settings is derived from it. */
export const profileShape = z.strictObject({
  packs: z.strictObject({
    policy: z.string().min(1).optional().describe('A learned policy; it brings the packs of its senses, which then need no naming. Without one, thresholds decide.'),
    audio: z.string().min(1).default(EMBEDDED_AUDIO).describe('Pack that listens.'),
    appearance: z.string().min(1).optional().describe('Pack that looks at single pictures.'),
    motion: z.string().min(1).optional().describe('Pack that looks at clips.'),
  }).prefault({}).describe('Model packs by sense: names, or folders. A sense without a pack is never used.'),
  listen: labels.default([]).describe('Sounds that are worth a look whenever they are heard: labels of the audio pack.'),
  segment: z.strictObject({
    latenessS: seconds.default(0.5).describe('How long sound waits for pictures, and pictures for sound [s].'),
    waiting: z.int().min(0).max(8).default(1).describe('Segments that wait behind the one in the step; older ones are dropped and counted.'),
  }).prefault({}).describe('How the stream is cut into segments.'),
  hear: z.strictObject({
    maxMissing: score.default(0.5).describe('A window with more than this part of its sound missing is not listened to.'),
  }).prefault({}).describe('How it listens.'),
  look: z.strictObject({
    toleranceS: seconds.default(5).describe('How far the nearest key frame may lie behind the end of the segment [s]. Cameras send one every 1 to 4 s.'),
  }).prefault({}).describe('How it looks.'),
  gate: z.strictObject({
    mode: z.enum(['off', 'shadow', 'enforce']).default('enforce').describe('enforce: a shut gate costs nothing. shadow: so it is, and a sample of segments is looked at in full beside it, to tell what the gates miss and save. off: no gate is ever shut.'),
    shadowShare: score.default(0.05).describe('In the mode shadow: the share of segments that are looked at in full, 0…1.'),
    maxBlackoutS: seconds.nullable().default(600).describe('A gate that has been shut for this long is reported as a blackout [s]; null: never.'),
    appearance: gateSchema.prefault({}).describe('When to look at a picture.'),
    motion: gateSchema.extend({ enabled: z.boolean().default(false).describe('False: this sense is never used. Default true where packs.motion is named, and under a learned policy.') })
      .prefault({}).describe('When to look at a clip.'),
  }).prefault({}).describe('When it looks.'),
  believe: z.strictObject({
    heardS: seconds.default(1).describe('What was heard fades with this time constant [s].'),
    seenS: seconds.default(5).describe('What was seen fades with this one [s].'),
    keep: z.int().min(1).max(100).default(10).describe('Labels kept in each list, best first; listed labels are kept besides.'),
  }).prefault({}).describe('How what was sensed becomes what is believed.'),
  budget: cameraBudgetSchema.prefault({}).describe('What this stream may spend. It listens first, and looks for what is left.'),
  emit: z.strictObject({
    confidence: score.default(0.5).describe('Score at which an event begins.'),
    release: score.optional().describe('Score below which it counts as gone. Default: 0.6 of confidence.'),
    minDurationS: secondsOrNone.optional().describe('How long it must last to be confirmed [s]. Default: 1, or what the rule of the learned policy says.'),
    early: z.strictObject({
      boundary: z.array(score.nullable()).min(1).describe('Scores that confirm it at once: on its first segment, its second, and so on; null: not there.'),
    }).optional().describe('Confirms sooner where it is sure. Default: lasting alone confirms, or the rule of the learned policy.'),
    cooldownS: secondsOrNone.default(5).describe('How long its label stays silent after its end [s].'),
    lingerS: secondsOrNone.default(1).describe('How long it may be gone before it ends [s].'),
    labels: labels.optional().describe('Only these labels become events; all when absent.'),
  }).prefault({}).describe('When something becomes an event.'),
  ring: z.strictObject({
    maxMegabytes: z.number().positive().default(32).describe('Most memory for compressed video [MiB].'),
    maxS: seconds.default(20).describe('Most seconds of it.'),
  }).prefault({}).describe('Compressed video kept in memory; whichever bound is reached first holds.'),
  reconnect: z.strictObject({
    minS: seconds.default(1).describe('First pause between attempts [s]; each is twice the one before.'),
    maxS: seconds.default(60).describe('Longest pause [s].'),
    healthyS: seconds.default(10).describe('A connection that has lasted this long makes the next pause the first again [s].'),
  }).prefault({}).describe('How a lost source is connected anew.'),
  watchdog: z.strictObject({
    stallS: seconds.default(10).describe('A source that has sent nothing for this long is stalled, and is connected anew [s].'),
  }).prefault({}).describe('When a source counts as stalled.'),
  whip: whipSchema.prefault({}).describe('How publishers reach a camera with source: whip.'),
});

type Shape = z.infer<typeof profileShape>;

/** Between the segment in the step and the newest packet read of a recording: two hops, a window, four seconds [s]. */
const READ_AHEAD_S = 6;

/** Rules between fields: each names the path that is wrong, and the one it is wrong against. */
const rules = (profile: Shape): { path: readonly string[]; message: string }[] => {
  const broken: { path: readonly string[]; message: string }[] = [];
  const atMost = (path: readonly string[], value: number, other: string, limit: number): void => {
    if (value > limit) broken.push({ path, message: `${value} is above ${other}, which is ${limit}` });
  };
  for (const sense of ['appearance', 'motion'] as const) {
    for (const cause of ['listed', 'uncertain'] as const) {
      const { open, close } = profile.gate[sense][cause];
      atMost(['gate', sense, cause, 'close'], close, `gate.${sense}.${cause}.open`, open);
    }
  }
  atMost(['emit', 'release'], profile.emit.release ?? 0, 'emit.confidence', profile.emit.confidence);
  atMost(['reconnect', 'minS'], profile.reconnect.minS, 'reconnect.maxS', profile.reconnect.maxS);
  atMost(['segment', 'latenessS'], profile.segment.latenessS, 'watchdog.stallS', profile.watchdog.stallS);
  const reachS = profile.ring.maxS - profile.segment.latenessS - READ_AHEAD_S;
  atMost(['look', 'toleranceS'], profile.look.toleranceS, 'what ring.maxS leaves for looking back', Math.max(0, reachS));
  return [...broken, ...whipMistakes(profile.whip).map(({ path, message }) => ({ path: ['whip', ...path], message }))];
};

/** Schema of a profile: an unknown key is an error, and fields must fit each other. */
export const profileSchema = profileShape.superRefine((profile, context) => {
  for (const { path, message } of rules(profile)) context.addIssue({ code: 'custom', path: [...path], message });
});

/** A checked profile. */
export type Profile = z.infer<typeof profileSchema>;
/** The settings of one gate. */
export type GateSettings = Profile['gate']['appearance'];
/** How what was sensed becomes what is believed. */
export type BelieveSettings = Profile['believe'];

/** Whether a value is a mapping. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Lays one layer over another, key by key; lists and values are replaced whole, undefined changes nothing. Pure. */
export const over = (below: unknown, above: unknown): unknown => {
  if (above === undefined) return below;
  if (!isRecord(below) || !isRecord(above)) return above;
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) merged[key] = over(below[key], value);
  return merged;
};

/** Defaults that go by which packs are named: who names one that looks at clips wants clips to be looked at. */
const defaultsFor = (settings: unknown): unknown => {
  const packs = isRecord(settings) && isRecord(settings['packs']) ? settings['packs'] : {};
  if (packs['policy'] !== undefined) return UNDER_A_POLICY;
  return packs['motion'] === undefined ? {} : { gate: { motion: { enabled: true } } };
};

/** What is wrong with a setting: where, and why. */
export interface ProfileIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/**
 * Holds settings against the schema and against each other, over the defaults. Where they name a learned policy, the
 * gates have other defaults: no heartbeat, and the motion sense is not forbidden. Naming a motion pack does the latter, too. Pure.
 */
export const checkProfile = (asked: unknown): { readonly profile: Profile } | { readonly issues: readonly ProfileIssue[] } => {
  const result = profileSchema.safeParse(isRecord(asked) ? over(defaultsFor(asked), asked) : asked);
  return result.success ? { profile: result.data } : { issues: result.error.issues };
};

const describe = ({ path, message }: ProfileIssue): string =>
  `${path.length === 0 ? 'settings' : path.map(String).join('.')}: ${message}`;

/**
 * Reads a profile from layers, the later over the earlier (a file, then flags); see {@link checkProfile}.
 *
 * @example readProfile({ listen: ['Helicopter'] }, { gate: { appearance: { heartbeatS: 10 } } })
 * @throws Fault `settings-invalid` that names every wrong path
 */
export const readProfile = (...layers: readonly unknown[]): Profile => {
  const checked = checkProfile(layers.reduce(over, {}));
  if ('profile' in checked) return checked.profile;
  throw new Fault('settings', 'settings-invalid', `The settings are not valid: ${checked.issues.map(describe).join('; ')}.`, {
    remedy: 'Correct what is named, or leave it out for its default.',
  });
};
