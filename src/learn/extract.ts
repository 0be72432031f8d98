/** One recording through the product's own path, with every gate open: what the frozen nets make of it, step by step. */
import { resolve } from 'node:path';
import { type Observable, concatMap, defer, finalize, forkJoin, map, reduce, tap } from 'rxjs';
import { Fault } from '../faults.js';
import type { LogMelSpec, SenseName } from '../inference/manifest.js';
import { open } from '../ingest/open.js';
import type { SourceEvent } from '../ingest/types.js';
import { MediaHost } from '../media/host.js';
import type { LazyVideo, MediaInfo } from '../media/types.js';
import { segmentEvery } from '../segment/segment-every.js';
import { segmentSpec, type SegmentSpec } from '../segment/spec.js';
import type { Segment } from '../segment/types.js';
import { createHear, type Hear } from '../sense/hear.js';
import type { Net } from '../sense/net.js';
import { createSee, type Look } from '../sense/see.js';
import type { NoReading, Reading } from '../sense/types.js';
import { createWatch } from '../sense/watch.js';
import type { Profile } from '../settings/profile.js';
import { SENSE_NAMES, widthOf } from './widths.js';

/** The frozen nets, opened once and shared by all clips. */
export interface FrozenNets {
  readonly audio: Net;
  readonly appearance?: Net;
  readonly motion?: Net;
  /** What the audio net wants its sound cut into; it gives the step. */
  readonly logMel: LogMelSpec;
}

/** The settings that features depend on, and how files are read. */
export type ExtractProfile = Pick<Profile, 'segment' | 'hear' | 'look' | 'ring' | 'reconnect'>;

/** A live camera that says nothing for ten seconds is lost; a file on a busy machine is only slow [s]. */
export const PATIENCE_S = 180;

/**
 * A host for extraction: a process for each recording that is read, so that a file that kills one harms no other clip,
 * and none is given up by the clock, since a recording is given back when its clip is done. The caller closes it.
 */
export const patientHost = (): MediaHost => new MediaHost({ camerasPerProcess: 1, hungAfterMs: PATIENCE_S * 1000, lingerMs: PATIENCE_S * 1000 });

/** What extraction works with. */
export interface ExtractContext {
  /** Where native media lives: see {@link patientHost}. */
  readonly host: MediaHost;
  readonly nets: FrozenNets;
  readonly profile: ExtractProfile;
  /** What the audio net makes of digital silence, `[dims.audio]`: what `silentFeatures` gives. */
  readonly silence: Float32Array;
}

/** What there is to know of a recording besides its features. */
export interface ClipFacts {
  /** Media time that its segments span [µs]. */
  readonly durationUs: number;
  readonly hasSoundTrack: boolean;
  readonly hasPictureTrack: boolean;
  /** What was wrong with it, although some of it could be read: a sentence. */
  readonly damage?: string;
}

/** The features of one recording; T = `steps`, which may be 0. */
export interface Extracted {
  readonly steps: number;
  /** `[T, width]` each; a width of 1 stands for a sense without a net. */
  readonly features: Readonly<Record<SenseName, Float32Array>>;
  /** `[T]` each, 1 where there was a reading; for audio, only where something louder than −75 dBFS sounded. */
  readonly present: Readonly<Record<SenseName, Uint8Array>>;
  /** Media time at which each step's segment starts, `[T]` [µs]; a hop apart, but where the recording jumps. */
  readonly startsUs: Float64Array;
  readonly facts: ClipFacts;
}

/** Sound softer than this is taken for none: −75 dBFS, as a root mean square of samples of −1…1. */
const SILENT_RMS = 10 ** (-75 / 20);
/** Reasons that lie in this machine, not in the recording: the features would not be the clip's. */
const NOT_THE_CLIPS: ReadonlySet<string> = new Set(['overloaded', 'closed']);

/** What one segment gave. */
interface Row {
  readonly segment: Segment;
  readonly readings: Readonly<Record<SenseName, Reading | NoReading>>;
}

interface Senses {
  readonly hear: Hear;
  readonly see: Look;
  readonly watch: Look;
}

/** The segments that clips are cut into: the audio pack's, with the profile's patience. */
export const stepsOf = ({ logMel }: Pick<FrozenNets, 'logMel'>, { segment }: Pick<Profile, 'segment'>): SegmentSpec => segmentSpec(logMel, segment.latenessS * 1e6);

const sensesOf = ({ nets, profile }: ExtractContext): Senses => ({
  hear: createHear(nets.audio, profile.hear),
  see: createSee(nets.appearance, { toleranceUs: profile.look.toleranceS * 1e6 }),
  watch: createWatch(nets.motion),
});

const rowOf = (segment: Segment, { hear, see, watch }: Senses): Observable<Row> =>
  forkJoin({ heard: hear(segment), appearance: see(segment), motion: watch(segment) }).pipe(
    map(({ heard, appearance, motion }): Row => {
      const { audio } = heard.readings;
      if (audio === undefined) throw new Fault('learn', 'internal', 'A segment was heard without an answer.');
      return { segment, readings: { audio, appearance, motion } };
    }),
    finalize(() => { segment.release(); }),
  );

const isSounding = ({ audio }: Segment): boolean => {
  if (audio === undefined) return false;
  let squares = 0;
  for (const sample of audio.samples) squares += sample * sample;
  return Math.sqrt(squares / audio.samples.length) >= SILENT_RMS;
};

/** The features of a reading; undefined where there is none. */
const featuresOf = (reading: Reading | NoReading, path: string): Float32Array | undefined => {
  if (reading.scores !== undefined) {
    if (reading.features !== undefined) return reading.features;
    throw new Fault('learn', 'pack-invalid', `The ${reading.sense} net gives no features to learn on.`, { remedy: 'Use a pack whose manifest names an output `features`.' });
  }
  if (NOT_THE_CLIPS.has(reading.reason)) {
    throw new Fault('learn', 'media-process-crashed', `${path} could not be looked at: ${reading.reason}.`, { remedy: 'Run the command again; what is done is kept.' });
  }
  return undefined;
};

/** Collects rows; one for each recording. */
class Rows {
  readonly #context: ExtractContext;
  readonly #path: string;
  readonly #rows: Record<SenseName, (Float32Array | undefined)[]> = { audio: [], appearance: [], motion: [] };
  readonly #sounding: boolean[] = [];
  readonly #startsUs: number[] = [];
  #endUs = 0;

  constructor(context: ExtractContext, path: string) {
    this.#context = context;
    this.#path = path;
  }

  add({ segment, readings }: Row): this {
    for (const sense of SENSE_NAMES) this.#rows[sense].push(featuresOf(readings[sense], this.#path));
    this.#sounding.push(isSounding(segment));
    this.#startsUs.push(segment.startUs);
    this.#endUs = segment.endUs;
    return this;
  }

  done(facts: Omit<ClipFacts, 'durationUs'>): Extracted {
    const silence = this.#context.silence;
    const tensors = SENSE_NAMES.map((sense) => [sense, this.#tensor(sense, sense === 'audio' ? silence : undefined)] as const);
    const present = SENSE_NAMES.map((sense) =>
      [sense, Uint8Array.from(this.#rows[sense], (row, t) => (row !== undefined && (sense !== 'audio' || this.#sounding[t] === true) ? 1 : 0))] as const);
    return {
      steps: this.#sounding.length,
      features: Object.fromEntries(tensors) as Record<SenseName, Float32Array>,
      present: Object.fromEntries(present) as Record<SenseName, Uint8Array>,
      startsUs: Float64Array.from(this.#startsUs),
      facts: { ...facts, durationUs: this.#endUs - (this.#startsUs[0] ?? this.#endUs) },
    };
  }

  #tensor(sense: SenseName, missing: Float32Array | undefined): Float32Array {
    const width = widthOf(this.#context.nets[sense]);
    const rows = this.#rows[sense];
    const tensor = new Float32Array(rows.length * width);
    rows.forEach((row, t) => {
      const values = row ?? missing;
      if (values !== undefined) tensor.set(values, t * width);
    });
    return tensor;
  }
}

/**
 * Reads one recording to its end. Cold; emits once. The path is the product's: the same demuxer, segments, front ends,
 * nets, tolerance and sampling of clips as in a live run, so that what is learned is what will be seen. A step that a
 * sense cannot read is zeros; sound that is missing is the features of digital silence. The recording reads on only as
 * its segments are released, so none is dropped. A recording without a single segment emits with 0 steps.
 *
 * Errors with the Fault of opening or reading, and with `media-process-crashed` where pictures could not be had for
 * reasons that lie in this machine.
 */
export const extractClip = (path: string, context: ExtractContext): Observable<Extracted> => defer(() => {
  let info: MediaInfo | undefined;
  let video: LazyVideo | undefined;
  let damage: string | undefined;
  const note = (event: SourceEvent): void => {
    if (event.kind === 'opened') ({ info, video } = event);
    else if (event.kind === 'state') damage ??= event.fault?.message;
  };
  const spec = stepsOf(context.nets, context.profile);
  const senses = sensesOf(context);
  return open({ url: resolve(path) }, {
    host: context.host, profile: { ...context.profile, watchdog: { stallS: PATIENCE_S } }, segment: spec, firstFailure: 'fatal',
  }).pipe(
    tap(note),
    segmentEvery(spec),
    concatMap((segment) => rowOf(segment, senses)),
    reduce((rows, row) => rows.add(row), new Rows(context, path)),
    map((rows) => rows.done({
      hasSoundTrack: info?.audio !== undefined, hasPictureTrack: info?.video !== undefined,
      ...(damage === undefined ? {} : { damage }),
    })),
    finalize(() => { video?.release?.(); }),
  );
});
