/** A publisher for tests and benchmarks: sends a recording over WHIP with libav's own muxer, at live pace, in a loop. */
import {
  AVERROR_EOF, AVMEDIA_TYPE_AUDIO, AVMEDIA_TYPE_VIDEO, AV_NOPTS_VALUE, Dictionary, FormatContext, freePacket, newPacket, ok,
  type Packet,
} from '../../src/media/native.js';

/** How a recording is published. */
export interface PublishOptions {
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string;
  /** Only this track. Default both. */
  readonly only?: 'audio' | 'video';
}

/** A recording being published. */
export interface Publishing {
  /** Resolves once the publisher is connected; rejects with libav's error when it is refused. */
  readonly started: Promise<void>;
  /** Resolves once nothing more is sent: it was stopped, refused, or its receiver is gone. */
  readonly ended: Promise<void>;
  /** Ends the session as libav does, by DELETE. */
  stop(): Promise<void>;
}

const sleep = async (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

class Publisher implements Publishing {
  readonly #input = new FormatContext();
  readonly #output = new FormatContext();
  readonly #options: PublishOptions;
  readonly #streams = new Map<number, number>();
  #stopped = false;
  #path = '';
  readonly started: Promise<void>;
  readonly ended: Promise<void>;

  constructor(path: string, url: string, options: PublishOptions) {
    this.#path = path;
    this.#options = options;
    this.started = this.#start(url);
    this.ended = this.started.then(async () => this.#play(), () => undefined);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.ended;
  }

  async #start(url: string): Promise<void> {
    const { token, only } = this.#options;
    this.#input.allocContext();
    ok(await this.#input.openInput(this.#path, null, null), 'avformat_open_input');
    ok(await this.#input.findStreamInfo(), 'avformat_find_stream_info');
    ok(this.#output.allocOutputContext2(null, 'whip', url), 'avformat_alloc_output_context2');
    for (const [i, stream] of this.#input.streams.entries()) {
      const type = stream.codecpar.codecType;
      if (type !== AVMEDIA_TYPE_AUDIO && type !== AVMEDIA_TYPE_VIDEO) continue;
      if (only !== undefined && (type === AVMEDIA_TYPE_AUDIO) !== (only === 'audio')) continue;
      const out = this.#output.newStream(null);
      ok(stream.codecpar.copy(out.codecpar), 'avcodec_parameters_copy');
      out.codecpar.codecTag = 0;
      out.timeBase = stream.timeBase;
      this.#streams.set(i, out.index);
    }
    const options = { handshake_timeout: '10000', ...(token === undefined ? {} : { authorization: token }) };
    ok(await this.#output.writeHeader(Dictionary.fromObject(options)), 'avformat_write_header');
  }

  /** Sends packets when they are due, again and again. */
  async #play(): Promise<void> {
    const packet = newPacket();
    const startMs = performance.now();
    let loopS = 0;
    let highS = 0;
    try {
      while (!this.#stopped) {
        const result = await this.#input.readFrame(packet);
        if (result === AVERROR_EOF) {
          loopS = highS;
          ok(await this.#input.seekFrame(-1, 0n), 'av_seek_frame');
          continue;
        }
        ok(result, 'av_read_frame');
        highS = Math.max(highS, await this.#send(packet, loopS, startMs));
        packet.unref();
      }
    } catch {
      // The receiver has gone: what cannot be sent is not.
    } finally {
      freePacket(packet);
      // Always, and whatever comes of it: the muxer sends its DELETE here, from a thread of libav's. Left to freeContext, that would send it
      // from this one and wait for an answer, which a server on this same thread could never give.
      await this.#output.writeTrailer();
      await this.#input.closeInput();
      this.#output.freeContext();
    }
  }

  async #send(packet: Packet, loopS: number, startMs: number): Promise<number> {
    const input = this.#input.streams[packet.streamIndex];
    const index = this.#streams.get(packet.streamIndex);
    const output = index === undefined ? undefined : this.#output.streams[index];
    if (input === undefined || index === undefined || output === undefined) return 0;
    const inS = input.timeBase.num / input.timeBase.den;
    const scale = (ticks: bigint): bigint => (ticks === AV_NOPTS_VALUE ? ticks : BigInt(Math.round((Number(ticks) * inS + loopS) * output.timeBase.den / output.timeBase.num)));
    const dueS = Number(packet.dts === AV_NOPTS_VALUE ? packet.pts : packet.dts) * inS + loopS;
    const endS = dueS + Number(packet.duration) * inS;
    packet.pts = scale(packet.pts);
    packet.dts = scale(packet.dts);
    packet.streamIndex = index;
    const waitMs = dueS * 1000 - (performance.now() - startMs);
    if (waitMs > 1) await sleep(waitMs);
    ok(await this.#output.interleavedWriteFrame(packet), 'av_interleaved_write_frame');
    return endS;
  }
}

/**
 * Publishes a recording: H.264 without B-frames and Opus, as WebRTC wants them.
 * @param path of the recording
 * @param url of the WHIP endpoint
 */
export const publish = (path: string, url: string, options: PublishOptions = {}): Publishing => new Publisher(path, url, options);
