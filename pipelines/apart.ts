/** Cameras that start together must not look together for ever. */
import { createHash } from 'node:crypto';
import type { Profile } from '../src/settings/profile.js';

/** The most by which a heartbeat comes sooner, as a share of it. */
const MOST = 0.15;

/** A number 0…1 that is a name's own. */
const shareOf = (name: string): number => createHash('sha256').update(name).digest().readUInt32BE() / 2 ** 32;

/**
 * A profile whose heartbeats come up to 15 % sooner, by as much as is this camera's own: looks by the clock then spread
 * over time instead of all falling on one moment, and none comes later than was asked for.
 */
export const apart = (profile: Profile, camera: string): Profile => {
  const sooner = 1 - MOST * shareOf(camera);
  const own = <G extends { readonly heartbeatS: number | null }>(gate: G): G => ({ ...gate, heartbeatS: gate.heartbeatS === null ? null : gate.heartbeatS * sooner });
  return { ...profile, gate: { ...profile.gate, appearance: own(profile.gate.appearance), motion: own(profile.gate.motion) } };
};
