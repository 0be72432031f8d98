import { HUE_NAMES } from '../world/scenes/looks.js';
import { SHAPE_NAMES } from '../world/scenes/shapes.js';

/** What flies in the airspace videos, in the order of eye.py. */
export const FLYERS = ['airplane', 'bird', 'drone', 'helicopter'] as const;

/** The eye's scores, in order: every shape, every colour, what flies, and last that there is neither a shape nor a flyer. */
export const EYE_LABELS: readonly string[] = [...SHAPE_NAMES, ...HUE_NAMES, ...FLYERS, 'nothing'];
