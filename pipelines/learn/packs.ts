/** Which frozen nets a policy is trained on, by name. */
import type { SenseName } from '../../src/inference/manifest.js';

/** The packs that are tried where the user names none. */
export const DEFAULT_PACKS: Readonly<Record<SenseName, string>> = { audio: 'ear', appearance: 'eye', motion: 'stride' };
/** Said instead of a pack's name: this sense is not used. */
export const NO_PACK = 'none';
