/** H.264 over RTP (RFC 6184): single NAL units, aggregates (STAP-A) and fragments (FU-A), to a byte stream (Annex B). */
import type { Depacketiser, VideoFrame } from './frames.js';
import { sizeInSps } from '../../media/sps.js';

const START_CODE = Buffer.from([0, 0, 0, 1]);
const IDR = 5;
const SPS = 7;
const PPS = 8;
const STAP_A = 24;
const FU_A = 28;

const byteStream = (nals: readonly Buffer[]): Buffer => Buffer.concat(nals.flatMap((nal) => [START_CODE, nal]));

const typeOf = (nal: Buffer): number => (nal[0] ?? 0) & 0x1f;

/** One stream's payloads to access units. It keeps the parameter sets, for key frames that come without. */
export class H264Depacketiser implements Depacketiser {
  #nals: Buffer[] = [];
  /** Fragments of the NAL unit in progress. */
  #fragments: Buffer[] | undefined;
  #sps: Buffer | undefined;
  #pps: Buffer | undefined;

  /** @param parameterSets from the offer (`sprop-parameter-sets`), without start codes */
  constructor(parameterSets: readonly Buffer[] = []) {
    for (const nal of parameterSets) this.#note(nal);
  }

  /** See {@link Depacketiser.add}. */
  add(payload: Buffer): boolean {
    const type = typeOf(payload);
    if (type >= 1 && type < STAP_A) return this.#unit(payload);
    if (type === STAP_A) return this.#aggregate(payload);
    return type === FU_A && this.#fragment(payload);
  }

  /** See {@link Depacketiser.take}: undefined when it holds no picture (parameter sets alone). */
  take(timestamp: number): VideoFrame | undefined {
    const nals = this.#nals;
    const whole = this.#fragments === undefined;
    this.drop();
    const types = nals.map(typeOf);
    if (!whole || !types.some((type) => type >= 1 && type <= IDR)) return undefined;
    const key = types.includes(IDR) && this.#sps !== undefined && this.#pps !== undefined;
    const sets = key ? [...(types.includes(SPS) ? [] : [this.#sps]), ...(types.includes(PPS) ? [] : [this.#pps])].flatMap((nal) => nal ?? []) : [];
    const size = key && this.#sps !== undefined ? sizeInSps(this.#sps) : undefined;
    return { timestamp, key, data: byteStream([...sets, ...nals]), ...(size === undefined ? {} : { size }) };
  }

  /** See {@link Depacketiser.drop}. */
  drop(): void {
    this.#nals = [];
    this.#fragments = undefined;
  }

  #unit(nal: Buffer): boolean {
    if (this.#fragments !== undefined) return false;
    this.#note(nal);
    this.#nals.push(nal);
    return true;
  }

  #note(nal: Buffer): void {
    if (typeOf(nal) === SPS) this.#sps = nal;
    else if (typeOf(nal) === PPS) this.#pps = nal;
  }

  /** Section 5.7.1: each unit behind its length. */
  #aggregate(payload: Buffer): boolean {
    for (let at = 1; at < payload.length;) {
      const length = at + 2 <= payload.length ? payload.readUInt16BE(at) : 0;
      if (length === 0 || at + 2 + length > payload.length) return false;
      if (!this.#unit(payload.subarray(at + 2, at + 2 + length))) return false;
      at += 2 + length;
    }
    return true;
  }

  /** Section 5.8: the unit's header is split over the first two bytes of each fragment. */
  #fragment(payload: Buffer): boolean {
    const [indicator, header] = payload;
    if (indicator === undefined || header === undefined) return false;
    const begins = (header & 0x80) !== 0;
    if (begins === (this.#fragments !== undefined)) return false;
    this.#fragments ??= [Buffer.from([(indicator & 0xe0) | (header & 0x1f)])];
    this.#fragments.push(payload.subarray(2));
    if ((header & 0x40) === 0) return true;
    const nal = Buffer.concat(this.#fragments);
    this.#fragments = undefined;
    return this.#unit(nal);
  }
}

/** The parameter sets that an offer's `fmtp` carries (RFC 6184, section 8.1). */
export const parameterSetsOf = (fmtp: string): Buffer[] =>
  (/sprop-parameter-sets=([^;\s]+)/.exec(fmtp)?.[1]?.split(',') ?? []).map((text) => Buffer.from(text, 'base64')).filter((nal) => nal.length > 0);
