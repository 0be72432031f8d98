/** Checks that a world tells by what it should, and by nothing else. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { wilson, type Estimate } from '../../../src/evaluate/intervals.js';
import { loadPack } from '../../../src/inference/pack.js';
import { createLogMel } from '../../../src/sense/log-mel.js';
import { add, fromDb } from '../../pretrain/filters.js';
import { FRONT_END, WINDOW_SAMPLES } from '../../pretrain/labels.js';
import { runPatch } from '../../pretrain/listeners.js';
import { draw } from '../draw.js';
import { accuracy, learnProbe, type Example } from '../probe.js';
import { stage } from './film.js';
import { drawLatents } from './latents.js';
import { ambience } from './other-sounds.js';
import { meanLuma } from './painter.js';
import { clipPath } from './render.js';
import { soundtrack } from './soundtrack.js';
import { drawTraits, speak, TIMBRE_NAMES } from './timbres.js';
import type { World } from './world.js';

/** What a classifier on numbers that should tell nothing makes of the groups, and what the commonest group alone gives. */
export interface Shortcut {
  readonly right: Estimate;
  readonly chance: number;
}

const SMALL = { width: 32, height: 32 };

/**
 * Learns the group of clips from their loudness, their brightness and, given a rendered folder, their files' length, on
 * the first half of `count` training clips, and tries it on the other half.
 */
export const shortcut = (world: World, count: number, folder?: string): Shortcut => {
  const groups = [...new Set(world.classes.map(({ group }) => group))];
  const examples = Array.from({ length: count }, (_, index): Example => {
    const latents = drawLatents(world, 'train', index), film = stage(world.seed, latents, SMALL), samples = soundtrack(world.seed, latents);
    let energy = 0;
    for (const v of samples) energy += v * v;
    const luma = [0, 44, 88, 131].reduce((sum, frame) => sum + meanLuma({ rgb: film.frame(frame) }) / 4, 0);
    return { x: [Math.log(energy), luma, ...(folder === undefined ? [] : [statSync(join(folder, clipPath(latents))).size])], y: groups.indexOf(latents.group) };
  });
  const half = examples.slice(0, count / 2), rest = examples.slice(count / 2);
  const chance = Math.max(...groups.map((_, y) => rest.filter((one) => one.y === y).length)) / rest.length;
  return { right: wilson(Math.round(accuracy(learnProbe(half, groups.length), rest) * rest.length), rest.length), chance };
};

/**
 * How well a line through an audio net's features tells the timbres of classes, learned from training traits and tried
 * on those of test parts, one window each, 12 to 22 dB above ambience.
 * @param pack the folder of a pack with an audio sense that gives features
 */
export const timbresTold = async (pack: string, learned = 16, tried = 6): Promise<Estimate> => {
  const session = await (await loadPack(pack)).open('audio', { threads: 1 }), front = createLogMel(FRONT_END);
  const gather = async (held: boolean, each: number): Promise<Example[]> => {
    const examples: Example[] = [];
    for (const [y, timbre] of TIMBRE_NAMES.entries()) {
      for (let i = 0; i < each; i++) {
        const random = draw('probe', timbre, i, String(held));
        const mixed = add(speak(timbre, WINDOW_SAMPLES, drawTraits(held, random), random), ambience(WINDOW_SAMPLES, random), fromDb(-random.uniform(12, 22)));
        const { features } = await runPatch(session, front.patch(mixed.map((v) => v * 0.05)));
        examples.push({ x: Float32Array.from(features), y });
      }
    }
    return examples;
  };
  try {
    const probe = learnProbe(await gather(false, learned), TIMBRE_NAMES.length, 10), examples = await gather(true, tried);
    return wilson(Math.round(accuracy(probe, examples) * examples.length), examples.length);
  } finally {
    await session.close();
  }
};
