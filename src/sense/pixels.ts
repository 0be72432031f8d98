import { Fault } from '../faults.js';
import type { ClipSpec, PictureSpec } from '../inference/manifest.js';
import type { Picture, Size } from '../media/types.js';

const CHANNELS = 3;

/** Where the value of pixel p, channel c of one picture goes: `offset + p·pixel + c·channel`. */
interface Place {
  readonly offset: number;
  readonly pixel: number;
  readonly channel: number;
}

const put = (picture: Picture, size: Size, scale: number, offset: number, target: Float32Array, place: Place): void => {
  const pixels = size.width * size.height;
  if (picture.width !== size.width || picture.height !== size.height || picture.data.length !== pixels * CHANNELS) {
    throw new Fault('sense', 'internal', `A picture of ${picture.width}×${picture.height} came where ${size.width}×${size.height} was asked for.`);
  }
  for (let p = 0; p < pixels; p += 1) {
    for (let c = 0; c < CHANNELS; c += 1) {
      target[place.offset + p * place.pixel + c * place.channel] = (picture.data[p * CHANNELS + c] ?? 0) * scale + offset;
    }
  }
};

/** Values in one picture of this size. */
export const pictureValues = ({ width, height }: Size): number => width * height * CHANNELS;

/**
 * Writes a picture into a net's input: value·scale + offset, as `[height, width, 3]` (nhwc) or `[3, height, width]` (nchw).
 * @param target `[pictureValues(spec)]`
 */
export const pictureToTensor = (picture: Picture, spec: PictureSpec, target: Float32Array): Float32Array => {
  const place = spec.layout === 'nhwc'
    ? { offset: 0, pixel: CHANNELS, channel: 1 }
    : { offset: 0, pixel: 1, channel: spec.width * spec.height };
  put(picture, spec, spec.scale, spec.offset, target, place);
  return target;
};

/**
 * Writes a clip of `frames` pictures: `[t, 3, h, w]` (ntchw), `[3, t, h, w]` (ncthw) or `[t, h, w, 3]` (nthwc).
 * @param target `[frames · pictureValues(spec)]`
 */
export const clipToTensor = (pictures: readonly Picture[], spec: ClipSpec, target: Float32Array): Float32Array => {
  const pixels = spec.width * spec.height;
  pictures.forEach((picture, t) => {
    const places: Record<ClipSpec['layout'], Place> = {
      ntchw: { offset: t * CHANNELS * pixels, pixel: 1, channel: pixels },
      ncthw: { offset: t * pixels, pixel: 1, channel: pictures.length * pixels },
      nthwc: { offset: t * CHANNELS * pixels, pixel: CHANNELS, channel: 1 },
    };
    put(picture, spec, spec.scale, spec.offset, target, places[spec.layout]);
  });
  return target;
};
