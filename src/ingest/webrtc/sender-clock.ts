/**
 * The publisher's clock. Each track counts from a random number of its own; until its sender reports say how the two belong
 * together (RFC 3550, section 6.4.1), tracks are put where they arrived.
 */
import { ticksToUs, unwrap, type TimeBase } from '../../media/clock.js';

/** Beyond this, reports that disagree with the arrivals are wrong, not late [µs]. */
const MOST_CORRECTION_US = 5_000_000;
/** Disagreement that nobody sees or hears [µs]. */
const ENOUGH_US = 2_000;

/** NTP time (32.32 bits, seconds since 1900) as microseconds. Only differences are used. */
export const ntpToUs = (ntp: bigint): number => Number((ntp * 1_000_000n) >> 32n);

/** One track on the publisher's clock. */
export class SenderTrack {
  readonly #base: TimeBase;
  readonly #master: SenderTrack | undefined;
  #ticks: bigint | undefined;
  #lastUs: number | undefined;
  /** Publisher's time − timestamp, as arrivals say it first and reports correct it [µs]. */
  #offsetUs: number | undefined;
  /** NTP time − timestamp, as the last report says it [µs]. */
  #ntpOffsetUs: number | undefined;

  /**
   * @param rateHz ticks a second
   * @param master the track that stays where it is while this one is corrected: sound, which must not be stretched
   */
  constructor(rateHz: number, master?: SenderTrack) {
    this.#base = { num: 1, den: rateHz, bits: 32 };
    this.#master = master;
  }

  /**
   * The publisher's time of an RTP timestamp [µs], on the scale of the arrivals.
   * @param timestamp 32 bits
   * @param arrivalUs on a clock that goes on [µs]
   */
  read(timestamp: number, arrivalUs: number): number {
    const ticks = unwrap(BigInt(timestamp), this.#ticks ?? BigInt(timestamp), 32);
    this.#ticks = ticks;
    const us = ticksToUs(ticks, this.#base);
    this.#offsetUs ??= arrivalUs - us;
    this.#correct(us);
    this.#lastUs = this.#lastUs === undefined ? us : Math.max(this.#lastUs, us);
    return us + this.#offsetUs;
  }

  /** A sender report: at this NTP time the track's clock showed this timestamp. Nothing before the first packet. */
  report(ntpUs: number, timestamp: number): void {
    if (this.#ticks !== undefined) this.#ntpOffsetUs = ntpUs - ticksToUs(unwrap(BigInt(timestamp), this.#ticks, 32), this.#base);
  }

  /** The track begins anew (another SSRC): its timestamps have nothing to do with those before. */
  reset(): void {
    this.#ticks = undefined;
    this.#lastUs = undefined;
    this.#offsetUs = undefined;
    this.#ntpOffsetUs = undefined;
  }

  /** How far the reports would move this track [µs]; 0 while they do not say or make no sense. */
  get errorUs(): number {
    const mine = this.ntpToHereUs;
    const masters = this.#master?.ntpToHereUs;
    if (mine === undefined || masters === undefined) return 0;
    const error = masters - mine;
    return Math.abs(error) < ENOUGH_US || Math.abs(error) > MOST_CORRECTION_US ? 0 : error;
  }

  /** The publisher's time as it is used here, less its NTP time [µs]: equal for tracks that are together. */
  get ntpToHereUs(): number | undefined {
    return this.#offsetUs === undefined || this.#ntpOffsetUs === undefined ? undefined : this.#offsetUs - this.#ntpOffsetUs;
  }

  /** Forwards at once; backwards no faster than half of what passes, so that time goes on. */
  #correct(us: number): void {
    const error = this.errorUs;
    if (error === 0 || this.#offsetUs === undefined) return;
    const passedUs = this.#lastUs === undefined ? 0 : Math.max(0, us - this.#lastUs);
    this.#offsetUs += Math.max(error, -passedUs / 2);
  }
}
