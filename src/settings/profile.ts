import { z } from 'zod';
import { Fault } from '../faults.js';

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

const gateSchema = z.strictObject({
  /** False: this sense is never used. */
  enabled: z.boolean().default(true),
  /** Score of a listed sound. */
  listed: hysteresis(0.3, 0.2),
  /** Uncertainty of what is heard, in bits: see `policy/uncertainty.ts`. */
  uncertain: hysteresis(0.8, 0.65),
  /** Look at least this often; null: never for this reason. */
  heartbeatS: seconds.nullable().default(30),
  /** Once a cause has opened the gate, it stays open at least this long. */
  holdS: secondsOrNone.default(1),
  /** After such a hold, no cause opens it again for this long; the heartbeat still may. */
  cooldownS: secondsOrNone.default(2),
});

/** The pack that ships with Hearken and needs no download. */
export const EMBEDDED_AUDIO = 'ear';

/**
 * Defaults under a learned policy: it decides for itself when to look, at clips too, so that no clock does it for it.
 * What a user sets still holds: `enabled: false` forbids a sense, and a heartbeat opens a gate that the policy leaves shut.
 */
const UNDER_A_POLICY = { gate: { appearance: { heartbeatS: null }, motion: { enabled: true, heartbeatS: null } } };

const shape = z.strictObject({
  /** Model packs by sense: names, or folders. A sense without a pack is never used. */
  packs: z.strictObject({
    /** A learned policy; it brings the packs of its senses, which then need no naming. Without one: thresholds. */
    policy: z.string().min(1).optional(),
    audio: z.string().min(1).default(EMBEDDED_AUDIO),
    appearance: z.string().min(1).optional(),
    motion: z.string().min(1).optional(),
  }).prefault({}),
  /** Sounds that are worth a look whenever they are heard: labels of the audio pack. */
  listen: labels.default([]),
  segment: z.strictObject({
    /** How long sound waits for pictures, and pictures for sound. */
    latenessS: seconds.default(0.5),
    /** Segments that wait behind the one in the step; older ones are dropped and counted. */
    waiting: z.int().min(0).max(8).default(1),
  }).prefault({}),
  hear: z.strictObject({
    /** A window with more than this part of its sound missing is not listened to. */
    maxMissing: score.default(0.5),
  }).prefault({}),
  look: z.strictObject({
    /** How far the nearest key frame may lie behind the segment's end. Cameras send one every 1 to 4 s. */
    toleranceS: seconds.default(5),
  }).prefault({}),
  gate: z.strictObject({
    appearance: gateSchema.prefault({}),
    motion: gateSchema.prefault({ enabled: false }),
  }).prefault({}),
  believe: z.strictObject({
    /** What was heard fades with this time constant. */
    heardS: seconds.default(1),
    /** What was seen fades with this one. */
    seenS: seconds.default(5),
    /** Labels kept in each list, best first; listed labels are kept besides. */
    keep: z.int().min(1).max(100).default(10),
  }).prefault({}),
  emit: z.strictObject({
    /** Score at which an event begins. */
    confidence: score.default(0.5),
    /** Score below which it counts as gone. Default: 0.6 of `confidence`. */
    release: score.optional(),
    /** How long it must last to be confirmed. */
    minDurationS: secondsOrNone.default(1),
    /** How long its label stays silent after its end. */
    cooldownS: secondsOrNone.default(5),
    /** How long it may be gone before it ends. */
    lingerS: secondsOrNone.default(1),
    /** Only these labels become events; all when absent. */
    labels: labels.optional(),
  }).prefault({}),
  /** Compressed video kept in memory; whichever bound is reached first holds. */
  ring: z.strictObject({
    maxMegabytes: z.number().positive().default(32),
    maxS: seconds.default(20),
  }).prefault({}),
  reconnect: z.strictObject({
    /** First and longest pause between attempts; each pause is twice the one before. */
    minS: seconds.default(1),
    maxS: seconds.default(60),
    /** A connection that has lasted this long makes the next pause the first again. */
    healthyS: seconds.default(10),
  }).prefault({}),
  watchdog: z.strictObject({
    /** A source that has sent nothing for this long is stalled, and is connected anew. */
    stallS: seconds.default(10),
  }).prefault({}),
});

type Shape = z.infer<typeof shape>;

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
  return broken;
};

/** Schema of a profile: an unknown key is an error, and fields must fit each other. */
export const profileSchema = shape.superRefine((profile, context) => {
  for (const { path, message } of rules(profile)) context.addIssue({ code: 'custom', path: [...path], message });
});

/** A checked profile. */
export type Profile = z.infer<typeof profileSchema>;
/** The settings of one gate. */
export type GateSettings = Profile['gate']['appearance'];
/** How what was sensed becomes what is believed. */
export type BelieveSettings = Profile['believe'];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Lays one layer over another, key by key; lists and values are replaced whole, undefined changes nothing. */
const over = (below: unknown, above: unknown): unknown => {
  if (above === undefined) return below;
  if (!isRecord(below) || !isRecord(above)) return above;
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) merged[key] = over(below[key], value);
  return merged;
};

const describe = ({ path, message }: { path: readonly PropertyKey[]; message: string }): string =>
  `${path.length === 0 ? 'settings' : path.map(String).join('.')}: ${message}`;

const namesPolicy = (settings: unknown): boolean =>
  isRecord(settings) && isRecord(settings['packs']) && settings['packs']['policy'] !== undefined;

/**
 * Reads a profile from layers, the later over the earlier (a file, then flags), over the defaults. Where a layer names a
 * learned policy, the gates have other defaults: no heartbeat, and the motion sense is not forbidden.
 *
 * @example readProfile({ listen: ['Helicopter'] }, { gate: { appearance: { heartbeatS: 10 } } })
 * @throws Fault `settings-invalid` that names every wrong path
 */
export const readProfile = (...layers: readonly unknown[]): Profile => {
  const asked = layers.reduce(over, {});
  const result = profileSchema.safeParse(namesPolicy(asked) ? over(UNDER_A_POLICY, asked) : asked);
  if (result.success) return result.data;
  throw new Fault('settings', 'settings-invalid', `The settings are not valid: ${result.error.issues.map(describe).join('; ')}.`, {
    remedy: 'Correct what is named, or leave it out for its default.',
  });
};
