/** Paints frames: a piece of the backdrop, and things upon it. */
import type { Backdrop } from './backdrops.js';
import { SPRITE_REACH, type Sprite } from './looks.js';

/** A thing in a frame. */
export interface Placed {
  readonly sprite: Sprite;
  /** Centre [px]. */
  readonly x: number;
  readonly y: number;
  /** [px] */
  readonly radius: number;
  /** [rad], clockwise. */
  readonly turn: number;
  /** Factors on its width and height. */
  readonly wide: number;
  readonly tall: number;
  /** How much of it is there, 0…1. */
  readonly alpha: number;
}

/** A picture in the making. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** RGB, `[height, width, 3]`. */
  readonly rgb: Uint8Array;
}

/** Fills a picture from a backdrop, whose point (left, top) comes into the upper left corner. */
export const paintBackdrop = ({ width, height, rgb }: Picture, backdrop: Backdrop, left: number, top: number): void => {
  const x = Math.max(0, Math.min(backdrop.width - width, Math.round(left))), y = Math.max(0, Math.min(backdrop.height - height, Math.round(top)));
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * backdrop.width + x) * 3;
    rgb.set(backdrop.rgb.subarray(from, from + width * 3), row * width * 3);
  }
};

/** Paints a thing; its edge is smooth over one pixel. */
export const paintThing = ({ width, height, rgb }: Picture, { sprite, x, y, radius, turn, wide, tall, alpha }: Placed): void => {
  if (alpha <= 0) return;
  const reach = SPRITE_REACH * radius * Math.max(wide, tall);
  const left = Math.max(0, Math.floor(x - reach)), right = Math.min(width, Math.ceil(x + reach));
  const top = Math.max(0, Math.floor(y - reach)), bottom = Math.min(height, Math.ceil(y + reach));
  const { side, distance, rgb: colours } = sprite;
  const cells = side / (2 * SPRITE_REACH * radius);
  const c = Math.cos(turn) * cells, s = Math.sin(turn) * cells;
  // From pixels to grid cells: the inverse of turning and stretching.
  const ux = c / wide, uy = s / wide, vx = -s / tall, vy = c / tall;
  const edge = radius * Math.min(wide, tall), last = side - 2;
  for (let py = top; py < bottom; py++) {
    const dy = py + 0.5 - y;
    for (let px = left; px < right; px++) {
      const dx = px + 0.5 - x;
      const u = dx * ux + dy * uy + side / 2 - 0.5, v = dx * vx + dy * vy + side / 2 - 0.5;
      if (u < 0 || v < 0 || u > last || v > last) continue;
      const iu = u | 0, iv = v | 0, fu = u - iu, fv = v - iv, cell = iv * side + iu;
      const d = ((distance[cell] ?? 0) * (1 - fu) + (distance[cell + 1] ?? 0) * fu) * (1 - fv) +
        ((distance[cell + side] ?? 0) * (1 - fu) + (distance[cell + side + 1] ?? 0) * fu) * fv;
      const cover = alpha * Math.max(0, Math.min(1, 0.5 - d * edge));
      if (cover <= 0) continue;
      const nearest = (Math.round(v) * side + Math.round(u)) * 3, to = (py * width + px) * 3;
      rgb[to] = (rgb[to] ?? 0) * (1 - cover) + (colours[nearest] ?? 0) * cover;
      rgb[to + 1] = (rgb[to + 1] ?? 0) * (1 - cover) + (colours[nearest + 1] ?? 0) * cover;
      rgb[to + 2] = (rgb[to + 2] ?? 0) * (1 - cover) + (colours[nearest + 2] ?? 0) * cover;
    }
  }
};

/** Mean luma of a picture, 0…255 (ITU-R BT.601). */
export const meanLuma = ({ rgb }: Pick<Picture, 'rgb'>): number => {
  let sum = 0;
  for (let i = 0; i < rgb.length; i += 3) sum += 0.299 * (rgb[i] ?? 0) + 0.587 * (rgb[i + 1] ?? 0) + 0.114 * (rgb[i + 2] ?? 0);
  return sum / (rgb.length / 3);
};

/** Makes a backdrop lighter or darker, in place. */
export const lighten = ({ rgb }: Pick<Backdrop, 'rgb'>, by: number): void => {
  for (let i = 0; i < rgb.length; i++) rgb[i] = Math.max(0, Math.min(255, Math.round((rgb[i] ?? 0) + by)));
};
