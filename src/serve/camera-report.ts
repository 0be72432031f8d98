import { z } from 'zod';

/**
 * A camera as `GET /api/cameras` shows it. Snake_case and seconds, as on the wire everywhere; nothing in it is secret.
 */

const count = z.int().min(0);
const figure = z.number().min(0);
/** Epoch seconds. */
const time = z.number();

/** What happened and what to do about it. */
export const faultSchema = z.object({
  kind: z.string(),
  message: z.string(),
  remedy: z.string().optional(),
});

/** What the source carries, once it was opened. */
export const mediaReportSchema = z.object({
  container: z.string(),
  live: z.boolean(),
  audio: z.object({ codec: z.string(), sample_rate_hz: count, channels: count }).nullable(),
  video: z.object({ codec: z.string(), width: count.optional(), height: count.optional(), fps: z.number().nullable() }).nullable(),
});

const utilizationSchema = z.object({ gmacs: figure.nullable(), ms: figure.nullable() });

/** How a camera's budget stands. */
export const budgetReportSchema = z.object({
  utilization: utilizationSchema.meta({ description: 'Of the camera’s own cap, over its last window, 0…1; null where there is no cap.' }),
  site_utilization: utilizationSchema.meta({ description: 'The same of the cap of all cameras together.' }),
  site_cap: z.object({ gmacs_per_s: figure.nullable(), ms_per_s: figure.nullable() }).optional().meta({ description: 'The cap of all cameras together, for each second of media; null where a currency is not limited. Absent where neither is.' }),
  price: figure.meta({ description: 'What a look must be worth for each second of the caps that it takes [bit].' }),
  debt_ms: figure.meta({ description: 'Time spent beyond what was reserved, still to be paid by not looking.' }),
  refusals: z.partialRecord(z.enum(['price', 'cap', 'never', 'listening']), count).meta({ description: 'What was refused since the camera began: looks not worth their price, or without room; looks dearer than the cap; listening.' }),
});

/** What a camera did and cost. Rates are over the last minute or so; counts since the camera was added. */
export const figuresSchema = z.object({
  segments: count.meta({ description: 'Segments recognised.' }),
  looked_share: z.number().min(0).max(1).meta({ description: 'Share of the segments for which a picture was looked at.' }),
  gmacs_per_s: figure.meta({ description: '10⁹ multiply-accumulates a second of media.' }),
  ms_per_s: figure.meta({ description: 'Measured milliseconds in nets and decoding, a second of media.' }),
  frames_decoded: count.meta({ description: 'Video frames that left the decoder.' }),
  dropped: count.meta({ description: 'Segments dropped since this machine was too slow.' }),
  reconnects: count.meta({ description: 'Connections made after the first.' }),
  audio_dbfs: z.number().max(0.01).nullable().meta({ description: 'Level of the last segment’s sound, 0 is full scale; null without sound.' }),
  budget: budgetReportSchema.optional().meta({ description: 'Absent where nothing is limited.' }),
  lag_ms: figure.nullable().meta({ description: 'From the end of the last segment to its prediction; null before the first.' }),
});

/** A gate's health. */
export const gateReportSchema = z.object({
  mode: z.enum(['off', 'shadow', 'enforce']),
  last_opened_time: time.nullable().meta({ description: 'When it was last open [epoch s]; null when it never was.' }),
  blackout: z.boolean().meta({ description: 'True when it has been shut for longer than max_blackout_s: it may be blinding the camera.' }),
});

/** One camera: where it comes from, how it is, what it does. */
export const cameraReportSchema = z.object({
  name: z.string(),
  source: z.string().meta({ description: 'The address, without its credentials.' }),
  origin: z.enum(['file', 'rest']).meta({ description: 'Who defined it. A camera of the file is changed in the file; one given over REST lives until the program ends.' }),
  state: z.enum(['starting', 'running', 'blocked', 'stalled', 'ended', 'failed']),
  since_time: time.meta({ description: 'When it came into this state [epoch s].' }),
  fault: faultSchema.nullable(),
  retry_time: time.nullable().meta({ description: 'When the next attempt is made [epoch s]; null when none is planned.' }),
  definition: z.record(z.string(), z.unknown()).meta({ description: 'What the camera was given, in the spelling of the file, without secrets.' }),
  media: mediaReportSchema.nullable(),
  packs: z.array(z.string()).meta({ description: 'The model packs it uses.' }),
  figures: figuresSchema,
  gates: z.partialRecord(z.enum(['appearance', 'motion']), gateReportSchema),
});

/** One camera, as it is shown. */
export type CameraReport = z.infer<typeof cameraReportSchema>;
