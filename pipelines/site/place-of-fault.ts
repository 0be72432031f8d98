/** Where in the file the setting stands that a camera's refused definition is about. Pure. */
import type { Fault } from '../../src/faults.js';
import type { Located, Place } from '../../src/settings/located.js';
import { placedLine } from '../../src/settings/problem.js';
import { placeOfSetting } from '../../src/settings/site-warnings.js';
import type { CameraSettings } from '../../src/settings/site.js';

/** The setting that a fault is about: where the camera comes from, what it listens for, or its packs. */
const settingOf = ({ kind, room }: Fault, { profile: { packs } }: CameraSettings): readonly string[] => {
  if (room === 'ingest') return ['source'];
  if (kind === 'settings-invalid' && room === 'policy') return ['listen'];
  return packs.policy === undefined ? ['packs'] : ['model'];
};

/** The place of the setting that a fault is about: the camera's own, or what stands for it above all cameras. */
export const placeOfFault = (tree: Located, camera: CameraSettings, fault: Fault): Place => {
  const { line, column, path } = placeOfSetting(tree, camera.name, settingOf(fault, camera));
  return { line, column, path };
};

/** Puts the place of what a fault is about in front of a message: `hearken.yaml:7:5 cameras.dock.packs: message`. */
export type Placed = (camera: CameraSettings, fault: Fault, message: string) => string;

/** {@link Placed} in a file that was read. */
export const placedIn = (file: string, tree: Located): Placed => (camera, fault, message) =>
  placedLine(file, placeOfFault(tree, camera, fault), message);
