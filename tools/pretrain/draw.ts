/**
 * Draws the pictures and clips that the nets `eye` and `stride` learn from, of no world and with none of the textures and
 * backgrounds of any world's test part: `node dist/tools/pretrain/draw.js [--looks 14] [--clips 12]`, in thousands.
 *
 * Writes `.cache/pretrain/drawn/<looks|clips>-<k>.u8` (RGB, `[1000, 128, 128, 3]` or `[1000, 8, 64, 64, 3]`) with
 * `.labels.u8` beside them (`[1000, 3]`: motion, shape, colour), and `labels.json`. Shard 0 of each is held back.
 * Seeded; a shard that is there is not drawn again.
 */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { draw } from '../world/draw.js';
import { MOTION_LABELS } from '../world/scenes/motions.js';
import { drawLook, drawMotion, HUE_LABELS, SHAPE_LABELS } from '../world/scenes/pretraining.js';
import { cacheFolder } from './places.js';

const SHARD = 1000;
const LOOK = { width: 128, height: 128 }, CLIP = { width: 64, height: 64 }, FRAMES = 8;

interface Example {
  readonly rgb: Uint8Array;
  readonly motion: number;
  readonly shape: number;
  readonly hue: number;
}

/** Half of the pictures show a thing in some pose of an action, half one that stands. */
const look = (shard: number, index: number): Example => {
  const random = draw('eye', shard, index);
  if (index % 2 === 0) return { ...drawLook(random, LOOK), motion: MOTION_LABELS.indexOf('idle') };
  return drawMotion(random, LOOK, 1);
};

const clip = (shard: number, index: number): Example => drawMotion(draw('stride', shard, index), CLIP, FRAMES);

const writeShard = (name: string, shard: number, example: (shard: number, index: number) => Example): void => {
  const path = join(cacheFolder(), 'drawn', `${name}-${String(shard).padStart(3, '0')}`);
  if (existsSync(`${path}.u8`)) return;
  const labels = new Uint8Array(SHARD * 3), pixels: Uint8Array[] = [];
  for (let i = 0; i < SHARD; i++) {
    const { rgb, motion, shape, hue } = example(shard, i);
    pixels.push(rgb.slice());
    labels.set([motion, shape, hue], i * 3);
  }
  writeFileSync(`${path}.labels.u8`, labels);
  writeFileSync(`${path}.part`, Buffer.concat(pixels));
  renameSync(`${path}.part`, `${path}.u8`);
};

const { values } = parseArgs({ options: { looks: { type: 'string', default: '14' }, clips: { type: 'string', default: '12' } } });
mkdirSync(join(cacheFolder(), 'drawn'), { recursive: true });
writeFileSync(join(cacheFolder(), 'drawn', 'labels.json'), JSON.stringify({ motion: MOTION_LABELS, shape: SHAPE_LABELS, hue: HUE_LABELS }));
const started = performance.now();
for (const [name, count, example] of [['looks', Number(values.looks), look], ['clips', Number(values.clips), clip]] as const) {
  for (let shard = 0; shard < count; shard++) {
    writeShard(name, shard, example);
    process.stderr.write(`${name} ${shard + 1}/${count} thousand, ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
  }
}
