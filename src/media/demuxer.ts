/**
 * Opens one source with libav and says what it carries. No packet is decoded here, and where the container
 * tells everything nothing is probed either (probing an RTSP camera costs most of a second).
 */
import {
  AVDISCARD_ALL, AVERROR_INVALIDDATA, AVERROR_STREAM_NOT_FOUND, AVMEDIA_TYPE_AUDIO, AVMEDIA_TYPE_VIDEO, AV_DISPOSITION_ATTACHED_PIC,
  AV_NOPTS_VALUE, Codec, Dictionary, FormatContext, NativeError, codecName, copyParameters, ok,
  type CodecParameters, type IRational, type Stream,
} from './native.js';
import { ticksToUs } from './clock.js';
import type { MediaInfo } from './types.js';

/** How to open a source. */
export interface OpenOptions {
  /** Address or path, with its secrets. */
  readonly url: string;
  /** libav options (`rtsp_transport`, `protocol_whitelist`, …). */
  readonly options: Readonly<Record<string, string>>;
  /** True, false, or decided from the container: no duration means live. */
  readonly live: boolean | 'auto';
  /** True to read the stream's beginning until everything is known, even where the container says enough. */
  readonly probe: 'never' | 'if-needed';
}

/** One track that is read. */
export interface Track {
  readonly index: number;
  readonly base: IRational;
  /** Owned by the demuxer; lives until it is closed. */
  readonly parameters: CodecParameters;
}

/** A container guessed with less certainty than this is noise that happens to look like one (AVPROBE_SCORE_RETRY). */
const LEAST_PROBE_SCORE = 25;

/**
 * The containers that are read. libav knows hundreds more, some guessed from a file's ending alone (`.bin` is taken
 * for text art), some that open other files by themselves (`concat`).
 */
const CONTAINERS = [
  'mov', 'mp4', 'm4a', '3gp', '3g2', 'mj2', 'matroska', 'webm', 'mpegts', 'mpeg', 'avi', 'flv', 'asf', 'mxf', 'nut', 'wav', 'w64', 'aiff',
  'mp3', 'aac', 'ac3', 'flac', 'ogg', 'caf', 'amr', 'h264', 'hevc', 'hls', 'rtsp', 'rtp', 'sdp', 'live_flv',
].join();

/** An open source, its tracks chosen. */
export interface Demuxer {
  readonly context: FormatContext;
  readonly info: MediaInfo;
  readonly audio?: Track;
  readonly video?: Track;
  /** The container's start time [µs], if it says. */
  readonly startUs?: number;
  /** Closes and frees everything. */
  close(): void;
}

const isComplete = ({ codecpar }: Stream): boolean =>
  codecpar.codecType === AVMEDIA_TYPE_VIDEO ? codecpar.width > 0 : codecpar.codecType !== AVMEDIA_TYPE_AUDIO || codecpar.sampleRate > 0;

const choose = (context: FormatContext, type: CodecParameters['codecType']): Track | undefined => {
  const usable = context.streams.filter(({ codecpar, disposition }) =>
    codecpar.codecType === type && (disposition & AV_DISPOSITION_ATTACHED_PIC) === 0 && Codec.findDecoder(codecpar.codecId) !== null);
  const best = usable.reduce<Stream | undefined>((a, b) => (a === undefined || b.codecpar.width > a.codecpar.width ? b : a), undefined);
  return best === undefined ? undefined : { index: best.index, base: { num: best.timeBase.num, den: best.timeBase.den }, parameters: copyParameters(best.codecpar) };
};

/** The container's duration [µs], or its longest track's where libav has not added them up; 0 when none is known. */
const durationUs = (context: FormatContext): number => {
  if (context.duration > 0n) return Number(context.duration);
  return Math.max(0, ...context.streams.map(({ duration, timeBase }) => (duration > 0n ? ticksToUs(duration, { num: timeBase.num, den: timeBase.den }) : 0)));
};

const sizeOf = ({ width, height }: CodecParameters): { readonly width?: number; readonly height?: number } => (width > 0 && height > 0 ? { width, height } : {});

const describe = (context: FormatContext, live: boolean, audio: Track | undefined, video: Track | undefined): MediaInfo => {
  const rate = video === undefined ? undefined : context.streams[video.index]?.avgFrameRate;
  const fps = rate === undefined || rate.den === 0 || rate.num === 0 ? undefined : rate.num / rate.den;
  return {
    container: context.iformat?.name ?? 'unknown',
    live,
    ...(durationUs(context) > 0 ? { durationUs: durationUs(context) } : {}),
    ...(audio === undefined ? {} : { audio: { codec: codecName(audio.parameters), sampleRateHz: audio.parameters.sampleRate, channels: audio.parameters.channelLayout.nbChannels } }),
    ...(video === undefined ? {} : {
      video: { codec: codecName(video.parameters), ...sizeOf(video.parameters), ...(fps === undefined ? {} : { fps }) },
    }),
  };
};

const inspect = (context: FormatContext, options: OpenOptions): Omit<Demuxer, 'close'> => {
  if (context.probeScore > 0 && context.probeScore < LEAST_PROBE_SCORE) throw new NativeError(AVERROR_INVALIDDATA, 'av_probe_input_format');
  for (const { codecpar } of context.streams) if (codecpar.codecType === AVMEDIA_TYPE_VIDEO && codecpar.width === 0) codecpar.parseExtradata();
  if (options.probe === 'if-needed' && (context.nbStreams === 0 || !context.streams.every(isComplete))) ok(context.findStreamInfoSync(), 'avformat_find_stream_info');
  const audio = choose(context, AVMEDIA_TYPE_AUDIO);
  const video = choose(context, AVMEDIA_TYPE_VIDEO);
  if (audio === undefined && video === undefined) throw new NativeError(AVERROR_STREAM_NOT_FOUND, 'av_find_best_stream');
  for (const stream of context.streams) if (stream.index !== audio?.index && stream.index !== video?.index) stream.discard = AVDISCARD_ALL;
  const live = options.live === 'auto' ? durationUs(context) === 0 : options.live;
  return {
    context,
    info: describe(context, live, audio, video),
    ...(audio === undefined ? {} : { audio }),
    ...(video === undefined ? {} : { video }),
    ...(context.startTime === AV_NOPTS_VALUE || live ? {} : { startUs: Number(context.startTime) }),
  };
};

/** Negated ETIMEDOUT of Linux. */
const AVERROR_TIMED_OUT = -110;

/** Whether opening took as long as libav's time-out: it then says "invalid data", as if a silent camera sent noise. */
const hasTimedOut = ({ options }: OpenOptions, tookMs: number): boolean => {
  const limitUs = options['timeout'] ?? options['rw_timeout'];
  return limitUs !== undefined && tookMs * 1000 >= Number(limitUs);
};

/** Negated ECONNABORTED of Linux: the other side gave no answer of this protocol. */
const AVERROR_NO_ANSWER = -103;

/** What libav means by "invalid data": it says so of a camera that closes the connection at once as well, as one does that is starting. */
const openingError = (result: number, options: OpenOptions, tookMs: number): number => {
  if (result !== AVERROR_INVALIDDATA) return result;
  if (hasTimedOut(options, tookMs)) return AVERROR_TIMED_OUT;
  return /^rtsps?:/i.test(options.url) ? AVERROR_NO_ANSWER : result;
};

/**
 * Opens a source. Blocks the calling thread, which belongs to this camera alone, until the source answers or
 * libav's own time-out passes.
 * @param options what and how
 * @throws NativeError with libav's code
 */
export const openDemuxer = (options: OpenOptions): Demuxer => {
  const context = new FormatContext();
  context.allocContext();
  const startMs = performance.now();
  // A failed open frees the context itself.
  const result = context.openInputSync(options.url, null, Dictionary.fromObject({ format_whitelist: CONTAINERS, ...options.options }));
  ok(openingError(result, options, performance.now() - startMs), 'avformat_open_input');
  try {
    const opened = inspect(context, options);
    return {
      ...opened,
      close: () => {
        context.closeInputSync();
        opened.audio?.parameters.free();
        opened.video?.parameters.free();
      },
    };
  } catch (error) {
    context.closeInputSync();
    throw error;
  }
};
