/**
 * A picture for people: the newest key frame as JPEG, with a decoder and an encoder of its own that live for that one
 * picture. What the gates decode, keep and count is not touched.
 */
import type { GopRing } from './gop-ring.js';
import {
  AVERROR_EAGAIN, AV_PIX_FMT_YUVJ420P, Codec, CodecContext, NativeError, Rational, SWS_BILINEAR, SoftwareScaleContext,
  adoptContext, clonePacket, freeContext, freeFrame, freePacket, newFrame, newPacket, ok, openDecoder,
  type CodecParameters, type Frame, type Packet,
} from './native.js';
import type { StillAnswer, StillRequest } from './types.js';

/** Quantiser of the JPEG, 1 (best) to 31; a picture of 640×360 takes some 30 kB. */
const QUANTISER = 5;

const even = (pixels: number): number => Math.max(2, Math.round(pixels / 2) * 2);

/** Decodes one key frame; undefined when it is damaged. The caller frees the frame. */
const decodeKey = (parameters: CodecParameters, key: Packet): Frame | undefined => {
  const decoder = openDecoder(parameters);
  const packet = clonePacket(key);
  const frame = newFrame();
  try {
    decoder.sendPacketSync(packet);
    decoder.sendPacketSync(null);
    if (decoder.receiveFrameSync(frame) >= 0) return frame;
  } catch (error) {
    freeFrame(frame);
    throw error;
  } finally {
    freePacket(packet);
    freeContext(decoder);
  }
  freeFrame(frame);
  return undefined;
};

/** The frame in the size and the colours that JPEG has. The caller frees it. */
const prepared = (frame: Frame, maxWidth: number): Frame => {
  const width = even(Math.min(maxWidth, frame.width));
  const height = even(frame.height * (width / frame.width));
  const scaled = newFrame();
  const scaler = new SoftwareScaleContext();
  try {
    scaled.format = AV_PIX_FMT_YUVJ420P;
    scaled.width = width;
    scaled.height = height;
    ok(scaled.allocBuffer(), 'av_frame_get_buffer');
    scaler.getContext(frame.width, frame.height, frame.format as Parameters<typeof scaler.getContext>[2], width, height, AV_PIX_FMT_YUVJ420P, SWS_BILINEAR);
    ok(scaler.scaleFrameSync(scaled, frame), 'sws_scale_frame');
    return scaled;
  } catch (error) {
    freeFrame(scaled);
    throw error;
  } finally {
    scaler.freeContext();
  }
};

const openEncoder = (frame: Frame): CodecContext => {
  const codec = Codec.findEncoderByName('mjpeg' as Parameters<typeof Codec.findEncoderByName>[0]);
  if (codec === null) throw new NativeError(AVERROR_EAGAIN, 'avcodec_find_encoder mjpeg');
  const context = new CodecContext();
  context.allocContext3(codec);
  adoptContext(context);
  context.width = frame.width;
  context.height = frame.height;
  context.pixelFormat = AV_PIX_FMT_YUVJ420P;
  context.timeBase = new Rational(1, 1);
  context.threadCount = 1;
  context.qMin = QUANTISER;
  context.qMax = QUANTISER;
  try {
    ok(context.open2Sync(codec), 'open mjpeg');
    return context;
  } catch (error) {
    freeContext(context);
    throw error;
  }
};

const encode = (frame: Frame): Uint8Array => {
  const encoder = openEncoder(frame);
  const packet = newPacket();
  try {
    frame.pts = 0n;
    ok(encoder.sendFrameSync(frame), 'avcodec_send_frame');
    ok(encoder.sendFrameSync(null), 'avcodec_send_frame');
    ok(encoder.receivePacketSync(packet), 'avcodec_receive_packet');
    // Bytes of its own: the packet's are native memory, and these are handed to another thread.
    return Uint8Array.from(packet.data ?? []);
  } finally {
    freePacket(packet);
    freeContext(encoder);
  }
};

/** The newest key frame of a ring as JPEG; each is made once. */
export class Stills {
  readonly #ring: Pick<GopRing<Packet>, 'newest'>;
  readonly #parameters: CodecParameters;
  #last: { readonly gop: number; readonly width: number; readonly answer: StillAnswer } | undefined;

  /**
   * @param ring where the key frames are; borrowed
   * @param parameters of the stream; borrowed
   */
  constructor(ring: Pick<GopRing<Packet>, 'newest'>, parameters: CodecParameters) {
    this.#ring = ring;
    this.#parameters = parameters;
  }

  /** The newest key frame, at most so wide; no picture when there is none or it cannot be decoded. */
  make({ maxWidth }: StillRequest): StillAnswer {
    const gop = this.#ring.newest;
    const key = gop?.packets[0];
    if (gop === undefined || key === undefined) return { timeUs: 0, ms: 0 };
    if (this.#last?.gop === gop.id && this.#last.width === maxWidth) return { ...this.#last.answer, ms: 0 };
    const startMs = performance.now();
    const frame = decodeKey(this.#parameters, key.packet);
    if (frame === undefined) return { timeUs: gop.keyUs, ms: performance.now() - startMs };
    try {
      const small = prepared(frame, maxWidth);
      try {
        const answer: StillAnswer = { jpeg: encode(small), timeUs: gop.keyUs, ms: performance.now() - startMs };
        this.#last = { gop: gop.id, width: maxWidth, answer };
        return answer;
      } finally {
        freeFrame(small);
      }
    } finally {
      freeFrame(frame);
    }
  }
}
