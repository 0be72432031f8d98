/** From RTP payloads in order to compressed frames: what H.264 and VP8 have in common. */

/** One RTP packet, as far as a frame needs it. */
export interface RtpPayload {
  /** 32-bit RTP timestamp: the same for all packets of a frame. */
  readonly timestamp: number;
  /** True on a frame's last packet. */
  readonly marker: boolean;
  readonly payload: Buffer;
}

/** A compressed frame, as a decoder takes it. */
export interface VideoFrame {
  readonly timestamp: number;
  readonly key: boolean;
  readonly data: Buffer;
  /** Set for key frames that say so [px]. */
  readonly size?: { readonly width: number; readonly height: number };
}

/** Takes one codec's payloads apart. Throws nothing: what does not fit is `damaged`. */
export interface Depacketiser {
  /** Adds a packet to the frame in progress; false when it does not fit there. */
  add(payload: Buffer): boolean;
  /** Ends the frame in progress: undefined when there is none. */
  take(timestamp: number): VideoFrame | undefined;
  /** Forgets the frame in progress. */
  drop(): void;
}

/** What a packet led to. */
export interface Assembled {
  readonly frames: readonly VideoFrame[];
  /** True when something that later frames build on is missing: a key frame should be asked for. */
  readonly broken: boolean;
}

/** The largest frame that is put together [bytes]; what is larger is noise. */
const MOST_BYTES = 8 * 2 ** 20;

/**
 * Puts frames together. After a loss nothing comes out before the next key frame, since every frame builds on those before.
 */
export class FrameAssembler {
  readonly #depacketiser: Depacketiser;
  #timestamp: number | undefined;
  #bytes = 0;
  /** Nothing decodable can follow before a key frame: at the beginning, and after a loss. */
  #needsKey = true;
  /** The frame in progress misses a part. */
  #damaged = false;
  #dropped = 0;

  /** @param depacketiser of the codec that was negotiated */
  constructor(depacketiser: Depacketiser) {
    this.#depacketiser = depacketiser;
  }

  /** True while a key frame is waited for. */
  get needsKey(): boolean {
    return this.#needsKey;
  }

  /** Frames that were begun but are not decodable. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds the next packet in order. @param lost whether some before it never came */
  push({ timestamp, marker, payload }: RtpPayload, lost: boolean): Assembled {
    const frames: VideoFrame[] = [];
    const wasWaiting = this.#needsKey;
    if (lost) this.#lose();
    if (this.#timestamp !== timestamp) {
      // The marker of the frame before was left out by its sender.
      if (this.#timestamp !== undefined) this.#end(frames);
      this.#timestamp = timestamp;
      this.#damaged = lost;
    }
    // Probes for bandwidth are empty.
    if (payload.length > 0) this.#add(payload);
    if (marker) this.#end(frames);
    return { frames, broken: this.#needsKey && !wasWaiting };
  }

  #add(payload: Buffer): void {
    this.#bytes += payload.length;
    if (this.#bytes > MOST_BYTES || !this.#depacketiser.add(payload)) this.#lose();
  }

  #lose(): void {
    this.#damaged = true;
    this.#needsKey = true;
    this.#depacketiser.drop();
  }

  #end(frames: VideoFrame[]): void {
    const frame = this.#timestamp === undefined ? undefined : this.#depacketiser.take(this.#timestamp);
    const damaged = this.#damaged;
    this.#timestamp = undefined;
    this.#bytes = 0;
    this.#damaged = false;
    if (damaged) this.#dropped += 1;
    if (frame === undefined || damaged) return;
    if (frame.key) this.#needsKey = false;
    if (this.#needsKey) this.#dropped += 1;
    else frames.push(frame);
  }
}
