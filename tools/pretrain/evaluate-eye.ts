/**
 * Measures the embedded appearance net on the validation part and on the sample, and writes
 * models/eye/metrics.json. `node dist/tools/pretrain/evaluate-eye.js`.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstValueFrom } from 'rxjs';
import { describePack, loadPack } from '../../src/inference/pack.js';
import { pictures } from '../sample/picture.js';
import { SAMPLE_FPS, SAMPLE_HEIGHT, SAMPLE_S, SAMPLE_WIDTH } from '../sample/timeline.js';
import { cacheFolder, repositoryRoot } from './places.js';
import { SOURCE, videosOf } from './plates.js';
import { seeded } from './random.js';
import { closeUp, EYE_LABELS, HEIGHT, make, NOTHING, shrink, whole, WIDTH } from './scenes.js';
import { argmax, bootstrap, expectedCalibrationError, quantile, type Answer, type Estimate } from './statistics.js';

interface Seen extends Answer { readonly target: number; readonly said: number }

const folder = join(repositoryRoot(), 'models', 'eye');
const pack = await loadPack(folder);
const session = await pack.open('appearance', { threads: 1 });
const times: number[] = [];

const look = async (pixels: Uint8Array): Promise<Float32Array> => {
  const data = new Float32Array(pixels.length), plane = WIDTH * HEIGHT;
  for (let p = 0; p < plane; p++) for (let c = 0; c < 3; c++) data[c * plane + p] = (pixels[p * 3 + c] ?? 0) / 127.5 - 1;
  const began = performance.now();
  const { scores } = await firstValueFrom(session.run({ [session.inputs[0]?.name ?? '']: { data, dims: [1, 3, HEIGHT, WIDTH] } }));
  times.push(performance.now() - began);
  if (scores === undefined) throw new Error('the net gave no scores');
  return scores.data;
};

const see = async (pixels: Uint8Array, target: number): Promise<Seen> => {
  const scores = await look(pixels), said = argmax(scores);
  return { target, said, score: scores[said] ?? 0, right: said === target };
};

const random = seeded(41);
const plates: Uint8Array[] = [];
const closeUps: Seen[][] = [], frames: Seen[][] = [], empty: Seen[][] = [];
for (const video of videosOf('val')) {
  const target = EYE_LABELS.indexOf(video.label);
  const ups: Seen[] = [], wholes: Seen[] = [];
  for (const [i, frame] of video.frames.entries()) {
    const box = video.moving[i];
    if (box !== undefined) ups.push(await see(shrink(frame, SOURCE.width, SOURCE.height, closeUp(box, random)), target));
    if (i % 2 === 0) wholes.push(await see(shrink(frame, SOURCE.width, SOURCE.height, whole(SOURCE.width, SOURCE.height)), target));
  }
  if (ups.length > 0) closeUps.push(ups);
  frames.push(wholes);
  if (video.plate !== undefined) {
    plates.push(video.plate);
    empty.push([await see(shrink(video.plate, SOURCE.width, SOURCE.height, whole(SOURCE.width, SOURCE.height)), NOTHING)]);
  }
}
const made: Seen[][] = [];
for (let i = 0; i < 600; i++) {
  const { pixels, target } = make(plates, random);
  made.push([await see(pixels, target)]);
}

const accuracy = (groups: readonly (readonly Seen[])[]): Estimate =>
  bootstrap(groups, (drawn) => drawn.flat().filter(({ right }) => right).length / Math.max(1, drawn.flat().length), seeded(42));
const confusion = (groups: readonly (readonly Seen[])[]): object => Object.fromEntries(EYE_LABELS.map((label, target) =>
  [label, EYE_LABELS.map((_, said) => groups.flat().filter((one) => one.target === target && one.said === said).length)]));

/** What it says on every key frame of the sample. */
const onSample = async (): Promise<object[]> => {
  const frame = pictures(), said: object[] = [];
  for (let timeS = 0; timeS < SAMPLE_S; timeS += 2) {
    const scores = await look(shrink(frame(timeS * SAMPLE_FPS), SAMPLE_WIDTH, SAMPLE_HEIGHT, whole(SAMPLE_WIDTH, SAMPLE_HEIGHT)));
    const top = argmax(scores);
    said.push({ time_s: timeS, label: EYE_LABELS[top], score: scores[top] });
  }
  return said;
};

const sense = (await describePack(pack)).senses[0];
const metrics = {
  made_by: 'node dist/tools/pretrain/evaluate-eye.js',
  labels: EYE_LABELS,
  training: JSON.parse(readFileSync(join(cacheFolder(), 'eye-training.json'), 'utf8')) as unknown,
  val: {
    pictures: { close_ups: closeUps.flat().length, whole_frames: frames.flat().length, empty: empty.length, made: made.length },
    close_up_accuracy: accuracy(closeUps), whole_frame_accuracy: accuracy(frames), empty_accuracy: accuracy(empty), made_accuracy: accuracy(made),
    calibration_error_close_ups: bootstrap(closeUps, (drawn) => expectedCalibrationError(drawn.flat()), seeded(43)),
    calibration_error_made: bootstrap(made, (drawn) => expectedCalibrationError(drawn.flat()), seeded(44)),
    confusion_close_ups: confusion(closeUps), confusion_whole_frames: confusion(frames), confusion_made: confusion(made),
  },
  sample: await onSample(),
  cost: { megabytes: statSync(join(folder, pack.sense('appearance').file)).size / 1e6, macs: sense?.macs, parameters: sense?.parameters,
    ms_per_picture: { p10: quantile(times, 0.1), median: quantile(times, 0.5), p90: quantile(times, 0.9), runs: times.length } },
};
writeFileSync(join(folder, 'metrics.json'), `${JSON.stringify(metrics, (_, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value), 2)}\n`);
process.stdout.write(`${JSON.stringify(metrics, null, 1)}\n`);
await session.close();
