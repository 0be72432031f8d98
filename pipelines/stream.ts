/** Puts a stream together from a profile and its nets: its sensors, gates and policy are made. */
import { join } from 'node:path';
import { defer, finalize, fromEvent, takeUntil, tap, type Observable } from 'rxjs';
import { SiteBudget } from '../src/budget/site-budget.js';
import type { EmitSpec, Output } from '../src/emit/types.js';
import type { Pack } from '../src/inference/types.js';
import { open } from '../src/ingest/open.js';
import { mayBeLive, type SourceAddress } from '../src/ingest/sources.js';
import type { PublisherDoor } from '../src/ingest/webrtc/publisher-door.js';
import type { SourceEvent } from '../src/ingest/types.js';
import type { MediaHost } from '../src/media/host.js';
import type { Profile } from '../src/settings/profile.js';
import { answerSpecOf, recordingCapOf, type Answering } from './answering.js';
import { apart } from './apart.js';
import { LiveParts } from './live-parts.js';
import type { Nets } from './nets.js';
import { recognise } from './recognise.js';
import { segmentOf } from './segment-of.js';
import { graphCosts, StreamBudget } from './stream-budget.js';

/** What one stream is made of besides its nets. */
export interface StreamOptions {
  readonly camera: string;
  readonly source: SourceAddress;
  readonly profile: Profile;
  readonly nets: Nets;
  readonly host: MediaHost;
  readonly firstFailure: 'fatal' | 'retry';
  /** Where publishers come in, for the source `whip`. */
  readonly door?: PublisherDoor;
  readonly stop: AbortSignal;
  /** What all cameras may spend together; without it only the profile's own cap holds. */
  readonly budget?: SiteBudget;
  /** One answer for all of the source instead of events: see {@link answerSpecOf}. */
  readonly answer?: Answering | undefined;
  /** Everything the source says, before it is cut into segments. */
  readonly onSource?: (event: SourceEvent) => void;
  /** A segment was overtaken by a newer one and never recognised. */
  readonly onOvertaken?: () => void;
}

/**
 * Recordings must not depend on the clock of this machine; what may be live ends its events when nothing comes any more. Events are
 * confirmed by the rule of the policy's pack, if it has one and the profile does not say how.
 */
const emitSpec = ({ camera, source, nets: { policy } }: StreamOptions, { emit, watchdog }: Profile): EmitSpec =>
  ({ camera, confirmation: policy?.net.confirmation, ...emit, ...(mayBeLive(source) ? { silenceS: watchdog.stallS * 2 } : {}) });

/** A stream whose settings can be changed while it runs. */
export interface LiveStream {
  /** Cold; ends when the recording does, when `stop` aborts, or with a Fault. To be subscribed to once. */
  readonly outputs: Observable<Output>;
  /**
   * Lets other settings hold from the next segment on: what it listens for, its gates, how it believes, looks and emits.
   * The connection, the nets and all memory stay. Fault `settings-invalid` when they do not fit the nets; then all is as before.
   */
  update(profile: Profile): void;
}

/**
 * Puts one stream together.
 * @throws Fault `settings-invalid` or `pack-invalid` when the profile does not fit its nets, `usage` when one answer is asked of
 *   nets that have no learned policy
 */
export const liveStream = (options: StreamOptions): LiveStream => {
  const { profile, nets, host, firstFailure, source, stop, door, onSource, onOvertaken } = options;
  const segment = segmentOf(profile, nets);
  const answer = answerSpecOf(options, nets);
  const budget = new StreamBudget(options.budget ?? new SiteBudget(), options.camera, graphCosts(nets, segment.hopUs), profile.budget, recordingCapOf(options.answer, answer, nets));
  const own = (one: Profile): Profile => (mayBeLive(source) ? apart(one, options.camera) : one);
  const parts = new LiveParts(nets, own(profile), () => budget.weighs);
  const recognised = recognise(source.url, stop, {
    open: (url, stopping) => open({ ...source, url }, { host, profile, segment, firstFailure, ...(door === undefined ? {} : { door }) }).pipe(
      tap((event) => onSource?.(event)),
      takeUntil(stopping.aborted ? [true] : fromEvent(stopping, 'abort')),
    ),
    ...parts.recognition,
    budget: () => budget.now(),
    profile: { segment, waiting: profile.segment.waiting, emit: () => emitSpec(options, parts.profile), ...(answer === undefined ? {} : { answer }) },
    onDrop: (_segment, reason) => {
      if (reason !== 'overtaken') return;
      budget.overtaken();
      onOvertaken?.();
    },
  });
  return {
    outputs: defer(() => {
      budget.join();
      return recognised.pipe(finalize(() => { budget.leave(); }));
    }),
    update: (next) => {
      parts.update(own(next));
      budget.update(next.budget);
    },
  };
};

/** Recognises one source by its profile. Cold; ends when the recording does, when `stop` aborts, or with a Fault. */
export const stream = (options: StreamOptions): Observable<Output> => liveStream(options).outputs;

/** The recording that ships with the embedded pack, as `hearken watch sample` plays it. */
export const sampleOf = (pack: Pack): string => join(pack.folder, 'sample.mp4');
