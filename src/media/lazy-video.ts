/**
 * Pictures on demand from compressed packets: which packets are needed, in which order requests are served,
 * what is waited for, and what it cost. Runs inside the media process; the service talks to it through `host.ts`.
 */
import type { GopDecoder } from './gop-decoder.js';
import { shownAt, type Gop, type GopRing } from './gop-ring.js';
import type { Packet } from './native.js';
import type { Scaler } from './scaler.js';
import type { ClipAnswer, ClipRequest, DecodeCost, FrameAnswer, FrameRequest, NoPictureReason, Picture, Size } from './types.js';

/** What the demand side needs from the reader. */
export interface VideoClock {
  /** Resolves once the video has been read up to this time, has ended, or it was waited for long enough. */
  reached(timeUs: number): Promise<void>;
}

/**
 * Whoever can make the source send a key frame: a WebRTC publisher, which otherwise may send one at its beginning and none
 * after. The key frame that comes is later than what was asked for; that is the price of not having sent it for nothing.
 */
export interface KeyFrameSource {
  /**
   * A picture is wanted and the newest key frame is not recent: asks for one, unless one was just asked for.
   * @param dispensable true when an older key frame would do
   * @returns how long it is worth waiting for it [ms]
   */
  request(dispensable: boolean): number;
  /** Clips are being looked at, which begin at key frames: for a while there should be some. */
  arm(): void;
}

/** Parts of a camera that serve its pictures; borrowed from the connection that owns them. */
export interface VideoParts {
  readonly ring: GopRing<Packet>;
  readonly decoder: GopDecoder;
  readonly scaler: Scaler;
  readonly clock: VideoClock;
  /** Absent for sources that send key frames as they please. */
  readonly keyFrames?: KeyFrameSource;
}

/** Requests of one camera that may wait; one more is refused as `overloaded`. */
const MOST_WAITING = 8;

/** A key frame that can be asked for is recent when it is this old [µs]; cameras that cannot be asked send one about as often. */
const RECENT_US = 2_000_000;

interface Wanted {
  readonly gop: Gop<Packet>;
  readonly timesUs: number[];
}

const FREE: DecodeCost = { decodedFrames: 0, decodeMs: 0, scaleMs: 0, waitMs: 0 };

/** The media times at which a clip is sampled: a grid anchored at 0, so that overlapping clips share their frames. */
export const clipGrid = ({ fromUs, toUs, count }: ClipRequest): number[] => {
  const stepUs = (toUs - fromUs) / count;
  const last = Math.floor(toUs / stepUs + 1e-9);
  return Array.from({ length: count }, (_, i) => Math.round((last - count + 1 + i) * stepUs));
};

/** Serves one camera's requests for pictures, one at a time, in order. */
export class VideoOnDemand {
  readonly #parts: VideoParts;
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  /** Woken by the next key frame. */
  #expecting: (() => void) | undefined;

  /** @param parts what it works with; borrowed */
  constructor(parts: VideoParts) {
    this.#parts = parts;
  }

  /** One frame near a time; see {@link FrameRequest}. */
  async frameAt(request: FrameRequest, cancelled: () => boolean): Promise<FrameAnswer> {
    const notAfterUs = request.notAfterUs ?? request.timeUs;
    return this.#inTurn<FrameAnswer>(notAfterUs, cancelled, (reason, cost) => ({ reason, cost }), async (waitMs) => {
      const { ring } = this.#parts;
      const found = request.exact === true ? ring.gopAt(Math.min(request.timeUs, notAfterUs)) : ring.nearestKey(request.timeUs, notAfterUs);
      const { gop, freshMs } = request.exact === true ? { gop: found, freshMs: 0 } : await this.#refreshed(request, found);
      const waited = { ...FREE, waitMs: waitMs + freshMs };
      if (gop === undefined) return { reason: ring.state.gops === 0 || this.#parts.keyFrames !== undefined ? 'no-key-frame' : 'not-in-ring', cost: waited };
      const timeUs = request.exact === true ? shownAt(gop, Math.min(request.timeUs, notAfterUs)) : gop.keyUs;
      if (timeUs === undefined) return { reason: 'not-in-ring', cost: waited };
      if (Math.abs(timeUs - request.timeUs) > request.toleranceUs) return { reason: this.#parts.keyFrames === undefined ? 'too-far' : 'no-key-frame', cost: waited };
      if (timeUs === request.knownUs) return { unchanged: true, cost: waited };
      const { pictures, cost } = await this.#decode([{ gop, timesUs: [timeUs] }], request.size, waited.waitMs, cancelled);
      const [picture] = pictures.values();
      return picture === undefined ? { reason: 'not-decodable', cost } : { picture, cost };
    });
  }

  /** Several frames over a span; see {@link ClipRequest}. */
  async clip(request: ClipRequest, cancelled: () => boolean): Promise<ClipAnswer> {
    this.#parts.keyFrames?.arm();
    return this.#inTurn<ClipAnswer>(request.toUs, cancelled, (reason, cost) => ({ pictures: [], reason, cost }), async (waitMs) => {
      const none = (reason: NoPictureReason): ClipAnswer => ({ pictures: [], reason, cost: { ...FREE, waitMs } });
      if (this.#parts.ring.state.gops === 0) return none('no-key-frame');
      const grid = clipGrid(request);
      const shown = grid.map((timeUs) => this.#shown(timeUs));
      const wanted: Wanted[] = [];
      for (const at of shown) {
        if (at === undefined) return none('not-in-ring');
        const last = wanted.at(-1);
        if (last?.gop !== at.gop) wanted.push({ gop: at.gop, timesUs: [at.timeUs] });
        else if (last.timesUs.at(-1) !== at.timeUs) last.timesUs.push(at.timeUs);
      }
      const { pictures, cost } = await this.#decode(wanted, request.size, waitMs, cancelled);
      const chosen = shown.flatMap((at) => (at === undefined ? [] : pictures.get(at.timeUs) ?? []));
      return chosen.length === grid.length ? { pictures: chosen, cost } : { pictures: [], reason: 'not-decodable', cost };
    });
  }

  /** A key frame has come into the ring, or none will come any more: who waits for one looks again. */
  keyFrame(): void {
    this.#expecting?.();
  }

  /** Resolves when no request is being served. */
  async settled(): Promise<void> {
    await this.#tail;
  }

  /** The key frame that answers a request: the one found, or where it is not recent and the source can be asked, a new one. */
  async #refreshed({ timeUs, toleranceUs }: FrameRequest, found: Gop<Packet> | undefined): Promise<{ gop: Gop<Packet> | undefined; freshMs: number }> {
    const { keyFrames, ring } = this.#parts;
    const ageUs = found === undefined ? Infinity : timeUs - found.keyUs;
    if (keyFrames === undefined || ageUs <= Math.min(toleranceUs, RECENT_US)) return { gop: found, freshMs: 0 };
    const before = ring.newest?.id;
    // One may have come between the time asked for and now.
    if (ring.newest !== undefined && ring.newest.keyUs > timeUs) return { gop: ring.newest, freshMs: 0 };
    const startMs = performance.now();
    await this.#nextKey(keyFrames.request(ageUs <= toleranceUs));
    const fresh = ring.newest?.id === before ? undefined : ring.newest;
    return { gop: fresh ?? found, freshMs: performance.now() - startMs };
  }

  async #nextKey(withinMs: number): Promise<void> {
    if (withinMs <= 0) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#expecting = undefined;
        resolve();
      };
      const timer = setTimeout(done, withinMs);
      this.#expecting = done;
    });
  }

  #shown(timeUs: number): { gop: Gop<Packet>; timeUs: number } | undefined {
    const gop = this.#parts.ring.gopAt(timeUs);
    const at = gop === undefined ? undefined : shownAt(gop, timeUs);
    return gop === undefined || at === undefined ? undefined : { gop, timeUs: at };
  }

  async #inTurn<A>(untilUs: number, cancelled: () => boolean, refuse: (reason: NoPictureReason, cost: DecodeCost) => A, job: (waitMs: number) => Promise<A>): Promise<A> {
    if (this.#waiting >= MOST_WAITING) return refuse('overloaded', FREE);
    this.#waiting += 1;
    const askedMs = performance.now();
    const before = this.#tail;
    const mine = (async () => {
      await before;
      if (cancelled()) return refuse('closed', FREE);
      await this.#parts.clock.reached(untilUs);
      return job(performance.now() - askedMs);
    })();
    this.#tail = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      this.#waiting -= 1;
    }
  }

  async #decode(wanted: readonly Wanted[], size: Size, waitMs: number, cancelled: () => boolean): Promise<{ pictures: Map<number, Picture>; cost: DecodeCost }> {
    const { decoder, scaler } = this.#parts;
    const before = decoder.counts.framesDecoded;
    const pictures = new Map<number, Picture>();
    let decodeMs = 0;
    let scaleMs = 0;
    for (const { gop, timesUs } of wanted) {
      decodeMs += await decoder.deliver(gop, timesUs, (timeUs, frame) => {
        const startMs = performance.now();
        pictures.set(timeUs, scaler.scale(frame, timeUs, size));
        scaleMs += performance.now() - startMs;
      }, cancelled);
    }
    return { pictures, cost: { decodedFrames: decoder.counts.framesDecoded - before, decodeMs, scaleMs, waitMs } };
  }
}
