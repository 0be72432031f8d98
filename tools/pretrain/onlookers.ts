import { firstValueFrom } from 'rxjs';
import { loadPack } from '../../src/inference/pack.js';
import type { Session } from '../../src/inference/types.js';
import { clipToTensor, pictureToTensor, pictureValues } from '../../src/sense/pixels.js';

/** Asks the appearance net. */
export interface LookingEye {
  /** Scores of a picture, RGB `[height, width, 3]` at the net's own size. */
  look(rgb: Uint8Array): Promise<Float32Array>;
  /** What each run took [ms]. */
  readonly lookMs: readonly number[];
  /** Frees the net. */
  close(): Promise<void>;
}

/** Asks the motion net. */
export interface WatchingEye {
  /** Scores of a clip of pictures, each RGB `[height, width, 3]` at the net's own size. */
  watch(frames: readonly Uint8Array[]): Promise<Float32Array>;
  /** What each run took [ms]. */
  readonly watchMs: readonly number[];
  /** Frees the net. */
  closeWatch(): Promise<void>;
}

/** Both. */
export type Eyes = LookingEye & WatchingEye;

/** The other direction of an action's label; what has none is its own opposite. */
export const opposite = (label: string): string =>
  label.endsWith('+') ? `${label.slice(0, -1)}-` : label.endsWith('-') ? `${label.slice(0, -1)}+` : label;

const ask = async (session: Session, data: Float32Array, times: number[]): Promise<Float32Array> => {
  const [input] = session.inputs;
  const startMs = performance.now();
  const { scores } = await firstValueFrom(session.run({ [input?.name ?? '']: { data, dims: input?.dims.map((d) => Math.max(1, d)) ?? [] } }));
  times.push(performance.now() - startMs);
  if (scores === undefined) throw new Error('the net gave no scores');
  return scores.data;
};

/** Opens a pack's appearance net on one thread. */
export const openEye = async (pack: string): Promise<LookingEye> => {
  const loaded = await loadPack(pack), spec = loaded.sense('appearance').input.from, lookMs: number[] = [];
  if (spec.kind !== 'picture') throw new Error(`${pack} does not look at pictures`);
  const session = await loaded.open('appearance', { threads: 1 }), { width, height } = spec;
  return {
    look: async (data) => ask(session, pictureToTensor({ width, height, data, timeUs: 0 }, spec, new Float32Array(pictureValues(spec))), lookMs),
    lookMs, close: async () => session.close(),
  };
};

/** Opens a pack's motion net on one thread. */
export const openStride = async (pack: string): Promise<WatchingEye> => {
  const loaded = await loadPack(pack), spec = loaded.sense('motion').input.from, watchMs: number[] = [];
  if (spec.kind !== 'clip') throw new Error(`${pack} does not watch clips`);
  const session = await loaded.open('motion', { threads: 1 }), { width, height, frames } = spec;
  return {
    watch: async (pictures) => ask(session, clipToTensor(pictures.map((data) => ({ width, height, data, timeUs: 0 })), spec, new Float32Array(frames * pictureValues(spec))), watchMs),
    watchMs, closeWatch: async () => session.close(),
  };
};
