/** What differs between two configurations, and what it takes to make it so. Pure. */
import { isRecord, type Profile } from './profile.js';
import { inFile } from './site-schema.js';
import type { CameraSettings, SiteSettings } from './site.js';

/**
 * How a change takes effect. `in-place`: on the next segment; the connection, the memory and the counters go on.
 * `new-connection`: the camera is opened anew, since where it comes from, what reads it or which nets hear it changed.
 */
export type HowToApply = 'in-place' | 'new-connection';

/** One camera that is there before and after, but not the same. */
export interface CameraChange {
  readonly camera: CameraSettings;
  readonly how: HowToApply;
  /** What changed, in the spelling of the file. */
  readonly paths: readonly string[];
}

/** What differs between two sets of cameras. */
export interface CameraDiff {
  readonly added: readonly CameraSettings[];
  readonly removed: readonly string[];
  readonly changed: readonly CameraChange[];
  readonly same: readonly string[];
}

/** Sections that a running stream takes over on its next segment, or for its next publisher; all others are part of its connection or of its nets. */
const IN_PLACE: ReadonlySet<string> = new Set<keyof Profile>(['listen', 'hear', 'look', 'gate', 'believe', 'budget', 'emit', 'whip']);

/** Where two plain values differ: paths of the deepest keys. Lists are compared whole. */
export const differences = (before: unknown, after: unknown, path: readonly string[] = []): string[][] => {
  if (isRecord(before) && isRecord(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => differences(before[key], after[key], [...path, key]));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [[...path]];
};

/** What differs between two definitions of a camera; undefined when nothing does. */
export const cameraChange = (before: CameraSettings, after: CameraSettings): CameraChange | undefined => {
  const source = differences(before.source, after.source).map(([key]) => (key === 'transport' ? 'transport' : 'source'));
  const profile = differences(before.profile, after.profile);
  if (source.length + profile.length === 0) return undefined;
  const inPlace = source.length === 0 && profile.every(([section]) => IN_PLACE.has(section ?? ''));
  return { camera: after, how: inPlace ? 'in-place' : 'new-connection', paths: [...source, ...profile.map((keys) => keys.map(inFile).join('.'))] };
};

/** What differs between two sets of cameras. */
export const diffCameras = (before: ReadonlyMap<string, CameraSettings>, after: ReadonlyMap<string, CameraSettings>): CameraDiff => {
  const changes = [...after.values()].flatMap((camera) => {
    const old = before.get(camera.name);
    return old === undefined ? [] : [{ name: camera.name, change: cameraChange(old, camera) }];
  });
  return {
    added: [...after.values()].filter(({ name }) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    changed: changes.flatMap(({ change }) => change ?? []),
    same: changes.filter(({ change }) => change === undefined).map(({ name }) => name),
  };
};

/** Settings that differ but take effect at the next start only, in the spelling of the file. */
export const needRestart = (before: SiteSettings, after: SiteSettings): string[] =>
  differences({ serve: before.serve, threads: before.threads, webhooks: before.webhooks }, { serve: after.serve, threads: after.threads, webhooks: after.webhooks })
    .map((keys) => keys.map(inFile).join('.'));
