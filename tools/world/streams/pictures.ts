/** A camera's pictures. */
import type { Random } from '../../../src/learn/random.js';
import { draw } from '../draw.js';
import { drawBackdrop } from '../scenes/backdrops.js';
import { CAMERA_REACH } from '../scenes/camera.js';
import { backdropSize, drawStaging, materialsOf, placedAt, type Size, type Staging } from '../scenes/film.js';
import { rasterise, SPRITE_REACH, type Sprite } from '../scenes/looks.js';
import { paintBackdrop, paintThing, type Picture } from '../scenes/painter.js';
import { FADE_S } from '../scenes/latents.js';
import { drawEpisode, EPISODE_S, type Camera, type Episode, type Happening } from './timeline.js';

/** How long the view stays on its way from one place to the next [s]. */
const KNOT_S = 6;

/** Where a camera's view is at a time, relative to its middle [picture heights]: it holds, then drifts to the next place. */
export const cameraView = ({ world, part, index }: Camera, timeS: number): readonly [x: number, y: number] => {
  const knot = Math.floor(timeS / KNOT_S), through = timeS / KNOT_S - knot;
  const place = (k: number): readonly [number, number] => {
    const random = draw('view', world.seed, part, index, k);
    return [random.uniform(-0.5, 0.5) * CAMERA_REACH, random.uniform(-0.5, 0.5) * CAMERA_REACH];
  };
  const [x0, y0] = place(knot), [x1, y1] = place(knot + 1), way = Math.max(0, through * 2 - 1);
  return [x0 + (x1 - x0) * way, y0 + (y1 - y0) * way];
};

interface Actor {
  readonly staging: Staging;
  readonly sprite: Sprite;
}

/** A camera's pictures by time; any time may be asked for, times near each other are cheap. */
export class Pictures {
  readonly #camera: Camera;
  readonly #size: Size;
  readonly #picture: Picture;
  readonly #backdrop;
  #episode: Episode | undefined;
  #actor: { readonly id: string; readonly actor: Actor } | undefined;

  /**
   * @param camera whose pictures
   * @param size of the pictures
   */
  constructor(camera: Camera, size: Size) {
    const { world, part, index } = camera, random = draw('place', world.seed, part, index);
    const { width, height } = backdropSize(size);
    this.#camera = camera;
    this.#size = size;
    this.#picture = { ...size, rgb: new Uint8Array(size.width * size.height * 3) };
    this.#backdrop = drawBackdrop(random.pick(materialsOf(part).backdrops), width, height, size.height, random);
  }

  /** The picture of a time [s]: RGB `[height, width, 3]`, valid until the next call. */
  at(timeS: number): Uint8Array {
    const { rgb } = this.#picture, out = this.#dropOut(timeS);
    if (out?.of === 'black') return rgb.fill(16);
    this.#paint(out === undefined ? timeS : out.startS);
    return rgb;
  }

  #dropOut(timeS: number): Episode['dropOuts'][number] | undefined {
    return this.#episodeOf(timeS).dropOuts.find(({ of, startS, endS }) => of !== 'sound' && timeS >= startS && timeS < endS);
  }

  #episodeOf(timeS: number): Episode {
    const index = Math.floor(timeS / EPISODE_S);
    if (this.#episode?.index !== index) this.#episode = drawEpisode(this.#camera, index);
    return this.#episode;
  }

  #paint(timeS: number): void {
    const { height } = this.#size, [x, y] = cameraView(this.#camera, timeS), middle = CAMERA_REACH * height + 1;
    paintBackdrop(this.#picture, this.#backdrop, middle + x * height, middle + y * height);
    for (const happening of this.#episodeOf(timeS).happenings) {
      const { seen, done } = happening;
      if (seen === undefined || timeS < seen.startS || timeS >= seen.endS) continue;
      const { staging, sprite } = this.#actorOf(happening, seen);
      const placed = placedAt(staging, sprite, { seen: { ...seen, onsetS: seen.startS }, ...(done && { done: { ...done, onsetS: done.startS } }) }, timeS, this.#size);
      paintThing(this.#picture, { ...placed, alpha: Math.min(placed.alpha, (seen.endS - timeS) / FADE_S) });
    }
  }

  #actorOf({ id }: Happening, { look }: NonNullable<Happening['seen']>): Actor {
    if (this.#actor?.id === id) return this.#actor.actor;
    const { world, part } = this.#camera, random: Random = draw('actor', world.seed, part, id);
    const staging = drawStaging(look, materialsOf(part).patterns, random);
    // Idling was drawn for the times of clips: in a stream things stand or bob.
    const calm: Staging = staging.idling.kind === 'drift' ? { ...staging, idling: { ...staging.idling, kind: 'held' } } : staging;
    const actor = { staging: calm, sprite: rasterise(staging.finish, Math.ceil(2 * SPRITE_REACH * staging.radius * this.#size.height * 1.2)) };
    this.#actor = { id, actor };
    return actor;
  }
}
