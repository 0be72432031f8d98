/** VP8 over RTP (RFC 7741). */
import type { Depacketiser, VideoFrame } from './frames.js';

/** Length of the payload descriptor (section 4.2); undefined when the payload is shorter. */
const descriptorLength = (payload: Buffer): number | undefined => {
  const [first = 0, extension = 0, picture = 0] = payload;
  if ((first & 0x80) === 0) return payload.length > 1 ? 1 : undefined;
  let length = 2;
  if ((extension & 0x80) !== 0) length += (picture & 0x80) === 0 ? 1 : 2;
  if ((extension & 0x40) !== 0) length += 1;
  if ((extension & 0x30) !== 0) length += 1;
  return payload.length > length ? length : undefined;
};

/** The size in a key frame's header (RFC 6386, section 9.1); undefined when it is none. */
const sizeOf = (frame: Buffer): VideoFrame['size'] =>
  frame.length >= 10 && frame[3] === 0x9d && frame[4] === 0x01 && frame[5] === 0x2a
    ? { width: frame.readUInt16LE(6) & 0x3fff, height: frame.readUInt16LE(8) & 0x3fff }
    : undefined;

/** One stream's payloads to frames. */
export class Vp8Depacketiser implements Depacketiser {
  #parts: Buffer[] = [];

  /** See {@link Depacketiser.add}. */
  add(payload: Buffer): boolean {
    const length = descriptorLength(payload);
    if (length === undefined) return false;
    const first = payload[0] ?? 0;
    // S set and partition 0: a frame begins (section 4.2).
    const begins = (first & 0x10) !== 0 && (first & 0x07) === 0;
    if (begins === this.#parts.length > 0) return false;
    this.#parts.push(payload.subarray(length));
    return true;
  }

  /** See {@link Depacketiser.take}. */
  take(timestamp: number): VideoFrame | undefined {
    if (this.#parts.length === 0) return undefined;
    const data = Buffer.concat(this.#parts);
    this.drop();
    // The lowest bit of the first byte is clear in key frames (RFC 6386, section 9.1).
    const size = ((data[0] ?? 1) & 1) === 0 ? sizeOf(data) : undefined;
    return { timestamp, key: size !== undefined, data, ...(size === undefined ? {} : { size }) };
  }

  /** See {@link Depacketiser.drop}. */
  drop(): void {
    this.#parts = [];
  }
}
