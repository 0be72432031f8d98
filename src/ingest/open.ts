/** Opens a source, whatever it is, and keeps it open. */
import { defer, switchMap, type Observable } from 'rxjs';
import type { MediaHost } from '../media/host.js';
import type { ConnectionEvent } from '../media/link.js';
import type { Rhythm } from '../media/protocol.js';
import type { Profile } from '../settings/profile.js';
import { remuxed } from './external-ffmpeg.js';
import { keepConnected, type Attempt } from './keep-connected.js';
import { openingOf, type Opening, type SourceAddress } from './sources.js';
import type { SourceEvent } from './types.js';

/** What opening a source needs besides its address. */
export interface OpenContext {
  /** Where native media lives. */
  readonly host: MediaHost;
  readonly profile: Pick<Profile, 'ring' | 'reconnect' | 'watchdog'>;
  /** The segments that are cut from it, so that a live source is read when one is complete. */
  readonly segment?: Rhythm;
  /** Whether a first attempt that fails is an error (a command) or is tried again (a service). */
  readonly firstFailure: 'fatal' | 'retry';
}

/** Without segments to follow, a live source is read about twice a second [µs]. */
const AT_EASE: Rhythm = { windowUs: 480_000, hopUs: 480_000 };
/** Decoded frames kept per camera for later requests into the same GOP [bytes]: a second of 720p. */
const KEPT_FRAME_BYTES = 48 * 2 ** 20;

const connectWith = ({ host, profile, segment }: OpenContext, opening: Opening) => ({ startUs }: Attempt): Observable<ConnectionEvent> => {
  const { name, options, live, probe, externalFfmpeg } = opening;
  const from = (url: string): Observable<ConnectionEvent> => host.connect({
    url, name, options, live, probe, startUs,
    ring: { maxBytes: profile.ring.maxMegabytes * 2 ** 20, maxUs: profile.ring.maxS * 1e6 },
    keptFrameBytes: KEPT_FRAME_BYTES,
    rhythm: segment ?? AT_EASE,
  });
  return externalFfmpeg === undefined ? from(opening.url) : remuxed(externalFfmpeg).pipe(switchMap(from));
};

/**
 * Opens a source and keeps it connected. Cold: subscribing connects, unsubscribing disconnects.
 * Errors with a Fault when the address is wrong or trying again makes no sense.
 */
export const open = (address: SourceAddress, context: OpenContext): Observable<SourceEvent> =>
  defer(() => openingOf(address)).pipe(
    switchMap((opening) => {
      const { reconnect, watchdog } = context.profile;
      return keepConnected(connectWith(context, opening), {
        name: opening.name,
        minMs: reconnect.minS * 1000,
        maxMs: reconnect.maxS * 1000,
        healthyMs: reconnect.healthyS * 1000,
        stallMs: watchdog.stallS * 1000,
        firstFailure: context.firstFailure,
        random: Math.random,
      });
    }),
  );
