/**
 * Measures the embedded audio net on the validation part, beside YAMNet with a head trained with the same
 * effort, and writes models/ear/metrics.json. `node dist/tools/pretrain/evaluate.js [--yamnet <pack>]`.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describePack, loadPack } from '../../src/inference/pack.js';
import type { Session } from '../../src/inference/types.js';
import { createLogMel } from '../../src/sense/log-mel.js';
import { expectedCalibrationError } from '../../src/evaluate/calibration.js';
import { bootstrap, wilson, type Estimate } from '../../src/evaluate/intervals.js';
import { argmax, quantile } from '../../src/evaluate/order.js';
import { fromDb, scale } from './filters.js';
import { nothingInParticular } from './augment.js';
import { BACKGROUND, FRONT_END, LABELS, WINDOW_SAMPLES } from './labels.js';
import { soundClips, type Clip } from './library.js';
import { byName, runPatch, sigmoidHead } from './listeners.js';
import { cacheFolder, repositoryRoot } from './places.js';
import { seeded } from '../../src/learn/random.js';
import { plainTarget, plainWindows } from './windows.js';

interface Heard {
  readonly clip: Clip;
  /** Per window: what it holds (undefined: too little of the sound to say), and one score per label. */
  readonly windows: readonly { readonly target: number | undefined; readonly scores: Float32Array }[];
}
type Voice = 'ear' | 'yamnet_head' | 'yamnet_names';
const VOICES: readonly Voice[] = ['ear', 'yamnet_head', 'yamnet_names'];

const { values } = parseArgs({ options: { yamnet: { type: 'string', default: 'yamnet' } } });
const folder = join(repositoryRoot(), 'models', 'ear');
const earPack = await loadPack(folder), yamnetPack = await loadPack(values.yamnet);
const ear = await earPack.open('audio', { threads: 1 }), yamnet = await yamnetPack.open('audio', { threads: 1 });
const head = sigmoidHead(join(cacheFolder(), 'yamnet-head.f32'), 1024), named = byName(yamnetPack);

const hear = async (patch: Float32Array): Promise<Record<Voice, Float32Array>> => {
  const ours = await runPatch(ear, patch), theirs = await runPatch(yamnet, patch);
  return { ear: ours.scores, yamnet_head: head(theirs.features), yamnet_names: named(theirs.scores) };
};

const listen = async (clips: readonly Clip[]): Promise<Record<Voice, readonly Heard[]>> => {
  const heard: Record<Voice, Heard[]> = { ear: [], yamnet_head: [], yamnet_names: [] };
  for (const clip of clips) {
    const front = createLogMel(FRONT_END);
    const windows: { target: number | undefined; scores: Record<Voice, Float32Array> }[] = [];
    for (const samples of plainWindows(clip)) windows.push({ target: plainTarget(clip, samples), scores: await hear(front.patch(samples)) });
    for (const voice of VOICES) heard[voice].push({ clip, windows: windows.map(({ target, scores }) => ({ target, scores: scores[voice] })) });
  }
  return heard;
};

const meanScores = ({ windows }: Heard): Float32Array =>
  Float32Array.from(LABELS, (_, label) => windows.reduce((sum, { scores }) => sum + (scores[label] ?? 0), 0) / windows.length);

/** Clips whose mean score is greatest for their own label. */
const byClip = (heard: readonly Heard[], among?: readonly number[]): Estimate =>
  wilson(heard.filter((one) => argmax(meanScores(one), among) === one.clip.target).length, heard.length);

const share = (heard: readonly Heard[], right: (scores: Float32Array, target: number) => boolean): number => {
  const told = heard.flatMap(({ windows }) => windows.filter(({ target }) => target !== undefined));
  return told.filter(({ scores, target }) => right(scores, target ?? -1)).length / Math.max(1, told.length);
};

/** Windows, with an interval over clips. */
const byWindow = (heard: readonly Heard[], right: (scores: Float32Array, target: number) => boolean): Estimate =>
  bootstrap(heard, (drawn) => share(drawn, right), seeded(3));

const calibration = (heard: readonly Heard[]): Estimate =>
  bootstrap(heard, (drawn) => expectedCalibrationError(drawn.flatMap(({ windows }) => windows.flatMap(({ target, scores }) => {
    const top = argmax(scores);
    return target === undefined ? [] : [{ score: scores[top] ?? 0, right: top === target }];
  }))), seeded(4));

const ESC10 = LABELS.flatMap((label, i) => (label === 'drone' || label === 'background' ? [] : [i]));
const AIRSPACE = ['drone', 'helicopter', 'background'].map((label) => (LABELS as readonly string[]).indexOf(label));
const known = (scores: Float32Array): number => Math.max(...scores.subarray(0, BACKGROUND));

const report = (heard: readonly Heard[], voice: Voice): object => {
  const of = (set: string): readonly Heard[] => heard.filter(({ clip }) => clip.set === set);
  const esc = of('esc10'), air = of('airspace-audio'), street = of('fights');
  const top = (scores: Float32Array, target: number): boolean => argmax(scores) === target;
  const quiet = [...air.filter(({ clip }) => clip.label === 'background'), ...street];
  const perLabel = Object.fromEntries(ESC10.map((label) => {
    const mine = esc.filter(({ clip }) => clip.target === label);
    return [LABELS[label] ?? '', byClip(mine, ESC10).value];
  }));
  return {
    esc10_clip_accuracy: byClip(esc, ESC10),
    esc10_window_accuracy: byWindow(esc, (scores, target) => target === BACKGROUND || argmax(scores, ESC10) === target),
    esc10_clip_accuracy_by_label: perLabel,
    ...(voice === 'yamnet_names' ? {} : {
      airspace_clip_accuracy: byClip(air, AIRSPACE),
      airspace_window_accuracy: byWindow(air, (scores, target) => argmax(scores, AIRSPACE) === target),
      airspace_window_accuracy_of_12: byWindow(air, top),
      all_window_accuracy_of_12: byWindow(heard, top),
      calibration_error: calibration(heard),
      known_sound_heard_at_half: byWindow([...esc, ...air.filter(({ clip }) => clip.target !== BACKGROUND)], (scores, target) => target === BACKGROUND || (scores[target] ?? 0) >= 0.5),
      false_alarm_at_half: byWindow(quiet, (scores) => known(scores) >= 0.5),
      quiet_windows_sure_of_background: byWindow(quiet, (scores) => (scores[BACKGROUND] ?? 0) >= 0.7 && known(scores) < 0.3),
      street_false_alarm_at_half: byWindow(street, (scores) => known(scores) >= 0.5),
    }),
  };
};

/** Clips that one knows and the other does not, and the difference with its interval over clips. */
const difference = (a: readonly Heard[], b: readonly Heard[], set: string, among: readonly number[]): Estimate => {
  const pairs = a.flatMap((one, i) => {
    const other = b[i];
    return one.clip.set !== set || other === undefined ? [] : [Number(argmax(meanScores(one), among) === one.clip.target) - Number(argmax(meanScores(other), among) === one.clip.target)];
  });
  return bootstrap(pairs, (drawn) => drawn.reduce((sum, v) => sum + v, 0) / drawn.length, seeded(5));
};

/** Both nets in turn on the same patches, one thread each: milliseconds per window. */
const race = async (sessions: Readonly<Record<string, Session>>): Promise<object> => {
  const random = seeded(6);
  const patches = Array.from({ length: 20 }, () => createLogMel(FRONT_END).patch(scale(nothingInParticular(WINDOW_SAMPLES, random), fromDb(-30))));
  const times: Record<string, number[]> = {};
  for (let round = 0; round < 25; round++) {
    for (const patch of patches) {
      for (const [name, session] of Object.entries(sessions)) {
        const began = performance.now();
        await runPatch(session, patch);
        if (round >= 5) (times[name] ??= []).push(performance.now() - began);
      }
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, { p10: quantile(ms, 0.1), median: quantile(ms, 0.5), p90: quantile(ms, 0.9), runs: ms.length }]));
};

const quietest = async (): Promise<object> => {
  const random = seeded(8);
  const most = { silence: 0, noise: 0 };
  for (let i = 0; i < 200; i++) {
    const noise = scale(nothingInParticular(WINDOW_SAMPLES, random), fromDb(random.uniform(-70, -15)));
    const { scores } = await runPatch(ear, createLogMel(FRONT_END).patch(noise));
    most.noise += known(scores) >= 0.5 ? 1 / 200 : 0;
  }
  most.silence = known((await runPatch(ear, createLogMel(FRONT_END).patch(new Float32Array(WINDOW_SAMPLES)))).scores);
  return { synthetic_noise_false_alarm_at_half: most.noise, silence_greatest_known_score: most.silence };
};

const heard = await listen(soundClips('val'));
const size = async (pack: typeof earPack): Promise<object> => {
  const { senses } = await describePack(pack);
  const audio = senses.find(({ sense }) => sense === 'audio');
  return { megabytes: statSync(join(pack.folder, pack.sense('audio').file)).size / 1e6, macs: audio?.macs, parameters: audio?.parameters };
};
const metrics = {
  made_by: 'node dist/tools/pretrain/evaluate.js',
  labels: LABELS,
  training: JSON.parse(readFileSync(join(cacheFolder(), 'ear-training.json'), 'utf8')) as unknown,
  val: {
    clips: { esc10: heard.ear.filter(({ clip }) => clip.set === 'esc10').length, airspace_audio: heard.ear.filter(({ clip }) => clip.set === 'airspace-audio').length, fights: heard.ear.filter(({ clip }) => clip.set === 'fights').length },
    ear: { ...report(heard.ear, 'ear'), ...(await quietest()) },
    yamnet_head: report(heard.yamnet_head, 'yamnet_head'),
    yamnet_names: report(heard.yamnet_names, 'yamnet_names'),
    ear_minus_yamnet_head: { esc10_clip_accuracy: difference(heard.ear, heard.yamnet_head, 'esc10', ESC10), airspace_clip_accuracy: difference(heard.ear, heard.yamnet_head, 'airspace-audio', AIRSPACE) },
  },
  cost: { ear: await size(earPack), yamnet: await size(yamnetPack), ms_per_window: await race({ ear, yamnet }) },
};
writeFileSync(join(folder, 'metrics.json'), `${JSON.stringify(metrics, (_, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value), 2)}\n`);
process.stdout.write(`${JSON.stringify({ val: metrics.val, cost: metrics.cost }, null, 1)}\n`);
await Promise.all([ear.close(), yamnet.close()]);
