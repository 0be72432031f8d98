import type { SenseName } from '../../inference/manifest.js';
import type { BySense, HmsShape } from '../types.js';

/** What every training has. */
export interface Schedule {
  readonly epochs: number;
  /** Sequences side by side. */
  readonly batch: number;
  /** Of Adam, in the first epoch after the warm-up. */
  readonly learningRate: number;
  /** What the learning rate is multiplied by after each epoch; the paper's is 0.92 (§4.1.3). */
  readonly decay: number;
  /** The longest that the gradient of a batch may be (its Euclidean norm). */
  readonly clip: number;
  /** The chance with which a feature is put out, anew in each batch, 0…1 exclusive. */
  readonly dropout: number;
  /** Standard deviation of the noise that is added to standardised features, anew in each batch. */
  readonly jitter: number;
  /** What is pulled towards zero each step: weights lose `weightDecay`·learning rate of themselves (AdamW). */
  readonly weightDecay: number;
  /** Cross entropy at the last step (the paper's equation 8, for trimmed clips) or at every step (streams). */
  readonly supervision: 'last' | 'every';
  /** Longer sequences give a stretch of so many steps an epoch, from a place drawn anew. */
  readonly stretch: number;
  /**
   * In the first `epochs` epochs, `count` clips are joined into one stream, anew in each (see `splice.ts`), and every
   * step is supervised, whatever `supervision` says; `stretch` then bounds what is taken of one clip. What two senses
   * tell only together is learned so, and hardly from last steps alone. Default: none are joined.
   */
  readonly splice?: { readonly count: number; readonly epochs: number } | undefined;
  /** The share of sequences held back to pick the best epoch by, 0…0.5; with 0 the last epoch is kept. */
  readonly held: number;
  /** Deals silence out to classes alike, so that a missing sound tells no label. */
  readonly levelSilence: boolean;
}

/** How an HMS model is trained. */
export interface HmsSpec extends Schedule {
  readonly kind: 'hms';
  readonly projected: BySense;
  readonly hidden: BySense;
  readonly unseen: HmsShape['unseen'];
  readonly copy: NonNullable<HmsShape['copy']>;
  /**
   * The share of steps that each gate should skip, 0…1. These are the paper's γ1 and γ2, which equation 11 as printed
   * makes shares of *use*; its experiments only make sense when they are read as shares of skipping.
   */
  readonly skipTargets: { readonly appearance: number; readonly motion: number };
  /** The weight of the usage loss, λ of equation 12; the paper's is 2, too little here for the target to be kept. */
  readonly lambda: number;
  /**
   * Whether the usage loss is asked of each video and then averaged, as equation 11 is printed, or of the mean over
   * the batch, which leaves one video free to use more than another.
   */
  readonly usagePer: 'video' | 'batch';
  /** Temperature of the Gumbel-softmax in the first epoch after the warm-up and in the last; between them geometric. */
  readonly temperature: { readonly from: number; readonly to: number };
  /** Epochs in which the gates are not asked: they stand open at random, at a rate drawn for each sequence and gate. */
  readonly warmUp: number;
  /** After the warm-up, the share of sequences whose gates still stand open at random: such a model bears any openings. */
  readonly forced: number;
  /** Logit of open less that of shut at the start. */
  readonly openAtFirst: number;
}

/** How an early-fusion baseline is trained. */
export interface FusionSpec extends Schedule {
  readonly kind: 'fusion';
  readonly senses: readonly SenseName[];
  readonly projected: BySense;
  readonly hidden: number;
}

/** How a model is trained. */
export type TrainSpec = HmsSpec | FusionSpec;

const SCHEDULE: Schedule = {
  epochs: 40, batch: 64, learningRate: 4e-3, decay: 0.95, clip: 1, dropout: 0, jitter: 0, weightDecay: 0, supervision: 'last', stretch: 64, held: 0, levelSilence: true,
};

const PROJECTED: BySense = { audio: 64, appearance: 96, motion: 128 };

/**
 * The defaults of HMS. Four trainings on S1 (world 1, 1500 clips, 24 epochs, 1600 updates; 800 clips to test, so that
 * a share is known to about 0.013) led to them:
 * - `lambda`. With the paper's 2 use stays far above what is asked: 0.21 and 0.26 where 0.15 and 0.08 were wanted. With 10
 *   it is 0.16 and 0.13, at half the cost.
 * - `warmUp` and `forced`. Without either the gates learn as fast, but the model is worth less however they stand: 0.79
 *   with its own openings, 0.84 with all open, 0.72 under an oracle's; with both 0.82, 0.86 and 0.79.
 * - `usagePer`. At the same rates the batch's mean lets the cross entropy fall a little lower in training (0.56 against
 *   0.61 after 16 epochs of 2500 clips, λ 10); on the test clips no difference was seen (0.819 and 0.833).
 * The temperature and the learning rate were not compared, and warm-up and forcing only together. These were scored on
 * the test part of world 1, which is used up by that: figures for S1 must come from a world of another seed.
 */
export const hmsSpec = (changes: Partial<Omit<HmsSpec, 'kind'>> = {}): HmsSpec => ({
  ...SCHEDULE, kind: 'hms', projected: PROJECTED, hidden: { audio: 32, appearance: 64, motion: 128 }, unseen: 'zero', copy: 'first',
  skipTargets: { appearance: 0.7, motion: 0.85 }, lambda: 10, usagePer: 'batch', temperature: { from: 2, to: 0.5 }, warmUp: 6, forced: 0.25, openAtFirst: 0,
  ...changes,
});

/** The defaults of a fusion baseline over these senses: the same schedule, and as many hidden units as HMS's dearest LSTM. */
export const fusionSpec = (senses: readonly SenseName[], changes: Partial<Omit<FusionSpec, 'kind' | 'senses'>> = {}): FusionSpec => ({
  ...SCHEDULE, kind: 'fusion', senses, projected: PROJECTED, hidden: 128, ...changes,
});
