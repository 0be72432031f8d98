/**
 * Measures the embedded nets `eye` and `stride` on clips of worlds that no pack was made for, of their test parts: textures
 * and backgrounds that the nets never saw, through a real encoder. Writes metrics.json in models/eye and models/stride.
 * `node dist/tools/pretrain/evaluate-nets.js [--clips 150]` of each of two worlds.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { expectedCalibrationError, type Claim } from '../../src/evaluate/calibration.js';
import { bootstrap, wilson, type Estimate } from '../../src/evaluate/intervals.js';
import { argmax } from '../../src/evaluate/order.js';
import { routeNativeLog } from '../../src/media/native.js';
import { drawClip, writeClip } from '../world/scenes/clip.js';
import { FADE_S } from '../world/scenes/latents.js';
import { HUE_NAMES } from '../world/scenes/looks.js';
import { MOTION_LABELS, motionLabel } from '../world/scenes/motions.js';
import { SHAPE_NAMES } from '../world/scenes/shapes.js';
import { CLIP_S, covered, FPS, MOTION_S, stepEndS } from '../world/scenes/steps.js';
import { createWorld } from '../world/scenes/world.js';
import { FLYERS } from './eye-labels.js';
import { openEye, openStride, opposite, type Eyes } from './onlookers.js';
import { costOf, saveMetrics, trainingOf } from './net-metrics.js';
import { repositoryRoot } from './places.js';
import { seeded } from '../../src/learn/random.js';

const MADE_BY = 'node dist/tools/pretrain/evaluate-nets.js';
const WORLDS = [9101, 9102];
const SIZE = 128, SMALL = 64, FRAMES = 8;
/** Steps of a clip at which motion is asked about. */
const ASKED = [1, 3, 5, 7, 9];

interface Looked { readonly shape: boolean; readonly hue: boolean; readonly both: Claim }
interface Watched extends Claim {
  readonly truth: string;
  readonly said: string;
  /** Asked about the same pictures in the reverse order, it says the opposite. */
  readonly reversedRight: boolean;
  /** Asked about one of the pictures, eight times over, it says the action with its direction. */
  readonly fromOne: boolean;
}
type Clip = ReturnType<typeof drawClip>;

const decoded = (path: string, side: number): Uint8Array[] => {
  const { stdout, status } = spawnSync('ffmpeg', ['-v', 'error', '-threads', '1', '-i', path, '-an', '-vf', `scale=${side}:${side}:flags=bilinear`, '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-'], { maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`ffmpeg cannot read ${path}`);
  const bytes = side * side * 3;
  return Array.from({ length: Math.floor(stdout.length / bytes) }, (_, i) => new Uint8Array(stdout.subarray(i * bytes, (i + 1) * bytes)));
};

const frameOf = (frames: readonly Uint8Array[], index: number): Uint8Array => {
  const frame = frames[Math.min(index, frames.length - 1)];
  if (frame === undefined) throw new Error('a clip without pictures');
  return frame;
};

const SHAPES = SHAPE_NAMES.map((_, i) => i), HUES = HUE_NAMES.map((_, i) => SHAPE_NAMES.length + i);

/** The key frames on which a thing is wholly there, and whether they were told. */
const lookAt = async ({ seen }: Clip, frames: readonly Uint8Array[], eyes: Eyes): Promise<Looked[]> => {
  const looked: Looked[] = [];
  for (let keyS = 0; keyS < CLIP_S; keyS++) {
    if (seen === undefined || keyS < seen.onsetS + FADE_S) continue;
    const scores = await eyes.look(frameOf(frames, keyS * FPS));
    const shape = argmax(scores, SHAPES), hue = argmax(scores, HUES);
    const right = { shape: SHAPE_NAMES[shape] === seen.look.shape, hue: HUE_NAMES[hue - SHAPE_NAMES.length] === seen.look.hue };
    looked.push({ ...right, both: { score: (scores[shape] ?? 0) * (scores[hue] ?? 0), right: right.shape && right.hue } });
  }
  return looked;
};

const watch = async ({ done }: Clip, frames: readonly Uint8Array[], eyes: Eyes): Promise<Watched[]> => {
  const watched: Watched[] = [];
  for (const step of ASKED) {
    const share = done === undefined ? 0 : covered(stepEndS(step), MOTION_S, done.onsetS, CLIP_S + 1);
    // Where the action has just begun, neither answer would be wrong.
    if (share > 0.05 && share < 0.6) continue;
    const truth = motionLabel(share >= 0.6 ? done?.action : undefined);
    // The product's grid: a picture each 0.12 s, the last before the window's end.
    const last = Math.floor(stepEndS(step) / (MOTION_S / FRAMES) + 1e-9);
    const pictures = Array.from({ length: FRAMES }, (_, i) => frameOf(frames, Math.round((last - FRAMES + 1 + i) * (MOTION_S / FRAMES) * FPS)));
    const ask = async (clip: readonly Uint8Array[]): Promise<{ said: string; score: number }> => {
      const scores = await eyes.watch(clip), top = argmax(scores);
      return { said: MOTION_LABELS[top] ?? '', score: scores[top] ?? 0 };
    };
    const { said, score } = await ask(pictures), reversed = await ask(pictures.toReversed()), one = await ask(pictures.map(() => frameOf(pictures, 4)));
    watched.push({ truth, said, score, right: said === truth, reversedRight: reversed.said === opposite(truth), fromOne: one.said === truth });
  }
  return watched;
};

const { values } = parseArgs({ options: { clips: { type: 'string', default: '150' } } });
routeNativeLog(undefined);
const eyeFolder = join(repositoryRoot(), 'models', 'eye'), strideFolder = join(repositoryRoot(), 'models', 'stride');
const eyes: Eyes = { ...(await openEye(eyeFolder)), ...(await openStride(strideFolder)) };
const folder = mkdtempSync(join(tmpdir(), 'hearken-nets-'));
const looks: Looked[][] = [], motions: Watched[][] = [];
for (const seed of WORLDS) {
  const world = createWorld(seed);
  for (let index = 0; index < Number(values.clips); index++) {
    const clip = drawClip(world, { part: 'test', index }), path = join(folder, 'clip.mp4');
    writeClip(path, clip);
    looks.push(await lookAt(clip, decoded(path, SIZE), eyes));
    motions.push(await watch(clip, decoded(path, SMALL), eyes));
  }
  process.stderr.write(`world ${seed} done\n`);
}
rmSync(folder, { recursive: true });

const share = <T>(groups: readonly (readonly T[])[], of: (one: T) => boolean): Estimate =>
  bootstrap(groups.filter((group) => group.length > 0), (drawn) => drawn.flat().filter(of).length / Math.max(1, drawn.flat().length), seeded(5));
const calibration = (groups: readonly (readonly Claim[])[]): Estimate =>
  bootstrap(groups.filter((group) => group.length > 0), (drawn) => expectedCalibrationError(drawn.flat()), seeded(6));
const { held_close_ups: held, ...eyeTraining } = trainingOf('eye') as { held_close_ups: { right: number; n: number } };
saveMetrics(eyeFolder, MADE_BY, {
  training: eyeTraining,
  held_out_worlds: {
    seeds: WORLDS, pictures: looks.flat().length, clips: looks.length,
    shape_accuracy: share(looks, ({ shape }) => shape), hue_accuracy: share(looks, ({ hue }) => hue), both_accuracy: share(looks, ({ both }) => both.right),
    calibration_error_of_both: calibration(looks.map((group) => group.map(({ both }) => both))),
  },
  airspace_close_ups_held_back: { of: FLYERS, accuracy: wilson(held.right, held.n) },
  cost: await costOf(eyeFolder, eyes.lookMs),
});
const acting = motions.map((group) => group.filter(({ truth }) => truth !== 'idle'));
saveMetrics(strideFolder, MADE_BY, {
  training: trainingOf('stride'),
  held_out_worlds: {
    seeds: WORLDS, looks: motions.flat().length, clips: motions.length,
    accuracy: share(motions, ({ right }) => right), accuracy_of_actions: share(acting, ({ right }) => right),
    false_alarms_of_idle: share(motions.map((group) => group.filter(({ truth }) => truth === 'idle')), ({ right }) => !right),
    direction_turned_round: share(acting, ({ said, truth }) => said === opposite(truth)),
    reversed_in_time_says_opposite: share(acting, ({ reversedRight }) => reversedRight),
    from_one_picture: share(acting, ({ fromOne }) => fromOne),
    calibration_error: calibration(motions),
    accuracy_by_action: Object.fromEntries(MOTION_LABELS.map((label) => {
      const mine = motions.flat().filter(({ truth }) => truth === label);
      return [label, { right: mine.filter(({ right }) => right).length, n: mine.length }];
    })),
  },
  cost: await costOf(strideFolder, eyes.watchMs),
});
await eyes.close();
await eyes.closeWatch();
