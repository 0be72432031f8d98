/**
 * Writes recordings: the sample, the fixtures of the tests and the media of the benchmarks are all made
 * here, with the encoders inside libav, so that nothing but npm is needed.
 */
import {
  AV_CHANNEL_ORDER_NATIVE, AV_CODEC_FLAG_GLOBAL_HEADER, AV_PIX_FMT_RGB24, AV_PIX_FMT_YUV420P, AV_SAMPLE_FMT_FLT, AV_SAMPLE_FMT_FLTP,
  AVERROR_EAGAIN, AVERROR_EOF, AVFMT_GLOBALHEADER, AV_OPT_SEARCH_CHILDREN, AV_OPT_TYPE_STRING, SWS_BILINEAR,
  Codec, CodecContext, Dictionary, FormatContext, Frame, Rational, SoftwareScaleContext,
  adoptContext, freeContext, freePacket, newPacket, ok, routeNativeLog,
  type Stream,
} from '../../src/media/native.js';

/** The pictures of a recording. */
export interface VideoTrack {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** How many frames, and each of them: RGB, `[height, width, 3]`. */
  readonly count: number;
  readonly frame: (index: number) => Uint8Array;
  readonly codec?: 'libx264' | 'libvpx' | 'mpeg4';
  /** Frames from one key frame to the next. Default two seconds. */
  readonly gopFrames?: number;
  readonly bFrames?: number;
  readonly bitsPerSecond?: number;
  /** More options of the encoder (`preset`, `crf`, …). */
  readonly options?: Readonly<Record<string, string>>;
  /** When the first frame is shown [µs]. */
  readonly startUs?: number;
}

/** Samples, −1…1: an array, or something that makes them as they are asked for, in order. */
export type Samples = Pick<Float32Array, 'length' | 'subarray'>;

/** The sound of a recording: one channel or two. */
export interface AudioTrack {
  readonly sampleRateHz: number;
  /** The only channel, or the left one. */
  readonly samples: Samples;
  /** The right channel, as long as the left. */
  readonly right?: Samples;
  readonly codec?: 'aac' | 'libopus' | 'pcm_alaw' | 'flac';
  readonly bitsPerSecond?: number;
  readonly startUs?: number;
  /** More options of the encoder (`aac_coder`, …). */
  readonly options?: Readonly<Record<string, string>>;
}

/** What to write, and where; the container follows from the file's ending unless `format` names it. */
export interface Recording {
  readonly path: string;
  readonly format?: string;
  readonly video?: VideoTrack;
  readonly audio?: AudioTrack;
  /** More options of the container (`movflags`, …). */
  readonly options?: Readonly<Record<string, string>>;
}

interface Encoder {
  readonly context: CodecContext;
  readonly stream: Stream;
  readonly base: Rational;
  /** Length of one frame in ticks of `base`. */
  readonly frameTicks: number;
  /** Time of the next frame it would take [s]; Infinity when there is none left. */
  nextS(): number;
  /** Encodes the next frame; null flushes. */
  frame(): Frame | null;
  close(): void;
}

const open = (codecName: string, format: FormatContext, configure: (context: CodecContext) => void, options: Record<string, string>): { context: CodecContext; stream: Stream } => {
  const codec = Codec.findEncoderByName(codecName as Parameters<typeof Codec.findEncoderByName>[0]);
  if (codec === null) throw new Error(`this build of libav has no encoder named ${codecName}`);
  const context = new CodecContext();
  context.allocContext3(codec);
  adoptContext(context);
  configure(context);
  if (((format.oformat?.flags ?? 0) & AVFMT_GLOBALHEADER) !== 0) context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  // Not as open2's dictionary: node-av 6.1.1 then frees it twice when it is collected, and the process dies.
  for (const [name, value] of Object.entries(options)) ok(context.setOption(name, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN), `option ${name}`);
  ok(context.open2Sync(codec), `open ${codecName}`);
  const stream = format.newStream(null);
  ok(stream.codecpar.fromContext(context), 'avcodec_parameters_from_context');
  return { context, stream };
};

/** Options that an encoder needs to do what the track says, before the track's own. */
const encoderOptions = (codecName: string, gopFrames: number): Record<string, string> => ({
  ...(codecName === 'libx264' ? { preset: 'veryfast', 'x264-params': `keyint=${gopFrames}:min-keyint=1:scenecut=0:open-gop=0` } : {}),
  ...(codecName === 'libvpx' ? { deadline: 'realtime', 'cpu-used': '8' } : {}),
});

const openVideo = (track: VideoTrack, format: FormatContext, base: Rational): ReturnType<typeof open> => {
  const codecName = track.codec ?? 'libx264';
  const gopFrames = track.gopFrames ?? track.fps * 2;
  return open(codecName, format, (c) => {
    c.width = track.width;
    c.height = track.height;
    c.pixelFormat = AV_PIX_FMT_YUV420P;
    c.timeBase = base;
    c.framerate = new Rational(track.fps, 1);
    c.gopSize = gopFrames;
    c.maxBFrames = track.bFrames ?? 0;
    c.threadCount = 2;
    if (track.bitsPerSecond !== undefined) c.bitRate = BigInt(track.bitsPerSecond);
  }, { ...encoderOptions(codecName, gopFrames), ...track.options });
};

/** RGB as the encoder wants it. Into a frame, not into planes of our own: the scaler writes whole vectors, past the end of tight planes. */
const toYuv = (rgb: Uint8Array, width: number, height: number, scaler: SoftwareScaleContext): Frame => {
  const source = Frame.fromVideoBuffer(Buffer.from(rgb.buffer, rgb.byteOffset, rgb.byteLength), { width, height, format: AV_PIX_FMT_RGB24 });
  const frame = new Frame();
  frame.alloc();
  frame.format = AV_PIX_FMT_YUV420P;
  frame.width = width;
  frame.height = height;
  ok(frame.allocBuffer(), 'av_frame_get_buffer');
  ok(scaler.scaleFrameSync(frame, source), 'sws_scale_frame');
  source.free();
  return frame;
};

const videoEncoder = (track: VideoTrack, format: FormatContext): Encoder => {
  const { width, height, fps } = track;
  const base = new Rational(1, fps);
  const { context, stream } = openVideo(track, format, base);
  stream.timeBase = base;
  const scaler = new SoftwareScaleContext();
  scaler.getContext(width, height, AV_PIX_FMT_RGB24, width, height, AV_PIX_FMT_YUV420P, SWS_BILINEAR);
  const offset = Math.round((track.startUs ?? 0) * fps / 1e6);
  let index = 0;
  return {
    context, stream, base, frameTicks: 1,
    nextS: () => index >= track.count ? Infinity : (index + offset) / fps,
    frame: () => {
      if (index >= track.count) return null;
      const frame = toYuv(track.frame(index), width, height, scaler);
      frame.pts = BigInt(index + offset);
      index += 1;
      return frame;
    },
    close: () => {
      freeContext(context);
      scaler.freeContext();
    },
  };
};

/** `size` samples of each channel, padded with zeros: one plane after the other, or the channels' samples in turn. */
const blockOf = (channels: readonly Samples[], at: number, size: number, planar: boolean): Float32Array => {
  const block = new Float32Array(size * channels.length);
  channels.forEach((samples, channel) => {
    samples.subarray(at, at + size).forEach((value, i) => {
      block[planar ? channel * size + i : i * channels.length + channel] = value;
    });
  });
  return block;
};

const audioEncoder = (track: AudioTrack, format: FormatContext): Encoder => {
  const rate = track.sampleRateHz;
  const base = new Rational(1, rate);
  const codecName = track.codec ?? 'aac';
  const sampleFormat = codecName === 'aac' ? AV_SAMPLE_FMT_FLTP : codecName === 'libopus' ? AV_SAMPLE_FMT_FLT : 1; // 1 = signed 16 bit
  const channels = track.right === undefined ? [track.samples] : [track.samples, track.right];
  const layout = { nbChannels: channels.length, order: AV_CHANNEL_ORDER_NATIVE, mask: channels.length === 1 ? 4n : 3n };
  const { context, stream } = open(codecName, format, (c) => {
    c.sampleRate = rate;
    c.sampleFormat = sampleFormat as typeof c.sampleFormat;
    c.channelLayout = layout;
    c.timeBase = base;
    c.bitRate = BigInt(track.bitsPerSecond ?? 64_000);
  }, { ...track.options });
  stream.timeBase = base;
  const size = context.frameSize > 0 ? context.frameSize : 1024;
  const offset = Math.round((track.startUs ?? 0) * rate / 1e6);
  let at = 0;
  return {
    context, stream, base, frameTicks: size,
    nextS: () => at >= track.samples.length ? Infinity : (at + offset) / rate,
    frame: () => {
      if (at >= track.samples.length) return null;
      const block = blockOf(channels, at, size, sampleFormat === AV_SAMPLE_FMT_FLTP);
      const bytes = sampleFormat === 1 ? Buffer.from(Int16Array.from(block, (v) => Math.max(-32768, Math.min(32767, Math.round(v * 32767)))).buffer) : Buffer.from(block.buffer);
      const frame = Frame.fromAudioBuffer(bytes, { nbSamples: size, format: sampleFormat as typeof context.sampleFormat, sampleRate: rate, channelLayout: layout, timeBase: base, pts: BigInt(at + offset) });
      at += size;
      return frame;
    },
    close: () => {
      freeContext(context);
    },
  };
};

const drain = (encoder: Encoder, format: FormatContext): void => {
  const packet = newPacket();
  try {
    for (;;) {
      const result = encoder.context.receivePacketSync(packet);
      if (result === AVERROR_EAGAIN || result === AVERROR_EOF) return;
      ok(result, 'avcodec_receive_packet');
      packet.streamIndex = encoder.stream.index;
      if (packet.duration === 0n && encoder.frameTicks > 0) packet.duration = BigInt(encoder.frameTicks);
      packet.rescaleTs(encoder.base, encoder.stream.timeBase);
      ok(format.interleavedWriteFrameSync(packet), 'av_interleaved_write_frame');
    }
  } finally {
    freePacket(packet);
  }
};

/** Encodes and writes a recording. Deterministic: the same frames and samples give the same bytes with one build of libav. */
export const writeRecording = (recording: Recording): void => {
  routeNativeLog(undefined);
  const format = new FormatContext();
  ok(format.allocOutputContext2(null, recording.format ?? null, recording.path), 'avformat_alloc_output_context2');
  const encoders = [
    ...(recording.video === undefined ? [] : [videoEncoder(recording.video, format)]),
    ...(recording.audio === undefined ? [] : [audioEncoder(recording.audio, format)]),
  ];
  try {
    ok(format.openOutputSync(), 'avio_open');
    ok(format.writeHeaderSync(Dictionary.fromObject({ fflags: '+bitexact', ...recording.options })), 'avformat_write_header');
    for (;;) {
      const next = encoders.reduce((a, b) => (b.nextS() < a.nextS() ? b : a));
      const frame = next.frame();
      if (frame === null) break;
      ok(next.context.sendFrameSync(frame), 'avcodec_send_frame');
      frame.free();
      drain(next, format);
    }
    for (const encoder of encoders) {
      ok(encoder.context.sendFrameSync(null), 'avcodec_send_frame');
      drain(encoder, format);
    }
    ok(format.writeTrailerSync(), 'av_write_trailer');
  } finally {
    for (const encoder of encoders) encoder.close();
    format.closeOutputSync();
    format.freeContext();
  }
};
