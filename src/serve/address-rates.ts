import { TokenBucket, type Rate } from './token-bucket.js';

/** What counts as one caller: an IPv4 address, or the /64 an IPv6 address is in, since whoever has one has them all. */
export const callerOf = (address: string | undefined): string => {
  const plain = (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - groups.length - after.length) }, () => '0');
  return [...groups, ...middle, ...after].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(':');
};

/** Counts requests against a {@link Rate} for each address. */
export class AddressRates {
  readonly #rate: Rate;
  readonly #most: number;
  readonly #nowMs: () => number;
  /** By address, the one that called last at the end. */
  readonly #buckets = new Map<string, TokenBucket>();

  /**
   * @param rate what each address may do
   * @param most addresses remembered; the one that has been silent longest is forgotten, and may begin anew
   * @param nowMs a clock that does not run backwards [ms]
   */
  constructor(rate: Rate, most: number, nowMs: () => number) {
    this.#rate = rate;
    this.#most = most;
    this.#nowMs = nowMs;
  }

  /** Counts a request of this address, `weight` times; false when it made too many. */
  take(address: string | undefined, weight = 1): boolean {
    const caller = callerOf(address);
    const bucket = this.#buckets.get(caller) ?? new TokenBucket(this.#rate, this.#nowMs());
    this.#buckets.delete(caller);
    this.#buckets.set(caller, bucket);
    if (this.#buckets.size > this.#most) {
      const [silent] = this.#buckets.keys();
      if (silent !== undefined) this.#buckets.delete(silent);
    }
    return bucket.take(this.#nowMs(), weight);
  }
}
