/**
 * `node dist/tools/world/airspace/main.js [--to .cache/world/airspace] [--seed 1]`: composes clips of real pictures and
 * real sounds that were recorded apart (../shared/data/airspace). Whatever is there already is kept, so that a killed run goes on.
 */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { SAMPLE_RATE_HZ } from '../../../src/media/types.js';
import { writeRecording } from '../../media/recording.js';
import { splits } from '../../pretrain/library.js';
import { repositoryRoot, sharedFolder } from '../../pretrain/places.js';
import { seeded } from '../../../src/learn/random.js';
import { CLIP_S, planAirspace, type ComposedClip } from './plan.js';
import { openFrames, readSound } from './read.js';

const FPS = 30;

/** Key frames each second: a camera's setting that makes looking cheap. The original has one each 4.3 s. */
const GOP_FRAMES = FPS;

/** Composes one clip; the file appears whole or not at all. */
const compose = (clip: ComposedClip, path: string): void => {
  const data = join(sharedFolder(), 'data');
  const frames = openFrames(join(data, clip.video));
  const part = `${path}.part.mp4`;
  try {
    for (let skip = Math.round(clip.videoFromS * FPS); skip > 0; skip -= 1) frames.next();
    const count = Math.round(CLIP_S * FPS);
    let last: Uint8Array | undefined;
    const frame = (): Uint8Array => {
      last = frames.next() ?? last;
      if (last === undefined) throw new Error(`${clip.video} ends before ${clip.videoFromS} s`);
      return last;
    };
    const fromSample = Math.round(clip.soundFromS * SAMPLE_RATE_HZ);
    const samples = readSound(join(data, clip.sound)).slice(fromSample, fromSample + Math.round(CLIP_S * SAMPLE_RATE_HZ));
    writeRecording({
      path: part,
      video: { width: frames.width, height: frames.height, fps: FPS, count, frame, gopFrames: GOP_FRAMES, options: { preset: 'veryfast', crf: '20' } },
      audio: { sampleRateHz: SAMPLE_RATE_HZ, samples },
    });
  } finally {
    frames.close();
  }
  renameSync(part, path);
};

const { values } = parseArgs({ options: { to: { type: 'string', default: join(repositoryRoot(), '.cache', 'world', 'airspace') }, seed: { type: 'string', default: '1' } } });
const plan = planAirspace(splits().filter((row) => row.set.startsWith('airspace')), seeded(Number(values.seed)));
mkdirSync(values.to, { recursive: true });
writeFileSync(join(values.to, 'clips.jsonl'), plan.map((clip) => `${JSON.stringify({ composed: true, ...clip })}\n`).join(''));
const started = performance.now();
for (const [i, clip] of plan.entries()) {
  const path = join(values.to, clip.part, clip.name);
  if (existsSync(path)) continue;
  mkdirSync(dirname(path), { recursive: true });
  compose(clip, path);
  await setImmediate(); // native frames are only given back when the event loop turns
  if (i % 20 === 19) process.stdout.write(`${i + 1} of ${plan.length} clips, ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
}
process.stdout.write(`${values.to}: ${plan.length} composed clips\n`);
