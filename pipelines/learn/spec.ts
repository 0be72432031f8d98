/** How long and how gently to train, by how much there is to learn from. */
import { hmsSpec, type HmsSpec } from '../../src/learn/train/settings.js';
import type { FrozenNets } from '../../src/learn/extract.js';

/** What the user decides of a training. */
export interface Wishes {
  readonly supervise: 'last' | 'every';
  /** Share of steps that each gate should skip, 0…1. */
  readonly skipTargets: { readonly appearance: number; readonly motion: number };
  /** Default by the number of clips. */
  readonly epochs?: number;
}

/** Steps of Adam that a training of a few clips needs, found on ESC-10 and rendered clips. */
const UPDATES = 900;
const EPOCHS = { least: 40, most: 200 } as const;
/** Clips that one step of Adam learns from. */
const BATCH = { least: 8, most: 64 } as const;
/** Clips that are joined into one stream. */
const JOINED = 3;
/** Of the epochs, those in which gates stand open at random. */
const WARM_UP = 0.2;
/** The last learning rate over the first. */
const LAST_RATE = 0.1;

/**
 * The settings of a training on so many clips. Few clips are taken in small batches, for more epochs, with more of their
 * features put out and blurred, since they would be learned by heart. A sense without a net is never asked to open.
 * Where every step is taught, clips are joined into streams: a model that only knows single clips from a state of rest
 * is lost on a camera, where one thing follows another.
 */
export const specFor = (clips: number, { supervise, skipTargets, epochs: wanted }: Wishes, { appearance, motion }: Pick<FrozenNets, 'appearance' | 'motion'>): HmsSpec => {
  const batch = Math.min(BATCH.most, Math.max(BATCH.least, 2 ** Math.round(Math.log2(Math.max(1, clips) / 10))));
  const epochs = wanted ?? Math.min(EPOCHS.most, Math.max(EPOCHS.least, Math.ceil(UPDATES / Math.ceil(clips / batch))));
  const warmUp = Math.round(epochs * WARM_UP);
  const few = clips < 1000;
  const joined = supervise === 'every' ? { batch: Math.max(2, Math.round(batch / JOINED)), splice: { count: JOINED, epochs } } : { batch };
  return hmsSpec({
    supervision: supervise, epochs, ...joined, warmUp, decay: LAST_RATE ** (1 / Math.max(1, epochs - warmUp)),
    ...(few ? { dropout: 0.3, jitter: 0.1, weightDecay: 0.01 } : { dropout: 0.1 }),
    skipTargets: { appearance: appearance === undefined ? 1 : skipTargets.appearance, motion: motion === undefined ? 1 : skipTargets.motion },
  });
};
