import type { CameraReport } from './camera-report.js';
import type { WhipDoor } from './whip-door.js';

export type { CameraReport } from './camera-report.js';
export type { WhipDoor } from './whip-door.js';

/** A picture of a camera, for people. */
export interface SitePicture {
  /** A JPEG file. */
  readonly jpeg: Uint8Array;
  /** When it was taken [epoch s]. */
  readonly timeS: number;
}

/** Whether the site does its work, and if not, why. */
export interface Readiness {
  readonly ready: boolean;
  /** One sentence for each thing that is missing; no secrets. Empty when ready. */
  readonly reasons: readonly string[];
}

/**
 * What the server may ask of the cameras, and all it knows of them beside what is published. `pipelines/site` implements
 * it; the server works without one, then it only publishes.
 */
export interface Site {
  /** All cameras, by name in the order of the configuration. Cheap: it is asked on every scrape. */
  cameras(): readonly CameraReport[];
  camera(name: string): CameraReport | undefined;
  /**
   * Adds a camera or changes one that was given this way; the others go on untouched. A camera of the file is refused by
   * the server before this is asked. Fault `settings-invalid` for a definition with mistakes in it (every one in the
   * message), `source-forbidden` for a source that the configuration does not allow.
   */
  put(name: string, definition: unknown): Promise<'added' | 'changed' | 'same'>;
  /** Takes a camera out: its open events end, its connection closes. False when there is none. */
  remove(name: string): Promise<boolean>;
  /**
   * The newest key frame. Limited in rate by the site, which answers with the same picture in between; its cost is counted
   * apart from the gates'. Undefined when there is none now. Fault when the camera is unknown.
   */
  picture(name: string, signal: AbortSignal): Promise<SitePicture | undefined>;
  /** Where a publisher comes in; undefined for a camera that is not pushed, or that there is not. */
  whip(name: string): WhipDoor | undefined;
  readiness(): Readiness;
  /** JSON Schema of the configuration file, served as `/api/schema.json`; a camera's definition is `#/properties/cameras/additionalProperties`. */
  settingsSchema(): Readonly<Record<string, unknown>>;
}
