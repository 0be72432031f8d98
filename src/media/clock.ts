/**
 * One media clock for all tracks of a source. Containers count time in ticks of many sizes, in counters that
 * wrap, and cameras jump; behind this file there are only microseconds that go on.
 */

/** How a track counts time: one tick is `num/den` seconds; `bits` is the width of a counter that wraps. */
export interface TimeBase {
  readonly num: number;
  readonly den: number;
  /** Absent for a counter that never wraps, such as a demuxer's 64-bit one. */
  readonly bits?: number;
}

/** RTP timestamps of video (RFC 3551, section 5). */
export const RTP_VIDEO: TimeBase = { num: 1, den: 90_000, bits: 32 };
/** RTP timestamps of Opus (RFC 7587, section 4.1) and of 48 kHz sound. */
export const RTP_AUDIO_48K: TimeBase = { num: 1, den: 48_000, bits: 32 };
/** Presentation time stamps of MPEG systems (ISO/IEC 13818-1, 2.4.3.7). */
export const MPEG_PTS: TimeBase = { num: 1, den: 90_000, bits: 33 };
/** Plain microseconds. */
export const MICROSECONDS: TimeBase = { num: 1, den: 1_000_000 };

const US_PER_S = 1_000_000n;

/** Floor division: BigInt's own rounds towards zero. */
const floorDiv = (a: bigint, b: bigint): bigint => (a < 0n && a % b !== 0n ? a / b - 1n : a / b);

/**
 * Ticks as microseconds, to the nearest, halves up. Exact for any 64-bit counter, as no floating point is involved
 * before the last step; the result is exact up to 2⁵³ µs (285 years).
 */
export const ticksToUs = (ticks: bigint, { num, den }: TimeBase): number => {
  // The same in plain numbers where they are exact: some hours of any clock, and several times quicker.
  const doubled = 2 * Number(ticks) * num * 1e6 + den;
  if (Math.abs(doubled) < Number.MAX_SAFE_INTEGER) return Math.floor(doubled / (2 * den));
  const d = BigInt(den);
  return Number(floorDiv(2n * ticks * BigInt(num) * US_PER_S + d, 2n * d));
};

/** Microseconds as ticks, to the nearest, halves up. */
export const usToTicks = (us: number, { num, den }: TimeBase): bigint => {
  const d = BigInt(num) * US_PER_S;
  return floorDiv(2n * BigInt(Math.round(us)) * BigInt(den) + d, 2n * d);
};

/**
 * Takes the wrap out of a counter of `bits` bits: of all numbers that look like `ticks`, the one nearest to
 * `near`. Works both ways, so a packet that belongs before the wrap but comes after it keeps its place.
 * The sequence arithmetic of RFC 1982, kept as a number that goes on.
 */
export const unwrap = (ticks: bigint, near: bigint, bits: number | undefined): bigint =>
  bits === undefined ? ticks : near + BigInt.asIntN(bits, ticks - near);

/** How the clock treats what it reads. */
export interface ClockOptions {
  /** Media time at which this connection begins [µs]. Default 0. */
  readonly startUs?: number;
  /** The container's own start [µs], which becomes `startUs`. Default: the first timestamp that is read. */
  readonly originUs?: number;
  /** A time farther than this ahead of all tracks (beyond what arrivals explain) is a jump, not a pause [µs]. Default 10 s. */
  readonly jumpUs?: number;
  /** A time farther than this behind its own track is a jump, not a reordered packet [µs]. Default 1 s. */
  readonly reorderUs?: number;
}

/** One timestamp on the media clock. */
export interface MediaTime {
  /** [µs]. May be a little earlier than the last one of the track, as B-frames are. */
  readonly timeUs: number;
  /** True when the track jumped here and was put back onto the clock. */
  readonly discontinuity: boolean;
}

/** Reads one track's timestamps. */
export interface TrackClock {
  /**
   * @param ticks the timestamp as it came, wrapped or not; undefined when the packet has none, which puts it where
   *   the packet after the last one is expected
   * @param arrivalUs when it arrived, on any clock that goes on [µs]; with it, a jump lets as much media time pass as
   *   passed between the arrivals, so that wall-clock times stay right; without it, a jump leaves no gap
   */
  read(ticks: bigint | undefined, arrivalUs?: number): MediaTime;
}

/**
 * The clock of one connection. All tracks share the offset between their timestamps and media time, and follow each
 * other through jumps, so that sound and pictures stay together.
 */
export class MediaClock {
  readonly startUs: number;
  readonly jumpUs: number;
  readonly reorderUs: number;
  #offsetUs: number | undefined;
  #highUs: number;
  #arrivalUs: number | undefined;

  constructor(options: ClockOptions = {}) {
    this.startUs = options.startUs ?? 0;
    this.jumpUs = options.jumpUs ?? 10_000_000;
    this.reorderUs = options.reorderUs ?? 1_000_000;
    this.#highUs = this.startUs;
    if (options.originUs !== undefined) this.#offsetUs = this.startUs - options.originUs;
  }

  /** The latest media time that any track has reached [µs]: where the next connection may begin. */
  get highUs(): number {
    return this.#highUs;
  }

  /** The newest offset, which a track tries first when its own no longer fits: media time − timestamp [µs]. */
  get offsetUs(): number | undefined {
    return this.#offsetUs;
  }

  /** A clock for one more track of this connection. */
  track(base: TimeBase): TrackClock {
    return new Track(this, base);
  }

  /** The offset that puts the timestamp `ptsUs` at `expectedUs`, or later by as much as arrivals say. */
  anchor(ptsUs: number, expectedUs: number, arrivalUs: number | undefined): number {
    this.#offsetUs = Math.max(expectedUs, this.#highUs + this.passedUs(arrivalUs)) - ptsUs;
    return this.#offsetUs;
  }

  /** Time since the last arrival on any track [µs]; 0 when arrivals are not told. */
  passedUs(arrivalUs: number | undefined): number {
    return arrivalUs === undefined || this.#arrivalUs === undefined ? 0 : Math.max(0, Math.round(arrivalUs - this.#arrivalUs));
  }

  /** Notes that a track has reached this time. */
  reach(timeUs: number, arrivalUs: number | undefined): void {
    this.#highUs = Math.max(this.#highUs, timeUs);
    if (arrivalUs !== undefined) this.#arrivalUs = arrivalUs;
  }
}

class Track implements TrackClock {
  readonly #clock: MediaClock;
  readonly #base: TimeBase;
  #ticks: bigint | undefined;
  #offsetUs: number | undefined;
  #lastUs: number | undefined;
  #stepUs = 0;

  constructor(clock: MediaClock, base: TimeBase) {
    this.#clock = clock;
    this.#base = base;
  }

  read(ticks: bigint | undefined, arrivalUs?: number): MediaTime {
    if (ticks === undefined) return this.#settle(this.#expectedUs(), false, arrivalUs);
    this.#ticks = unwrap(ticks, this.#near(ticks), this.#base.bits);
    const ptsUs = ticksToUs(this.#ticks, this.#base);
    for (const offsetUs of [this.#offsetUs, this.#clock.offsetUs]) {
      if (offsetUs !== undefined && this.#fits(ptsUs + offsetUs, arrivalUs)) {
        const followed = this.#offsetUs !== undefined && offsetUs !== this.#offsetUs;
        this.#offsetUs = offsetUs;
        return this.#settle(ptsUs + offsetUs, followed, arrivalUs);
      }
    }
    // Packets before the first timestamp (RTSP's often have none) were placed by guess: its coming is no jump.
    const jumped = this.#offsetUs !== undefined;
    // And no gap either: packets are read in strides, so the first two may have waited for each other.
    this.#offsetUs = this.#clock.anchor(ptsUs, this.#expectedUs(), jumped ? arrivalUs : undefined);
    return this.#settle(ptsUs + this.#offsetUs, jumped, arrivalUs);
  }

  /** The number that the counter is read against: the track's last, or for its first what the clock shows. */
  #near(ticks: bigint): bigint {
    if (this.#ticks !== undefined) return this.#ticks;
    const offsetUs = this.#clock.offsetUs;
    return offsetUs === undefined ? ticks : usToTicks(this.#clock.highUs - offsetUs, this.#base);
  }

  #fits(timeUs: number, arrivalUs: number | undefined): boolean {
    const { startUs, highUs, jumpUs, reorderUs } = this.#clock;
    const earliestUs = this.#lastUs === undefined ? startUs - jumpUs : this.#lastUs - reorderUs;
    // A pause as long in timestamps as on the wall is an outage, not a jump.
    return timeUs >= earliestUs && timeUs <= highUs + this.#clock.passedUs(arrivalUs) + jumpUs;
  }

  #expectedUs(): number {
    return this.#lastUs === undefined ? this.#clock.highUs : this.#lastUs + this.#stepUs;
  }

  #settle(timeUs: number, discontinuity: boolean, arrivalUs: number | undefined): MediaTime {
    if (this.#lastUs !== undefined && !discontinuity && timeUs > this.#lastUs) this.#stepUs = timeUs - this.#lastUs;
    // The highest, not the newest: a reordered packet must not let the next one look like a jump.
    this.#lastUs = this.#lastUs === undefined ? timeUs : Math.max(this.#lastUs, timeUs);
    this.#clock.reach(timeUs, arrivalUs);
    return { timeUs, discontinuity };
  }
}

/** Where a chunk of samples goes. */
export interface Placement {
  /** Index of the first sample that is kept, counted from media time 0. */
  readonly at: number;
  /** Samples to leave out at the chunk's beginning, since they are already there. */
  readonly skip: number;
  /** Samples missing between the last chunk and this one. */
  readonly hole: number;
}

/**
 * Counts samples against timestamps. The count rules: timestamps that differ from it by no more than the tolerance
 * (rounding, jitter, the slow drift of two crystals) move no sample. Beyond it a hole is a hole and an overlap is cut,
 * and the count starts anew from the timestamp; so drift is corrected in rare steps that are marked, never smeared.
 */
export class SampleClock {
  readonly #rateHz: number;
  readonly #tolerance: number;
  #next: number | undefined;

  /**
   * @param rateHz samples in a second
   * @param toleranceUs how far a timestamp may be from the count [µs]. Default 40 ms: two frames of AAC at 48 kHz,
   *   and about what is allowed between sound and picture (ITU-R BT.1359).
   */
  constructor(rateHz: number, toleranceUs = 40_000) {
    this.#rateHz = rateHz;
    this.#tolerance = Math.round(toleranceUs * rateHz / 1e6);
  }

  /** Index of the sample expected next; undefined before the first chunk. */
  get next(): number | undefined {
    return this.#next;
  }

  /** Places a chunk of `count` samples that says it begins at `startUs`; all of it may have to be skipped. */
  place(startUs: number, count: number): Placement {
    const placement = this.#placementOf(startUs, count);
    this.#next = placement.at + count - placement.skip;
    return placement;
  }

  /** Where the count would be after such a chunk. */
  after(startUs: number, count: number): number {
    const { at, skip } = this.#placementOf(startUs, count);
    return at + count - skip;
  }

  #placementOf(startUs: number, count: number): Placement {
    const said = Math.round(startUs * this.#rateHz / 1e6);
    const next = this.#next ?? said;
    const error = said - next;
    const kept = Math.abs(error) <= this.#tolerance;
    const skip = kept || error > 0 ? 0 : Math.min(-error, count);
    const hole = kept || error < 0 ? 0 : error;
    return { at: next + hole, skip, hole };
  }

  /** Forgets the count, as after a jump: the next chunk's timestamp is believed. */
  reset(): void {
    this.#next = undefined;
  }
}
