import { AV_PIX_FMT_RGB24, SWS_BILINEAR, SoftwareScaleContext, ok, type Frame } from './native.js';
import type { Picture, Size } from './types.js';

/** Bytes behind the last pixel: the scaler writes whole vectors, and past the end of a tight buffer it would corrupt the heap. */
const PADDING = 256;

interface Geometry {
  readonly key: string;
  readonly context: SoftwareScaleContext;
}

/** Scales frames of one camera to RGB, natively. Keeps its tables while sizes stay the same; follows a change of resolution. */
export class Scaler implements Disposable {
  readonly #geometries: Geometry[] = [];
  readonly #most: number;

  /** @param most scaling tables kept (one per pair of sizes in use); the oldest is freed for a new one */
  constructor(most = 3) {
    this.#most = most;
  }

  /** A frame as a picture of the given size; the picture owns its bytes. */
  scale(frame: Frame, timeUs: number, size: Size): Picture {
    const { data, linesize } = frame;
    if (data === null) throw new Error('a decoded frame has no planes');
    const context = this.#context(frame, size);
    const bytes = size.width * size.height * 3;
    const rgb = Buffer.allocUnsafeSlow(bytes + PADDING);
    ok(context.scaleSync(data, linesize, 0, frame.height, [rgb], [size.width * 3]), 'sws_scale');
    return { ...size, timeUs, data: new Uint8Array(rgb.buffer, 0, bytes) };
  }

  #context(frame: Frame, size: Size): SoftwareScaleContext {
    const key = [frame.width, frame.height, frame.format, size.width, size.height].join();
    const known = this.#geometries.find((geometry) => geometry.key === key);
    if (known !== undefined) return known.context;
    if (this.#geometries.length >= this.#most) this.#geometries.shift()?.context.freeContext();
    const context = new SoftwareScaleContext();
    context.getContext(frame.width, frame.height, frame.format as Parameters<typeof context.getContext>[2], size.width, size.height, AV_PIX_FMT_RGB24, SWS_BILINEAR);
    this.#geometries.push({ key, context });
    return context;
  }

  /** Frees the tables. */
  [Symbol.dispose](): void {
    for (const { context } of this.#geometries.splice(0)) context.freeContext();
  }
}
