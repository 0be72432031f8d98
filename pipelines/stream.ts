/** Puts a stream together from a profile and its nets: its sensors, gates and policy are made. */
import { join } from 'node:path';
import { fromEvent, takeUntil, tap, type Observable } from 'rxjs';
import type { EmitSpec, Output } from '../src/emit/types.js';
import type { Pack } from '../src/inference/types.js';
import { open } from '../src/ingest/open.js';
import { mayBeLive, type SourceAddress } from '../src/ingest/sources.js';
import type { SourceEvent } from '../src/ingest/types.js';
import type { MediaHost } from '../src/media/host.js';
import { fusion } from '../src/policy/fusion.js';
import { createHms } from '../src/policy/hms/hms.js';
import { thresholdGate } from '../src/policy/threshold-gate.js';
import type { Gate } from '../src/policy/types.js';
import { segmentSpec, type SegmentSpec } from '../src/segment/spec.js';
import { createHear } from '../src/sense/hear.js';
import { createSee } from '../src/sense/see.js';
import { createWatch } from '../src/sense/watch.js';
import type { Profile } from '../src/settings/profile.js';
import type { Nets } from './nets.js';
import { recognise, type Recognition } from './recognise.js';

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

/** What decides and remembers: the learned policy if there is one, else thresholds and a fading memory. */
const decidersOf = (options: StreamOptions): Pick<Recognition, 'gates' | 'policy'> => {
  const { profile: { gate, believe: settings, listen }, nets } = options;
  if (nets.policy !== undefined) return createHms({ net: nets.policy.net, gates: gate, settings, listen });
  const gates = { appearance: gateOf('appearance', options), motion: gateOf('motion', options) };
  return { gates, policy: fusion({ settings, listen, gates: Object.values(gates) }) };
};

/** The audio net's segments, at the policy's own step if it has one. */
const segmentOf = ({ profile, nets }: StreamOptions): SegmentSpec => {
  const spec = segmentSpec(nets.logMel, profile.segment.latenessS * 1e6);
  return { ...spec, hopUs: nets.policy?.stepUs ?? spec.hopUs };
};

/** Recordings must not depend on the clock of this machine; what may be live ends its events when nothing comes any more. */
const emitSpec = ({ camera, source, profile: { emit, watchdog } }: StreamOptions): EmitSpec =>
  ({ camera, ...emit, ...(mayBeLive(source) ? { silenceS: watchdog.stallS * 2 } : {}) });

/** Recognises one source by its profile. Cold; ends when the recording does, when `stop` aborts, or with a Fault. */
export const stream = (options: StreamOptions): Observable<Output> => {
  const { profile, nets, host, firstFailure, source, stop, onSource, onOvertaken } = options;
  const segment = segmentOf(options);
  return recognise(source.url, stop, {
    open: (url, stopping) => open({ ...source, url }, { host, profile, segment, firstFailure }).pipe(
      tap((event) => onSource?.(event)),
      takeUntil(stopping.aborted ? [true] : fromEvent(stopping, 'abort')),
    ),
    hear: createHear(nets.audio, profile.hear),
    see: createSee(nets.appearance, { toleranceUs: profile.look.toleranceS * 1e6 }),
    watch: createWatch(nets.motion),
    ...decidersOf(options),
    profile: { segment, waiting: profile.segment.waiting, emit: emitSpec(options) },
    onDrop: (_segment, reason) => {
      if (reason === 'overtaken') onOvertaken?.();
    },
  });
};

/** The recording that ships with the embedded pack, as `hearken watch sample` plays it. */
export const sampleOf = (pack: Pack): string => join(pack.folder, 'sample.mp4');
