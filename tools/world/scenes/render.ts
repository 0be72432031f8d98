/** Renders a world into a folder of clips by label; goes on where it was stopped. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawClip, writeClip } from './clip.js';
import type { Size } from './film.js';
import { drawLatents, informative, type Latents, type Part } from './latents.js';
import { oracleOpenings } from './oracle.js';
import type { World } from './world.js';

/** How many clips of each part. */
export type Counts = Readonly<Record<Part, number>>;
/** The parts in the order in which they are rendered. */
export const PARTS: readonly Part[] = ['train', 'val', 'test'];

/** Where a clip lies in a world's folder. */
export const clipPath = ({ part, label, id }: Pick<Latents, 'part' | 'label' | 'id'>): string => join(part, label, `${id}.mp4`);

/** One line of `clips.jsonl`: what a clip holds, for evaluation only; nothing may learn from it. */
export const clipLine = (latents: Latents): string => {
  const lists = ({ audio, appearance, motion }: Partial<Record<'audio' | 'appearance' | 'motion', Uint8Array>>): object =>
    ({ ...(audio && { audio: [...audio] }), ...(appearance && { appearance: [...appearance] }), ...(motion && { motion: [...motion] }) });
  return JSON.stringify({ path: clipPath(latents), ...latents, informative: lists(informative(latents)), oracle: lists(oracleOpenings(latents)) });
};

/** What is rendered, and where to. */
export interface Order {
  readonly world: World;
  readonly counts: Counts;
  readonly folder: string;
  readonly size: Size;
  /** Begin at the end: two processes that come from both ends share the work. */
  readonly backwards?: boolean;
}

/** All clips of an order, in the order in which they are rendered. */
export const latentsOf = ({ world, counts }: Pick<Order, 'world' | 'counts'>): Latents[] =>
  PARTS.flatMap((part) => Array.from({ length: counts[part] }, (_, index) => drawLatents(world, part, index)));

/** Writes a file so that it is either the old one or the new one, never half. */
export const writeWhole = (path: string, text: string): void => {
  const partial = `${path}.${process.pid}.partial`;
  writeFileSync(partial, text);
  renameSync(partial, path);
};

/**
 * Renders what is missing of an order. First comes `world.json`, then `clips.jsonl` with every clip's latents, then
 * the clips, each whole or not at all.
 * @param progress told after each clip; `made` counts those of this run
 * @throws Error when the folder holds another world
 */
export const render = (order: Order, progress: (done: number, of: number, made: number) => void): void => {
  const { world, folder, size } = order;
  mkdirSync(folder, { recursive: true });
  const about = `${JSON.stringify({ ...world, size }, undefined, 2)}\n`, file = join(folder, 'world.json');
  if (existsSync(file) && readFileSync(file, 'utf8') !== about) throw new Error(`${folder} holds another world: render into another folder, or remove it first.`);
  writeWhole(file, about);
  const all = latentsOf(order);
  writeWhole(join(folder, 'clips.jsonl'), `${all.map(clipLine).join('\n')}\n`);
  let made = 0;
  (order.backwards === true ? all.toReversed() : all).forEach((latents, i) => {
    const path = join(folder, clipPath(latents));
    if (!existsSync(path)) {
      writeClip(path, drawClip(world, { ...latents, size }));
      made += 1;
    }
    progress(i + 1, all.length, made);
  });
};
