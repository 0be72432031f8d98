/** Opens a source, whatever it is, and keeps it open. */
import { Observable, defer, switchMap } from 'rxjs';
import { Fault } from '../faults.js';
import type { MediaHost } from '../media/host.js';
import type { ConnectionEvent } from '../media/link.js';
import type { Rhythm } from '../media/protocol.js';
import type { Profile } from '../settings/profile.js';
import { remuxed } from './external-ffmpeg.js';
import { keepConnected, type Attempt } from './keep-connected.js';
import { openingOf, type Opening, type SourceAddress } from './sources.js';
import type { SourceEvent } from './types.js';
import type { PublisherDoor } from './webrtc/publisher-door.js';

/** What opening a source needs besides its address. */
export interface OpenContext {
  /** Where native media lives. */
  readonly host: MediaHost;
  readonly profile: Pick<Profile, 'ring' | 'reconnect' | 'watchdog'>;
  /** The segments that are cut from it, so that a live source is read when one is complete. */
  readonly segment?: Rhythm;
  /** Where publishers come in, for the source `whip`. */
  readonly door?: PublisherDoor;
  /** Whether a first attempt that fails is an error (a command) or is tried again (a service). */
  readonly firstFailure: 'fatal' | 'retry';
}

/** Without segments to follow, a live source is read about twice a second [µs]. */
const AT_EASE: Rhythm = { windowUs: 480_000, hopUs: 480_000 };
/** Decoded frames kept per camera for later requests into the same GOP [bytes]: a second of 720p. */
const KEPT_FRAME_BYTES = 48 * 2 ** 20;

/** What receives publishers, on the camera's thread. */
const PUBLISHER_MODULE = new URL('./webrtc/publisher-thread.js', import.meta.url).href;
/** A publisher that left is waited for at once; only a media process that cannot be started makes for pauses [ms]. */
const PUSHED = { minMs: 20, maxMs: 5_000, healthyMs: 0 };

/** Tells the door while a connection listens. */
const announced = (connection: Observable<ConnectionEvent>, door: PublisherDoor): Observable<ConnectionEvent> =>
  new Observable((subscriber) => {
    let detach = (): void => undefined;
    subscriber.add(connection.subscribe({
      next: (event) => {
        if (event.kind === 'listening') detach = door.attach(event.ask);
        subscriber.next(event);
      },
      error: (error: unknown) => { subscriber.error(error); },
      complete: () => { subscriber.complete(); },
    }));
    subscriber.add(() => { detach(); });
  });

const connectWith = ({ host, profile, segment, door }: OpenContext, opening: Opening) => ({ startUs }: Attempt): Observable<ConnectionEvent> => {
  const { name, options, live, probe, externalFfmpeg, pushed } = opening;
  const from = (url: string): Observable<ConnectionEvent> => host.connect({
    url, name, options, live, probe, startUs,
    ...(pushed === true ? { module: PUBLISHER_MODULE } : {}),
    ring: { maxBytes: profile.ring.maxMegabytes * 2 ** 20, maxUs: profile.ring.maxS * 1e6 },
    keptFrameBytes: KEPT_FRAME_BYTES,
    rhythm: segment ?? AT_EASE,
  });
  if (externalFfmpeg !== undefined) return remuxed(externalFfmpeg).pipe(switchMap(from));
  return pushed === true && door !== undefined ? announced(from(opening.url), door) : from(opening.url);
};

const noDoor = (): Fault => new Fault('ingest', 'usage', 'A source that is published needs a server to be published to.', { remedy: 'Use it with "hearken serve".' });

/**
 * Opens a source and keeps it connected. Cold: subscribing connects, unsubscribing disconnects.
 * Errors with a Fault when the address is wrong or trying again makes no sense.
 */
export const open = (address: SourceAddress, context: OpenContext): Observable<SourceEvent> =>
  defer(() => openingOf(address, context.profile.watchdog.stallS)).pipe(
    switchMap((opening) => {
      const { reconnect, watchdog } = context.profile;
      if (opening.pushed === true && context.door === undefined) throw noDoor();
      return keepConnected(connectWith(context, opening), {
        name: opening.name,
        minMs: reconnect.minS * 1000,
        maxMs: reconnect.maxS * 1000,
        healthyMs: reconnect.healthyS * 1000,
        ...(opening.pushed === true ? { ...PUSHED, pushed: true } : {}),
        stallMs: watchdog.stallS * 1000,
        firstFailure: context.firstFailure,
        random: Math.random,
      });
    }),
  );
