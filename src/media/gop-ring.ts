/**
 * Compressed video in memory: whole groups of pictures (GOPs), bounded in bytes and in seconds.
 * Nothing here decodes; the ring only knows which packets a decoder would need.
 */

/** One compressed packet, with its owner's handle on the bytes. */
export interface RingPacket<P> {
  /** When its frame is shown [µs of media time]. */
  readonly ptsUs: number;
  readonly key: boolean;
  readonly bytes: number;
  readonly packet: P;
}

/** A key frame and what follows it up to the next: packets in decoding order. */
export interface Gop<P> {
  /** Counts the GOPs of one ring; never reused. */
  readonly id: number;
  /** When the key frame is shown [µs]. */
  readonly keyUs: number;
  readonly packets: readonly RingPacket<P>[];
  /** False while packets are still being added. */
  readonly closed: boolean;
  /** True when later packets were dropped because the GOP alone outgrew the ring. */
  readonly truncated: boolean;
  /** The latest time at which a frame of this GOP is shown [µs]. */
  readonly lastUs: number;
}

interface OpenGop<P> extends Gop<P> {
  packets: RingPacket<P>[];
  closed: boolean;
  truncated: boolean;
  lastUs: number;
  bytes: number;
}

/** The two bounds; whichever is reached first holds. */
export interface RingBounds {
  readonly maxBytes: number;
  readonly maxUs: number;
}

/** What became of a packet. */
export type Pushed = 'kept' | 'before-key-frame' | 'beyond-bounds';

/** What the ring holds, for people. */
export interface RingState {
  readonly gops: number;
  readonly packets: number;
  readonly bytes: number;
  /** From the oldest key frame to the newest frame [µs]. */
  readonly spanUs: number;
}

/**
 * A ring of GOPs. It owns its packets: `free` is called once for every packet it does not keep any more.
 * A GOP that outgrows the ring by itself (a camera with a key frame every 30 s) is cut: its beginning stays
 * decodable, what follows is dropped until the next key frame.
 */
export class GopRing<P> implements Disposable {
  #gops: OpenGop<P>[] = [];
  #bytes = 0;
  #nextId = 1;
  /** Where the track jumped [µs], oldest first: what lies on one side of a jump is no answer for the other. */
  #jumpsUs: number[] = [];
  #awaitsKey = false;
  readonly #bounds: RingBounds;
  readonly #free: (packet: P) => void;

  /**
   * @param bounds the most it may hold
   * @param free how a packet is given back
   */
  constructor(bounds: RingBounds, free: (packet: P) => void) {
    this.#bounds = bounds;
    this.#free = free;
  }

  /** Takes a packet over, whatever becomes of it. */
  push(packet: RingPacket<P>): Pushed {
    const pushed = this.#place(packet);
    if (pushed !== 'kept') this.#free(packet.packet);
    return pushed;
  }

  #place(packet: RingPacket<P>): Pushed {
    const current = this.#gops.at(-1);
    if (!packet.key && (current === undefined || this.#awaitsKey)) return 'before-key-frame';
    if (packet.bytes > this.#bounds.maxBytes) {
      // What follows builds on it, even when it is a key frame: none of it may be hung onto the GOP before.
      if (current !== undefined) current.truncated = true;
      return 'beyond-bounds';
    }
    if (packet.key || current === undefined) return this.#begin(packet);
    if (current.truncated) return 'beyond-bounds';
    this.#evict(packet.bytes, packet.ptsUs, current);
    const outgrown = this.#bytes + packet.bytes > this.#bounds.maxBytes || packet.ptsUs - current.keyUs > this.#bounds.maxUs;
    if (outgrown) {
      current.truncated = true;
      return 'beyond-bounds';
    }
    current.packets.push(packet);
    current.lastUs = Math.max(current.lastUs, packet.ptsUs);
    this.#count(current, packet);
    return 'kept';
  }

  #begin(packet: RingPacket<P>): Pushed {
    const last = this.#gops.at(-1);
    if (last !== undefined) last.closed = true;
    this.#awaitsKey = false;
    this.#evict(packet.bytes, packet.ptsUs, undefined);
    const gop: OpenGop<P> = {
      id: this.#nextId++, keyUs: packet.ptsUs, packets: [packet], closed: false, truncated: false, lastUs: packet.ptsUs, bytes: 0,
    };
    this.#gops.push(gop);
    this.#count(gop, packet);
    return 'kept';
  }

  #count(gop: OpenGop<P>, packet: RingPacket<P>): void {
    gop.bytes += packet.bytes;
    this.#bytes += packet.bytes;
  }

  /** Frees whole GOPs, oldest first, until `bytes` more at `atUs` fit; never the one being filled. */
  #evict(bytes: number, atUs: number, keep: OpenGop<P> | undefined): void {
    for (;;) {
      const oldest = this.#gops[0];
      if (oldest === undefined || oldest === keep) return;
      const tooLong = atUs - oldest.keyUs > this.#bounds.maxUs;
      const tooBig = this.#bytes + bytes > this.#bounds.maxBytes;
      if (!tooLong && !tooBig) return;
      this.#gops.shift();
      this.#bytes -= oldest.bytes;
      this.#empty(oldest);
    }
  }

  /** Empties the list too: a decoder that still holds this GOP then finds its end, not freed packets. */
  #empty(gop: OpenGop<P>): void {
    for (const packet of gop.packets) this.#free(packet.packet);
    gop.packets.length = 0;
    gop.closed = true;
  }

  /**
   * The track jumps: what follows begins at this time [µs], with its next key frame. What is there stays, for a
   * recording is read ahead of who looks; but no frame from before is given for a time behind the jump.
   */
  jump(atUs: number): void {
    const last = this.#gops.at(-1);
    if (last === undefined) return;
    last.closed = true;
    const oldestUs = this.#gops[0]?.keyUs ?? atUs;
    // Of jumps without a key frame between them the last holds, so that there are never more than GOPs.
    const before = this.#awaitsKey ? this.#jumpsUs.slice(0, -1) : this.#jumpsUs;
    this.#jumpsUs = [...before.filter((us) => us > oldestUs), atUs];
    this.#awaitsKey = true;
  }

  /** Where the stretch without jumps begins that a time lies in [µs]. */
  #stretchUs(timeUs: number): number {
    return this.#jumpsUs.findLast((us) => us <= timeUs) ?? -Infinity;
  }

  /** The GOP whose key frame is nearest to a time, among those shown no later than `notAfterUs` [µs] and not behind a jump. */
  nearestKey(timeUs: number, notAfterUs: number): Gop<P> | undefined {
    let best: Gop<P> | undefined;
    const fromUs = this.#stretchUs(timeUs);
    for (const gop of this.#gops) {
      if (gop.keyUs > notAfterUs) break;
      if (gop.keyUs < fromUs) continue;
      if (best === undefined || Math.abs(gop.keyUs - timeUs) <= Math.abs(best.keyUs - timeUs)) best = gop;
    }
    return best;
  }

  /** The GOP that is being shown at a time [µs]: the last one whose key frame is not later, and not behind a jump. */
  gopAt(timeUs: number): Gop<P> | undefined {
    const fromUs = this.#stretchUs(timeUs);
    return this.#gops.findLast((gop) => gop.keyUs <= timeUs && gop.keyUs >= fromUs);
  }

  /** The GOP that is being filled. */
  get newest(): Gop<P> | undefined {
    return this.#gops.at(-1);
  }

  /** What it holds now. */
  get state(): RingState {
    const oldest = this.#gops[0];
    const newest = this.#gops.at(-1);
    return {
      gops: this.#gops.length,
      packets: this.#gops.reduce((sum, gop) => sum + gop.packets.length, 0),
      bytes: this.#bytes,
      spanUs: oldest === undefined || newest === undefined ? 0 : newest.lastUs - oldest.keyUs,
    };
  }

  /** Frees everything; the next key frame begins anew. */
  clear(): void {
    for (const gop of this.#gops) this.#empty(gop);
    this.#gops = [];
    this.#jumpsUs = [];
    this.#awaitsKey = false;
    this.#bytes = 0;
  }

  /** Same as {@link GopRing.clear}: the ring's end. */
  [Symbol.dispose](): void {
    this.clear();
  }
}

/** The longest a frame is taken to stay on screen when none follows it [µs]; slower cameras than this show gaps. */
const HELD_US = 2_000_000;

/** When the frame that is on screen at `timeUs` is shown [µs]; undefined when the GOP's kept packets do not reach there. */
export const shownAt = <P>(gop: Gop<P>, timeUs: number): number | undefined => {
  if (timeUs > gop.lastUs + (gop.truncated ? 0 : HELD_US)) return undefined;
  let best: number | undefined;
  for (const { ptsUs } of gop.packets) {
    if (ptsUs <= timeUs && (best === undefined || ptsUs > best)) best = ptsUs;
  }
  return best;
};
