/**
 * The one door to libav (node-av's low-level classes). Everything that keeps it from crashing the process
 * is decided here: packets and frames are always allocated before use (an unallocated one is a SIGSEGV,
 * not an exception), return codes are checked, codec parameters are copied away from the format context
 * that owns them, and every native object is counted so that tests can find a leak.
 */
import * as av from 'node-av/constants';
import {
  Codec, CodecContext, CodecParameters, Dictionary, FFmpegError, FormatContext, Frame, Log, Packet,
  Rational, SoftwareResampleContext, SoftwareScaleContext, avGetCodecName,
} from 'node-av/lib';

export {
  AV_CHANNEL_ORDER_NATIVE, AV_CHANNEL_ORDER_UNSPEC, AV_CODEC_FLAG_GLOBAL_HEADER, AV_CODEC_ID_H264, AV_CODEC_ID_OPUS, AV_CODEC_ID_VP8, AV_LOG_ERROR,
  AV_LOG_QUIET, AV_NOPTS_VALUE, AV_OPT_SEARCH_CHILDREN, AV_OPT_TYPE_STRING, AV_PIX_FMT_RGB24, AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P, AV_SAMPLE_FMT_FLT, AV_SAMPLE_FMT_FLTP,
  AVDISCARD_ALL, AVERROR_EAGAIN, AVERROR_EOF, AVERROR_EXIT, AVERROR_HTTP_BAD_REQUEST,
  AVERROR_HTTP_FORBIDDEN, AVERROR_HTTP_NOT_FOUND, AVERROR_HTTP_OTHER_4XX, AVERROR_HTTP_SERVER_ERROR, AVERROR_HTTP_TOO_MANY_REQUESTS,
  AVERROR_HTTP_UNAUTHORIZED, AVERROR_INVALIDDATA, AVERROR_PROTOCOL_NOT_FOUND, AVERROR_STREAM_NOT_FOUND, AV_DISPOSITION_ATTACHED_PIC,
  AVFMT_GLOBALHEADER,
  AVMEDIA_TYPE_AUDIO, AVMEDIA_TYPE_VIDEO, SWS_BILINEAR, SWS_FAST_BILINEAR,
} from 'node-av/constants';
export { Codec, CodecContext, CodecParameters, Dictionary, FormatContext, Frame, Packet, Rational, SoftwareResampleContext, SoftwareScaleContext };
export type { IRational, Stream } from 'node-av/lib';

/** Native objects that are alive because this file made them and nobody freed them yet. */
export interface LiveNatives {
  readonly packets: number;
  readonly frames: number;
  readonly contexts: number;
}

const live = { packets: 0, frames: 0, contexts: 0 };

/** Counts the live native objects, for leak tests and for the media process's health. */
export const liveNatives = (): LiveNatives => ({ ...live });

/** A libav call that answered with an error code. */
export class NativeError extends Error {
  override readonly name = 'NativeError';
  /** The AVERROR, always negative. */
  readonly code: number;
  readonly operation: string;

  /**
   * @param code the AVERROR
   * @param operation which libav function said so
   */
  constructor(code: number, operation: string) {
    super(`${operation}: ${FFmpegError.strerror(code)}`);
    this.code = code;
    this.operation = operation;
  }
}

/** Returns a non-negative result and throws a {@link NativeError} for any other. */
export const ok = (result: number, operation: string): number => {
  if (result < 0) throw new NativeError(result, operation);
  return result;
};

/** An allocated, empty packet. Its maker frees it with {@link freePacket}. */
export const newPacket = (): Packet => {
  const packet = new Packet();
  packet.alloc();
  live.packets += 1;
  return packet;
};

/** A packet of these compressed bytes, which are copied. The caller frees it. */
export const packetOf = (bytes: Buffer, key: boolean): Packet => {
  const packet = newPacket();
  packet.data = bytes;
  packet.isKeyframe = key;
  return packet;
};

/** A second reference to the same compressed bytes (a reference count, no copy). The caller frees it. */
export const clonePacket = (packet: Packet): Packet => {
  const clone = packet.clone();
  if (clone === null) throw new NativeError(av.AVERROR_ENOMEM, 'av_packet_clone');
  live.packets += 1;
  return clone;
};

/** Frees a packet. */
export const freePacket = (packet: Packet): void => {
  packet.free();
  live.packets -= 1;
};

/** An allocated, empty frame. Its maker frees it with {@link freeFrame}. */
export const newFrame = (): Frame => {
  const frame = new Frame();
  frame.alloc();
  live.frames += 1;
  return frame;
};

/** A second reference to the same pixels. The caller frees it. */
export const cloneFrame = (frame: Frame): Frame => {
  const clone = frame.clone();
  if (clone === null) throw new NativeError(av.AVERROR_ENOMEM, 'av_frame_clone');
  live.frames += 1;
  return clone;
};

/** Frees a frame. */
export const freeFrame = (frame: Frame): void => {
  frame.free();
  live.frames -= 1;
};

/** A copy of a stream's codec parameters that outlives its format context. The caller frees it. */
export const copyParameters = (source: CodecParameters): CodecParameters => {
  const copy = new CodecParameters();
  copy.alloc();
  ok(source.copy(copy), 'avcodec_parameters_copy');
  return copy;
};

/** The size that a codec's parser finds in its parameter sets [px]; undefined where it finds none. */
export const parsedSize = ({ codecType, codecId }: CodecParameters, sets: Buffer): { readonly width: number; readonly height: number } | undefined => {
  const parameters = new CodecParameters();
  parameters.alloc();
  try {
    parameters.codecType = codecType;
    parameters.codecId = codecId;
    parameters.extradata = sets;
    parameters.parseExtradata();
    const { width, height } = parameters;
    return width > 0 && height > 0 ? { width, height } : undefined;
  } finally {
    parameters.free();
  }
};

/** What is known of a track that no container describes. */
export interface TrackDescription {
  readonly type: CodecParameters['codecType'];
  readonly codecId: CodecParameters['codecId'];
  /** Sound only. */
  readonly sampleRateHz?: number;
  readonly channels?: 1 | 2;
}

/** Codec parameters for a track that no container describes. The caller frees them. */
export const describeTrack = ({ type, codecId, sampleRateHz, channels }: TrackDescription): CodecParameters => {
  const parameters = new CodecParameters();
  parameters.alloc();
  parameters.codecType = type;
  parameters.codecId = codecId;
  if (sampleRateHz !== undefined) parameters.sampleRate = sampleRateHz;
  if (channels !== undefined) parameters.channelLayout = { nbChannels: channels, order: av.AV_CHANNEL_ORDER_NATIVE, mask: channels === 1 ? 4n : 3n };
  return parameters;
};

/** Options of a decoder. */
export interface DecoderOptions {
  /** Threads inside libavcodec; one is as quick as two for a frame on demand and leaves the cores to others. */
  readonly threads?: number;
}

/** Opens a decoder for these parameters and packets whose times are microseconds. The caller frees it with {@link freeContext}. */
export const openDecoder = (parameters: CodecParameters, options: DecoderOptions = {}): CodecContext => {
  const codec = Codec.findDecoder(parameters.codecId);
  if (codec === null) throw new NativeError(av.AVERROR_DECODER_NOT_FOUND, 'avcodec_find_decoder');
  const context = new CodecContext();
  context.allocContext3(codec);
  live.contexts += 1;
  try {
    ok(context.parametersToContext(parameters), 'avcodec_parameters_to_context');
    context.threadCount = options.threads ?? 1;
    // Without it, frames that lose their beginning (the 6.5 ms that Opus is primed with) keep the time of what was cut away.
    context.pktTimebase = new Rational(1, 1_000_000);
    ok(context.open2Sync(codec), 'avcodec_open2');
    return context;
  } catch (error) {
    freeContext(context);
    throw error;
  }
};

/** Frees a decoder or an encoder. */
export const freeContext = (context: CodecContext): void => {
  context.freeContext();
  live.contexts -= 1;
};

/** Counts a codec context that was made elsewhere (an encoder), so that {@link freeContext} balances. */
export const adoptContext = (context: CodecContext): CodecContext => {
  live.contexts += 1;
  return context;
};

/** libav's own messages are not for users; they go to the given function (or nowhere). */
export const routeNativeLog = (write: ((line: string) => void) | undefined): void => {
  if (write === undefined) {
    Log.setLevel(av.AV_LOG_QUIET);
    return;
  }
  Log.setLevel(av.AV_LOG_WARNING);
  Log.setCallback((_level, message) => {
    write(message.trimEnd());
  });
};

/** The name of a codec as users know it (`h264`, `aac`). */
export const codecName = (parameters: CodecParameters): string =>
  avGetCodecName(parameters.codecId) ?? `codec ${String(parameters.codecId)}`;
