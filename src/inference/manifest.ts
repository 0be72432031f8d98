import { z } from 'zod';

/**
 * The manifest of a model pack, `models/<pack>/manifest.json`: the one place for windows, hops, rates,
 * shapes and labels (law 11: one number, one place). A pack holds senses, a policy, or both.
 */

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const positive = z.number().positive();
const count = z.int().positive();
const NAME = /^[a-z0-9][a-z0-9_.-]*$/;
const onnxFile = z.string().regex(/^[\w.-]+\.onnx$/, 'a file name that ends in .onnx, without folders');
const labelsFile = z.string().regex(/^[\w.-]+$/, 'a file name, one label a line');

/** How the audio net wants its sound: a log-mel spectrogram (YAMNet's front end). */
export const logMelSchema = z.strictObject({
  kind: z.literal('log-mel'),
  sampleRateHz: count,
  /** Samples in one STFT frame, and between two of them. */
  frameSamples: count,
  hopSamples: count,
  fftSize: count,
  melBins: count,
  lowHz: positive,
  highHz: positive,
  /** log(mel + offset). */
  logOffset: positive,
  /** STFT frames in one patch, and from one patch to the next (the segment's hop). */
  patchFrames: count,
  patchHopFrames: count,
});

/** How a net wants its picture: RGB, scaled natively, then value*scale + offset per channel. */
export const pictureSchema = z.strictObject({
  kind: z.literal('picture'),
  width: count,
  height: count,
  layout: z.enum(['nhwc', 'nchw']),
  scale: z.number(),
  offset: z.number(),
});

/** How a motion net wants its clip: `frames` pictures over `spanS` seconds; layout of the 5-d tensor. */
export const clipSchema = z.strictObject({
  kind: z.literal('clip'),
  width: count,
  height: count,
  frames: count,
  spanS: positive,
  layout: z.enum(['ntchw', 'ncthw', 'nthwc']),
  scale: z.number(),
  offset: z.number(),
});

const tensorSchema = z.strictObject({
  name: z.string().min(1),
  /** Dimensions; the first is the batch and may be -1. */
  dims: z.array(z.int()).min(1),
});

const senseSchema = z.strictObject({
  file: onnxFile,
  sha256,
  input: z.strictObject({
    tensor: tensorSchema,
    from: z.discriminatedUnion('kind', [logMelSchema, pictureSchema, clipSchema]),
  }),
  outputs: z.strictObject({
    /** One score per label, 0…1. */
    scores: tensorSchema,
    /** The layer before the scores, for policies that learn on frozen features. */
    features: tensorSchema.optional(),
  }),
  /** Whether scores are independent (sigmoid) or sum to one (softmax). */
  activation: z.enum(['sigmoid', 'softmax']),
  labels: labelsFile,
  /** Labels that mean "nothing in particular" and are never reported as something seen or heard. */
  background: z.array(z.string()).default([]),
  /** Multiply-accumulates of one run, counted from the graph. */
  macs: z.int().nonnegative(),
});

/** What a frozen net is known by: the pack that holds it, and its file's hash. */
const netSchema = z.strictObject({
  /** Name of the pack; the policy's own when it holds the net itself. */
  pack: z.string().regex(NAME),
  sha256,
});

const stageSchema = z.strictObject({
  file: onnxFile,
  sha256,
  /** Multiply-accumulates of one run, counted from the graph. */
  macs: z.int().nonnegative(),
});

const share = z.number().min(0).max(1);

/** A stopping rule, and what was shown of it on recordings that trained nothing: see `learn/stopping`. */
const stoppingSchema = z.strictObject({
  /** `[horizon]`: the least probability of the best label at which the answer is given after so many steps; null: never there. */
  boundary: z.array(share.nullable()).min(1),
  /**
   * What stands out is sure for a reason, and what is left to the last step is not: the odds of an answer's probability are
   * taken to the power 1/T, by why it is given. Default 1.
   */
  temperatures: z.strictObject({ confident: positive, horizon: positive }).optional(),
  /** Recordings on which the early answer is wrong and the one at the horizon would have been right are at most this part of all, … */
  gap: share,
  /** … and this part of those answered by any step, … */
  gapByStep: share,
  /** … each with this confidence. */
  confidence: share,
  /** Recordings that it was shown on. */
  recordings: count,
});

/** A rule for when events on a stream are confirmed, and what was shown of it on streams that trained nothing: see `learn/confirming`. */
const confirmationSchema = z.strictObject({
  /**
   * The least score at which an event is confirmed on its first, second, … segment; null: not there. The last holds for all further
   * segments, too; an event that never reaches it is retracted when it is gone.
   */
  boundary: z.array(share.nullable()).min(1),
  /** Of the events that it confirms on a stream, at most this part is false, in the mean over streams; so of those confirmed by any one segment, … */
  falseShare: share,
  /** … with this confidence. */
  confidence: share,
  /** Streams that it was shown on. */
  streams: count,
});

/** What a look is worth, as it was fitted: see `policy/hms/worth.ts`. Each term but the bias raises it, and more doubt than `damp` bears lowers it. */
const lookWorthSchema = z.strictObject({
  bias: z.number(),
  odds: z.number().min(0),
  open: z.number().min(0),
  doubt: z.number().min(0),
  damp: z.number().min(0),
});

const rising = (knots: readonly number[]): boolean => knots.every((knot, i) => i === 0 || knot > (knots[i - 1] ?? 0));
const knots = z.array(positive).min(1).refine(rising, 'knots that rise');

/** What looks must be worth for their cost while one recording is under way. */
const recordingPriceSchema = z.strictObject({
  /** Steps up to the horizon, the one under way included. */
  stepsLeft: knots,
  /** Left for looks [10⁹ multiply-accumulates]. */
  leftGmacs: knots,
  /** `[stepsLeft, leftGmacs]`: bit for 10⁹ multiply-accumulates; never rises with what is left. */
  price: z.array(z.array(positive).refine((row) => row.every((price, i) => i === 0 || price <= (row[i - 1] ?? 0)), 'prices that never rise')).min(1),
}).refine(({ stepsLeft, leftGmacs, price }) => price.length === stepsLeft.length && price.every((row) => row.length === leftGmacs.length), 'a price for each pair of knots');

/** What looks are worth to one answer for a recording, measured on recordings that trained nothing: see `learn/worth`. */
const worthSchema = z.strictObject({
  appearance: lookWorthSchema.optional(),
  motion: lookWorthSchema.optional(),
  recording: recordingPriceSchema,
  /** Recordings that it was fitted on. */
  recordings: count,
});

const bySense = z.strictObject({ audio: count, appearance: count, motion: count });

/**
 * A learned policy: HMS, Hierarchical Modality Selection. Its names and shapes of tensors follow from `sizes`: see
 * `hms-stages.ts`.
 */
export const hmsSchema = z.strictObject({
  kind: z.literal('hms'),
  /** The nets whose features it was trained on; without one for a sense, that sense's gate never opens. */
  nets: z.strictObject({ audio: netSchema, appearance: netSchema.optional(), motion: netSchema.optional() }),
  stages: z.strictObject({ listen: stageSchema, look: stageSchema, watch: stageSchema, believe: stageSchema }),
  sizes: z.strictObject({
    /** Features of each net. */
    dims: bySense,
    /** Width that they are projected to. */
    projected: bySense,
    /** Hidden units of each LSTM, audio ≤ appearance ≤ motion, since states are copied upwards. */
    hidden: bySense,
    classes: count,
    /** What stands for the picture where none was looked at: zeros, the last one, or nothing, and then no clip is watched either. */
    unseen: z.enum(['zero', 'last', 'nested']),
  }),
  labels: labelsFile,
  /** Labels that mean "nothing in particular" and never become events. */
  background: z.array(z.string()).default([]),
  /**
   * Temperatures of calibration: probabilities are softmax(logits / T). By usage pattern, that is, which senses were
   * read on the segment: a audio alone, i with appearance, m with motion; one that is not given takes the common one.
   */
  temperatures: z.strictObject({
    common: positive, a: positive.optional(), ai: positive.optional(), am: positive.optional(), aim: positive.optional(),
  }),
  /** From one step to the next [s], where it is not the audio net's own hop. */
  stepS: positive.optional(),
  /** When one answer for a whole recording may be given before its end. */
  stopping: stoppingSchema.optional(),
  /** When events on a stream are confirmed; without it, once they have lasted for `emit.min_duration_s`. */
  confirmation: confirmationSchema.optional(),
  /** What a look is worth under a budget for one recording. */
  worth: worthSchema.optional(),
});

/** Schema of `manifest.json`; an unknown key is an error. */
export const manifestSchema = z.strictObject({
  schema: z.literal('hearken.pack.v1'),
  name: z.string().regex(NAME),
  version: z.string(),
  license: z.string(),
  description: z.string(),
  /** Where it was made from: an address or a command. */
  origin: z.string(),
  senses: z.strictObject({
    audio: senseSchema.optional(),
    appearance: senseSchema.optional(),
    motion: senseSchema.optional(),
  }),
  /** What to look at when, learned; a pack may hold senses, a policy, or both. */
  policy: hmsSchema.optional(),
});

/** A checked manifest. */
export type PackManifest = z.infer<typeof manifestSchema>;
/** One sense of a pack. */
export type SenseManifest = z.infer<typeof senseSchema>;
/** A learned policy of a pack. */
export type HmsManifest = z.infer<typeof hmsSchema>;
/** Sizes of an HMS model. @see HMS §3.2 */
export type HmsSizes = HmsManifest['sizes'];
/** The stages that a learned policy runs, in their order. */
export type HmsStage = keyof HmsManifest['stages'];
/** Temperatures by usage pattern, and the common one. */
export type Temperatures = HmsManifest['temperatures'];
/** When one answer for a whole recording may be given before its end. */
export type StoppingRule = z.infer<typeof stoppingSchema>;
/** When events on a stream are confirmed. */
export type ConfirmationRule = z.infer<typeof confirmationSchema>;
/** What looks are worth to one answer for a recording. */
export type Worth = z.infer<typeof worthSchema>;
/** What a look with one sense is worth. */
export type LookWorth = z.infer<typeof lookWorthSchema>;
/** What looks must be worth for their cost while one recording is under way. */
export type RecordingPrice = z.infer<typeof recordingPriceSchema>;
/** What was shown of a policy beside its nets; each is absent where nothing was. */
export interface PolicyRules {
  /** When one answer for a whole recording may be given before its end. */
  readonly stopping?: StoppingRule | undefined;
  /** When events on a stream are confirmed. */
  readonly confirmation?: ConfirmationRule | undefined;
  /** What looks are worth to one answer for a recording. */
  readonly worth?: Worth | undefined;
}
/** The rules alone of whatever has some. */
export const rulesOf = ({ stopping, confirmation, worth }: PolicyRules): PolicyRules =>
  ({ ...(stopping === undefined ? {} : { stopping }), ...(confirmation === undefined ? {} : { confirmation }), ...(worth === undefined ? {} : { worth }) });
/** Parameters of the log-mel front end. */
export type LogMelSpec = z.infer<typeof logMelSchema>;
/** Parameters of a picture input. */
export type PictureSpec = z.infer<typeof pictureSchema>;
/** Parameters of a clip input. */
export type ClipSpec = z.infer<typeof clipSchema>;
/** A named tensor with its dimensions. */
export type TensorSpec = z.infer<typeof tensorSchema>;
/** The three senses, cheapest first. */
export type SenseName = 'audio' | 'appearance' | 'motion';
