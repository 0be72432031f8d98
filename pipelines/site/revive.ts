/** Whether a camera that failed is opened again, and when. Pure. */
import type { Fault } from '../../src/faults.js';
import { mayBeLive } from '../../src/ingest/sources.js';
import type { CameraSettings } from '../../src/settings/site.js';

/** The longest pause before a failed camera is tried again [s]. */
const LONGEST_S = 900;

/** Faults that only another definition, or another installation, can mend. */
const HOPELESS: ReadonlySet<string> = new Set([
  'usage', 'settings-invalid', 'source-unknown-scheme', 'external-ffmpeg-missing',
  'pack-not-found', 'pack-invalid', 'pack-hash-mismatch', 'model-unreadable', 'model-wrong-shape', 'model-unsupported',
]);

/** Whether only another definition, or another installation, can mend it. */
export const onlyRedefined = ({ kind }: Fault): boolean => HOPELESS.has(kind);

/**
 * Seconds until the next attempt, or undefined for none. A camera is never given up: one that refuses a login, or has no
 * stream today, is asked again, slowly; each pause is twice the one before. A recording is.
 * @param failures how often it has failed in a row, at least 1
 */
export const reviveInS = (fault: Fault, { source, profile }: Pick<CameraSettings, 'source' | 'profile'>, failures: number): number | undefined =>
  onlyRedefined(fault) || !mayBeLive(source) ? undefined : Math.min(LONGEST_S, profile.reconnect.maxS * 2 ** (failures - 1));
