/**
 * Decodes one GOP at a time, forwards only, and never a packet twice while it can help it: the decoder stays
 * where the last request left it, and the frames it passed are kept (within a bound) for requests that come
 * a little later in the same GOP.
 */
import {
  AVERROR_EAGAIN, AVERROR_EOF, clonePacket, cloneFrame, freeContext, freeFrame, freePacket, newFrame, ok, openDecoder,
  type CodecContext, type CodecParameters, type Frame, type Packet,
} from './native.js';
import type { Gop } from './gop-ring.js';

/** Counts of one decoder since it began. */
export interface DecoderCounts {
  /** Packets handed to the decoder. */
  readonly packetsSent: number;
  /** Frames that came out. */
  readonly framesDecoded: number;
}

interface Kept {
  readonly frame: Frame;
  readonly bytes: number;
}

/** Frames that may come out of the decoder at once (reordering), so that none is lost before it is delivered. */
const ALWAYS_KEPT = 4;

/** Frames of one GOP by the time they are shown; owns the references. */
class KeptFrames {
  readonly #frames = new Map<number, Kept>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(timeUs: number): Frame | undefined {
    return this.#frames.get(timeUs)?.frame;
  }

  /** Keeps a reference; the oldest make room. */
  add(timeUs: number, frame: Frame): void {
    const bytes = Math.ceil(frame.width * frame.height * 1.5);
    if (this.#frames.has(timeUs)) return;
    for (const [oldestUs, oldest] of this.#frames) {
      // A few are always kept, however large: the one just asked for is handed over from here.
      if (this.#bytes + bytes <= this.#maxBytes || this.#frames.size < ALWAYS_KEPT) break;
      this.#drop(oldestUs, oldest);
    }
    this.#frames.set(timeUs, { frame: cloneFrame(frame), bytes });
    this.#bytes += bytes;
  }

  #drop(timeUs: number, kept: Kept): void {
    freeFrame(kept.frame);
    this.#bytes -= kept.bytes;
    this.#frames.delete(timeUs);
  }

  clear(): void {
    for (const [timeUs, kept] of this.#frames) this.#drop(timeUs, kept);
  }
}

/** A long run of decoding lets the reader of the same camera in this often [ms]. */
const BREATHE_MS = 15;

/** What to do with each wanted frame, in time order; it is only lent for the call. */
export type FrameSink = (timeUs: number, frame: Frame) => void;

/** One camera's decoder. It is not re-entrant: its owner runs one request at a time. */
export class GopDecoder implements Disposable {
  readonly #parameters: CodecParameters;
  readonly #kept: KeptFrames;
  readonly #counts = { packetsSent: 0, framesDecoded: 0 };
  #context: CodecContext | undefined;
  #gopId = 0;
  #sent = 0;
  /** The decoder was told that nothing follows: it must start again at a key frame. */
  #drained = false;
  #reachedUs = -Infinity;

  /**
   * @param parameters of the stream; borrowed, the owner frees them after this decoder
   * @param keptBytes bound on the decoded frames kept for later requests into the same GOP
   */
  constructor(parameters: CodecParameters, keptBytes: number) {
    this.#parameters = parameters;
    this.#kept = new KeptFrames(keptBytes);
  }

  /** How much it has worked. */
  get counts(): DecoderCounts {
    return { ...this.#counts };
  }

  /**
   * Delivers the frames of a GOP shown at the given times (each must be the time of one of its packets).
   * @param wantedUs ascending [µs]
   * @param sink called once per frame that could be decoded, in time order
   * @param cancelled asked between packets
   * @returns time in the decoder [ms]
   */
  async deliver(gop: Gop<Packet>, wantedUs: readonly number[], sink: FrameSink, cancelled: () => boolean): Promise<number> {
    const missing = wantedUs.filter((timeUs) => this.#gopId !== gop.id || this.#kept.get(timeUs) === undefined);
    const [earliest] = missing;
    if (earliest !== undefined && (this.#gopId !== gop.id || this.#drained || earliest <= this.#reachedUs)) this.#restart(gop.id);
    let decodeMs = 0;
    for (const timeUs of wantedUs) {
      if (cancelled()) break;
      if (this.#kept.get(timeUs) === undefined) decodeMs += await this.#advance(gop, timeUs, cancelled);
      const frame = this.#kept.get(timeUs);
      if (frame !== undefined) sink(timeUs, frame);
    }
    return decodeMs;
  }

  /** Decodes on until the frame shown at `untilUs` is out; passed frames are kept. */
  async #advance(gop: Gop<Packet>, untilUs: number, cancelled: () => boolean): Promise<number> {
    const context = this.#open();
    const startMs = performance.now();
    let breathedMs = startMs;
    while (this.#reachedUs < untilUs && !this.#drained && !cancelled()) {
      const next = gop.packets[this.#sent];
      if (next === undefined) {
        context.sendPacketSync(null);
        this.#drained = true;
      } else {
        this.#send(context, next.packet);
      }
      this.#receive(context);
      if (performance.now() - breathedMs > BREATHE_MS) {
        await new Promise((resolve) => setImmediate(resolve));
        breathedMs = performance.now();
      }
    }
    return performance.now() - startMs;
  }

  #send(context: CodecContext, packet: Packet): void {
    // A reference of our own: the ring may evict the GOP while the decoder works.
    const clone = clonePacket(packet);
    try {
      this.#sent += 1;
      this.#counts.packetsSent += 1;
      // A damaged packet is refused with an error; the frames that follow it may still be good.
      context.sendPacketSync(clone);
    } finally {
      freePacket(clone);
    }
  }

  #receive(context: CodecContext): void {
    const frame = newFrame();
    try {
      for (;;) {
        const result = context.receiveFrameSync(frame);
        if (result === AVERROR_EAGAIN || result === AVERROR_EOF) return;
        ok(result, 'avcodec_receive_frame');
        // The reader wrote media time into the packets (see `connection.ts`), so the frames carry it.
        const timeUs = Number(frame.bestEffortTimestamp);
        this.#counts.framesDecoded += 1;
        this.#reachedUs = Math.max(this.#reachedUs, timeUs);
        this.#kept.add(timeUs, frame);
        frame.unref();
      }
    } finally {
      freeFrame(frame);
    }
  }

  #open(): CodecContext {
    this.#context ??= openDecoder(this.#parameters);
    return this.#context;
  }

  #restart(gopId: number): void {
    this.#context?.flushBuffers();
    if (gopId !== this.#gopId) this.#kept.clear();
    this.#gopId = gopId;
    this.#sent = 0;
    this.#drained = false;
    this.#reachedUs = -Infinity;
  }

  /** Lets go of the decoded frames (memory), not of the decoder. */
  forget(): void {
    this.#kept.clear();
    this.#gopId = 0;
  }

  /** Frees the decoder and the frames it kept. */
  [Symbol.dispose](): void {
    this.#kept.clear();
    if (this.#context !== undefined) freeContext(this.#context);
    this.#context = undefined;
  }
}
