import {
  AV_CHANNEL_ORDER_NATIVE, AV_CHANNEL_ORDER_UNSPEC, AV_SAMPLE_FMT_FLT, AVERROR_EAGAIN, AVERROR_EOF, SoftwareResampleContext,
  freeContext, freeFrame, newFrame, ok, openDecoder,
  type CodecContext, type CodecParameters, type Frame, type Packet,
} from './native.js';
import { SAMPLE_RATE_HZ } from './types.js';

/** Sound as it comes out of one packet. */
export interface DecodedAudio {
  /** Media time of the first sample [µs]. */
  readonly startUs: number;
  /** Samples, `[n]`, 16 kHz mono; a copy that the caller owns. */
  readonly samples: Float32Array;
}

interface Resampler {
  readonly sampleRate: number;
  readonly format: Frame['format'];
  readonly channels: number;
  readonly context: SoftwareResampleContext;
}

const RATE = BigInt(SAMPLE_RATE_HZ);
/** The samples that one conversion may put out at most: a second of sound. */
const MOST_OUT = SAMPLE_RATE_HZ;

/** Channel masks for layouts that only give a count (PCM cameras): mono, stereo. */
const DEFAULT_MASKS = [4n, 3n] as const;

/**
 * One track's sound to 16 kHz mono float. Synchronous on purpose: a packet decodes in some 20 µs, and a trip
 * through the thread pool costs more than that.
 */
export class AudioDecoder implements Disposable {
  readonly #decoder: CodecContext;
  readonly #frame: Frame;
  readonly #planes = [Buffer.allocUnsafeSlow(MOST_OUT * 4 + 256)];
  readonly #out: Float32Array;
  #resampler: Resampler | undefined;
  #damaged = 0;

  /** @param parameters of the stream; borrowed for the call */
  constructor(parameters: CodecParameters) {
    this.#decoder = openDecoder(parameters);
    this.#frame = newFrame();
    const [plane] = this.#planes;
    this.#out = new Float32Array(plane?.buffer ?? new ArrayBuffer(0), 0, MOST_OUT);
  }

  /** Packets or frames that could not be decoded. */
  get damaged(): number {
    return this.#damaged;
  }

  /** Decodes one packet whose pts is media time [µs]. A damaged packet gives nothing and is counted. */
  decode(packet: Packet): DecodedAudio[] {
    if (this.#decoder.sendPacketSync(packet) < 0) {
      this.#damaged += 1;
      return [];
    }
    const decoded: DecodedAudio[] = [];
    for (;;) {
      const result = this.#decoder.receiveFrameSync(this.#frame);
      if (result === AVERROR_EAGAIN || result === AVERROR_EOF) return decoded;
      if (result < 0) {
        this.#damaged += 1;
        return decoded;
      }
      const audio = this.#resample(this.#frame);
      this.#frame.unref();
      if (audio !== undefined) decoded.push(audio);
    }
  }

  #resample(frame: Frame): DecodedAudio | undefined {
    const { context } = this.#resamplerFor(frame);
    // Samples that the resampler still holds come out first: the chunk begins that much earlier.
    const heldUs = Math.round((Number(context.getDelay(RATE)) / SAMPLE_RATE_HZ) * 1e6);
    const count = ok(context.convertSync(this.#planes, MOST_OUT, frame.extendedData, frame.nbSamples), 'swr_convert');
    if (count === 0) return undefined;
    return { startUs: Number(frame.bestEffortTimestamp) - heldUs, samples: this.#out.slice(0, count) };
  }

  /** Follows a change of rate, format or channels in mid-stream. */
  #resamplerFor(frame: Frame): Resampler {
    const { sampleRate, format, channels } = frame;
    const last = this.#resampler;
    if (last?.sampleRate === sampleRate && last.format === format && last.channels === channels) return last;
    last?.context.free();
    const from = frame.channelLayout;
    const mask = DEFAULT_MASKS[channels - 1];
    const known = from.order === AV_CHANNEL_ORDER_UNSPEC && mask !== undefined ? { nbChannels: channels, order: AV_CHANNEL_ORDER_NATIVE, mask } : from;
    const context = new SoftwareResampleContext();
    const mono = { nbChannels: 1, order: AV_CHANNEL_ORDER_NATIVE, mask: 4n };
    ok(context.allocSetOpts2(mono, AV_SAMPLE_FMT_FLT, SAMPLE_RATE_HZ, known, format as typeof AV_SAMPLE_FMT_FLT, sampleRate), 'swr_alloc_set_opts2');
    // Without this a stereo mix to float is not normalised and peaks above 1.
    context.setOption('rematrix_maxval', '1');
    ok(context.init(), 'swr_init');
    this.#resampler = { sampleRate, format, channels, context };
    return this.#resampler;
  }

  /** Frees the decoder and the resampler. */
  [Symbol.dispose](): void {
    freeContext(this.#decoder);
    freeFrame(this.#frame);
    this.#resampler?.context.free();
    this.#resampler = undefined;
  }
}
