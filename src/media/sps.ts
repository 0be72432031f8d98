/** The size of pictures, from an H.264 sequence parameter set (ITU-T H.264, 7.3.2.1.1). */

/** Profiles whose parameter sets tell the chroma format (7.3.2.1.1). */
const WITH_CHROMA: ReadonlySet<number> = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** Takes out the bytes that keep start codes from appearing (7.4.1). */
const unescaped = (nal: Buffer): Buffer => Buffer.from(nal.filter((byte, i) => !(byte === 3 && i >= 2 && nal[i - 1] === 0 && nal[i - 2] === 0)));

/** Reads bits, most significant first; beyond the end there are zeros, and `over` says so. */
class Bits {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get over(): boolean {
    return this.#at > this.#bytes.length * 8;
  }

  take(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i += 1, this.#at += 1) value = value * 2 + (((this.#bytes[this.#at >> 3] ?? 0) >> (7 - (this.#at & 7))) & 1);
    return value;
  }

  /** Exp-Golomb, unsigned (9.1); signed values take as many bits. */
  golomb(): number {
    let zeros = 0;
    while (zeros < 32 && !this.over && this.take(1) === 0) zeros += 1;
    return 2 ** zeros - 1 + this.take(zeros);
  }
}

const skipScalingList = (bits: Bits, length: number): void => {
  let next = 8;
  for (let i = 0; i < length && next !== 0 && !bits.over; i += 1) {
    const coded = bits.golomb();
    const delta = coded % 2 === 0 ? -coded / 2 : (coded + 1) / 2;
    next = (next + delta + 256) % 256;
  }
};

/** Reads past what high profiles put before the rest; returns the chroma format (1: 4:2:0). */
const skipChroma = (bits: Bits): number => {
  const chroma = bits.golomb();
  if (chroma === 3) bits.take(1);
  bits.golomb();
  bits.golomb();
  bits.take(1);
  if (bits.take(1) === 0) return chroma;
  for (let i = 0; i < (chroma === 3 ? 12 : 8); i += 1) if (bits.take(1) === 1) skipScalingList(bits, i < 6 ? 16 : 64);
  return chroma;
};

const skipOrderCount = (bits: Bits): void => {
  const type = bits.golomb();
  if (type === 0) bits.golomb();
  if (type !== 1) return;
  bits.take(1);
  bits.golomb();
  bits.golomb();
  const count = bits.golomb();
  for (let i = 0; i < count && !bits.over; i += 1) bits.golomb();
};

/** The size of the pictures that a parameter set (without start code) describes [px]; undefined when it makes no sense. */
export const sizeInSps = (nal: Buffer): { readonly width: number; readonly height: number } | undefined => {
  const bits = new Bits(unescaped(nal));
  bits.take(8);
  const profile = bits.take(8);
  bits.take(16);
  bits.golomb();
  const chroma = WITH_CHROMA.has(profile) ? skipChroma(bits) : 1;
  bits.golomb();
  skipOrderCount(bits);
  bits.golomb();
  bits.take(1);
  const widthMbs = bits.golomb() + 1;
  const heightUnits = bits.golomb() + 1;
  const frameOnly = bits.take(1);
  if (frameOnly === 0) bits.take(1);
  bits.take(1);
  const crops = bits.take(1) === 1;
  const [left, right, top, bottom] = [1, 2, 3, 4].map(() => (crops ? bits.golomb() : 0)) as [number, number, number, number];
  const unitX = chroma === 1 || chroma === 2 ? 2 : 1;
  const unitY = (chroma === 1 ? 2 : 1) * (2 - frameOnly);
  const width = widthMbs * 16 - (left + right) * unitX;
  const height = heightUnits * 16 * (2 - frameOnly) - (top + bottom) * unitY;
  return bits.over || width <= 0 || height <= 0 || width > 16_384 || height > 16_384 ? undefined : { width, height };
};
