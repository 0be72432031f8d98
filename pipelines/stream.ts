/** Puts a stream together from a profile: its packs are loaded, its sensors, gates and policy made. */
import { join } from 'node:path';
import { fromEvent, takeUntil, tap, type Observable } from 'rxjs';
import { Fault } from '../src/faults.js';
import type { EmitSpec, Output } from '../src/emit/types.js';
import { loadPack } from '../src/inference/pack.js';
import type { LogMelSpec, SenseName } from '../src/inference/manifest.js';
import type { Pack } from '../src/inference/types.js';
import { open } from '../src/ingest/open.js';
import { mayBeLive, type SourceAddress } from '../src/ingest/sources.js';
import type { SourceEvent } from '../src/ingest/types.js';
import type { MediaHost } from '../src/media/host.js';
import { fusion } from '../src/policy/fusion.js';
import { thresholdGate } from '../src/policy/threshold-gate.js';
import type { Gate } from '../src/policy/types.js';
import { segmentSpec } from '../src/segment/spec.js';
import { createHear } from '../src/sense/hear.js';
import type { Net } from '../src/sense/net.js';
import { createSee } from '../src/sense/see.js';
import { createWatch } from '../src/sense/watch.js';
import type { Profile } from '../src/settings/profile.js';
import { recognise } from './recognise.js';

/** The nets of a profile, loaded once and shared by every stream that uses it. */
export interface Nets {
  readonly audio: Net;
  readonly appearance?: Net;
  readonly motion?: Net;
  /** What the audio net wants its sound cut into. */
  readonly logMel: LogMelSpec;
  /** Frees the native sessions. */
  close(): Promise<void>;
}

const openNet = async (pack: Pack, sense: SenseName, threads: number): Promise<Net> => ({
  session: await pack.open(sense, { threads }),
  manifest: pack.sense(sense),
  labels: pack.labels(sense),
});

/**
 * Loads the packs that a profile names.
 * @param profile which packs
 * @param threads inference threads of each net
 * @throws Fault `pack-not-found`, `pack-invalid`, `pack-hash-mismatch`, `model-wrong-shape`
 */
export const loadNets = async ({ packs }: Pick<Profile, 'packs'>, threads = 1): Promise<Nets> => {
  const pack = await loadPack(packs.audio);
  const { from } = pack.sense('audio').input;
  if (from.kind !== 'log-mel') throw new Fault('pipelines', 'pack-invalid', `The audio sense of ${packs.audio} takes a ${from.kind}, not sound.`, { remedy: 'Name a pack that listens.' });
  const optional = async (sense: 'appearance' | 'motion'): Promise<Net | undefined> => {
    const name = packs[sense];
    return name === undefined ? undefined : openNet(await loadPack(name), sense, threads);
  };
  const [audio, appearance, motion] = await Promise.all([openNet(pack, 'audio', threads), optional('appearance'), optional('motion')]);
  return {
    audio,
    logMel: from,
    ...(appearance === undefined ? {} : { appearance }),
    ...(motion === undefined ? {} : { motion }),
    close: async () => {
      await Promise.all([audio, appearance, motion].map(async (net) => net?.session.close()));
    },
  };
};

/** What one stream is made of besides its nets. */
export interface StreamOptions {
  readonly camera: string;
  readonly source: SourceAddress;
  readonly profile: Profile;
  readonly nets: Nets;
  readonly host: MediaHost;
  readonly firstFailure: 'fatal' | 'retry';
  readonly stop: AbortSignal;
  /** Everything the source says, before it is cut into segments. */
  readonly onSource?: (event: SourceEvent) => void;
  /** A segment was overtaken by a newer one and never recognised. */
  readonly onOvertaken?: () => void;
}

const gateOf = (sense: 'appearance' | 'motion', { profile, nets }: StreamOptions): Gate => thresholdGate({
  sense,
  settings: profile.gate[sense],
  listen: profile.listen,
  labels: nets.audio.labels,
  installed: nets[sense] !== undefined,
});

/** Recordings must not depend on the clock of this machine; what may be live ends its events when nothing comes any more. */
const emitSpec = ({ camera, source, profile: { emit, watchdog } }: StreamOptions): EmitSpec =>
  ({ camera, ...emit, ...(mayBeLive(source) ? { silenceS: watchdog.stallS * 2 } : {}) });

/** Recognises one source by its profile. Cold; ends when the recording does, when `stop` aborts, or with a Fault. */
export const stream = (options: StreamOptions): Observable<Output> => {
  const { profile, nets, host, firstFailure, source, stop, onSource, onOvertaken } = options;
  const segment = segmentSpec(nets.logMel, profile.segment.latenessS * 1e6);
  const gates = { appearance: gateOf('appearance', options), motion: gateOf('motion', options) };
  return recognise(source.url, stop, {
    open: (url, stopping) => open({ ...source, url }, { host, profile, segment, firstFailure }).pipe(
      tap((event) => onSource?.(event)),
      takeUntil(stopping.aborted ? [true] : fromEvent(stopping, 'abort')),
    ),
    hear: createHear(nets.audio, profile.hear),
    see: createSee(nets.appearance, { toleranceUs: profile.look.toleranceS * 1e6 }),
    watch: createWatch(nets.motion),
    gates,
    policy: fusion({ settings: profile.believe, listen: profile.listen, gates: Object.values(gates) }),
    profile: { segment, waiting: profile.segment.waiting, emit: emitSpec(options) },
    onDrop: (_segment, reason) => {
      if (reason === 'overtaken') onOvertaken?.();
    },
  });
};

/** The recording that ships with the embedded pack, as `hearken watch sample` plays it. */
export const sampleOf = (pack: Pack): string => join(pack.folder, 'sample.mp4');
