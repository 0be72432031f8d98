/** Pictures of cameras for people: the newest key frame, made at most once a second and camera. */
import { firstValueFrom, fromEvent, map, merge } from 'rxjs';
import type { SitePicture } from '../../src/serve/site.js';
import type { OpenMedia } from './camera.js';

/** A camera's picture is made at most this often [ms]. */
const EVERY_MS = 1_000;
/** Wider pictures are made this wide [pixels]. */
const WIDTH = 640;

interface Kept {
  readonly media: OpenMedia;
  readonly askedAtMs: number;
  readonly picture: Promise<SitePicture | undefined>;
}

/** Keeps each camera's last picture; who asks in between gets the same one. */
export class Pictures {
  readonly #kept = new Map<string, Kept>();
  readonly #now: () => number;

  /** @param now a clock that goes on [ms]; replaced in tests */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The newest key frame of a connection; undefined where it has none, or when the caller has gone. */
  async newest(name: string, media: OpenMedia, signal: AbortSignal): Promise<SitePicture | undefined> {
    const kept = this.#kept.get(name);
    const fresh = kept?.media === media && this.#now() - kept.askedAtMs < EVERY_MS ? kept : { media, askedAtMs: this.#now(), picture: make(media) };
    this.#kept.set(name, fresh);
    if (signal.aborted) return undefined;
    // The picture is made to its end, for the next who asks; only this caller does not wait.
    return firstValueFrom(merge(fresh.picture, fromEvent(signal, 'abort').pipe(map(() => undefined))), { defaultValue: undefined });
  }

  /** Lets go of a camera's picture. */
  forget(name: string): void {
    this.#kept.delete(name);
  }
}

const make = async ({ video, originEpochMs }: OpenMedia): Promise<SitePicture | undefined> => {
  if (video?.still === undefined) return undefined;
  const { jpeg, timeUs } = await firstValueFrom(video.still({ maxWidth: WIDTH }));
  return jpeg === undefined ? undefined : { jpeg, timeS: (originEpochMs + timeUs / 1000) / 1000 };
};
