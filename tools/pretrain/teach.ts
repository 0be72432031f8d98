/**
 * Makes what the embedded audio net learns from: augmented windows of the training parts as log-mel, and
 * what YAMNet says of each. `node dist/tools/pretrain/teach.js [--yamnet <pack>] [--fit n] [--held n]`.
 * Seeded and resumable: shards that exist are kept.
 */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { firstValueFrom } from 'rxjs';
import { loadPack } from '../../src/inference/pack.js';
import { createLogMel } from '../../src/sense/log-mel.js';
import { FRONT_END, LABELS } from './labels.js';
import { soundClips, type Clip } from './library.js';
import { cacheFolder } from './places.js';
import { seeded, type Random } from '../../src/learn/random.js';
import { drawWild } from './wild.js';
import { drawExample, plainTarget, plainWindows, pools, type Example } from './windows.js';

const SHARD = 2000;
const MEL_SCALE = 2048;
const PATCH = FRONT_END.patchFrames * FRONT_END.melBins;

type Teacher = (patch: Float32Array) => Promise<{ readonly features: Float32Array; readonly scores: Float32Array }>;

const teacher = async (pack: string): Promise<Teacher> => {
  const session = await (await loadPack(pack)).open('audio');
  return async (patch) => {
    const { features, scores } = await firstValueFrom(session.run({ [session.inputs[0]?.name ?? '']: { data: patch, dims: [1, FRONT_END.patchFrames, FRONT_END.melBins] } }));
    if (features === undefined || scores === undefined) throw new Error('the teacher gave no features and scores');
    return { features: features.data, scores: scores.data };
  };
};

/** Writes one shard: log-mel as int16 (times 2048), features, scores and targets as float32. */
const writeShard = async (name: string, examples: readonly Example[], teach: Teacher): Promise<void> => {
  const folder = join(cacheFolder(), 'windows', name);
  if (existsSync(folder)) return;
  const mel = new Int16Array(examples.length * PATCH);
  const features: Float32Array[] = [], scores: Float32Array[] = [];
  const front = createLogMel(FRONT_END);
  for (const [i, { samples }] of examples.entries()) {
    const patch = front.patch(samples);
    mel.set(Int16Array.from(patch, (v) => Math.round(v * MEL_SCALE)), i * PATCH);
    const said = await teach(patch);
    features.push(said.features);
    scores.push(said.scores);
  }
  const making = `${folder}.part`;
  mkdirSync(making, { recursive: true });
  writeFileSync(join(making, 'mel.i16'), mel);
  writeFileSync(join(making, 'features.f32'), Buffer.concat(features.map((f) => new Uint8Array(f.buffer, f.byteOffset, f.byteLength))));
  writeFileSync(join(making, 'scores.f32'), Buffer.concat(scores.map((f) => new Uint8Array(f.buffer, f.byteOffset, f.byteLength))));
  writeFileSync(join(making, 'targets.f32'), Buffer.concat(examples.map(({ targets }) => new Uint8Array(targets.buffer))));
  renameSync(making, folder);
  process.stdout.write(`${name}: ${examples.length} windows\n`);
};

const { values } = parseArgs({ options: { yamnet: { type: 'string', default: 'yamnet' }, fit: { type: 'string', default: '28000' }, held: { type: 'string', default: '12000' }, wild: { type: 'string', default: '14000' } } });
const teach = await teacher(values.yamnet);
const train = soundClips('train');

/** Windows of the held-back block as they are, for the temperature and for choosing epochs. */
const plain = train.filter((clip) => clip.held).flatMap((clip) => plainWindows(clip).flatMap((samples) => {
  const target = plainTarget(clip, samples);
  return target === undefined ? [] : [{ samples, targets: Float32Array.from(LABELS, (_, i) => (i === target ? 1 : 0)) }];
}));
await writeShard('plain-000', plain, teach);

type Draw = (clips: readonly Clip[], random: Random) => Example;
const labelled: Draw = (clips, random) => drawExample(pools(clips), random);
const runs: readonly (readonly [string, number, number, boolean, Draw])[] = [
  ['fit', Number(values.fit), 1, false, labelled],
  ['held', Number(values.held), 2, true, labelled],
  ['wildfit', Number(values.wild), 3, false, drawWild],
  ['wildheld', Number(values.wild) / 2, 4, true, drawWild],
];
for (const [name, count, seed, held, draw] of runs) {
  const clips = train.filter((clip) => clip.held === held);
  for (let shard = 0; shard * SHARD < count; shard++) {
    const random = seeded(seed * 1000 + shard);
    const folder = `${name}-${String(shard).padStart(3, '0')}`;
    if (existsSync(join(cacheFolder(), 'windows', folder))) continue;
    await writeShard(folder, Array.from({ length: SHARD }, () => draw(clips, random)), teach);
  }
}
