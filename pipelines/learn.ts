/** `hearken learn --data <folder> --policy hms`: a folder of labelled clips becomes a model pack. */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { SenseName } from '../src/inference/manifest.js';
import { userPackFolder } from '../src/inference/pack-folders.js';
import { FeatureCache, cacheFolder } from '../src/learn/cache.js';
import { scanClips } from '../src/learn/clips.js';
import { makeDataset, partOf, type Dataset } from '../src/learn/dataset.js';
import { stepsOf } from '../src/learn/extract.js';
import { train } from '../src/learn/train/train.js';
import { openEngine } from '../src/learn/tensor/engine.js';
import type { Profile } from '../src/settings/profile.js';
import type { CommandContext } from './command.js';
import { extractAll } from './learn/extract-all.js';
import { judge } from './learn/judge.js';
import { openFrozenNets, type OpenNets } from './learn/nets.js';
import { specFor, type Wishes } from './learn/spec.js';
import { tellTo, type Tell } from './learn/tell.js';
import { writeLearned } from './learn/write.js';

/** What `learn` is told. */
export interface LearnOptions extends Wishes {
  readonly data: string;
  /** The pack's name, or the path of its folder; default the name of the data's folder, among the user's packs. */
  readonly to?: string;
  /** Packs of the frozen nets, by name or folder. */
  readonly packs: Readonly<Partial<Record<SenseName, string>>>;
  readonly profile: Profile;
  readonly seed: number;
  /** Share of the clips held back where the folder does not say, 0…0.5. */
  readonly heldBack: number;
  readonly background?: readonly string[];
  /** See `ScanOptions`. */
  readonly sourcePattern?: RegExp;
  readonly cache?: string;
  /** Inference threads of each net, and recordings read at once. */
  readonly threads: number;
  readonly lanes: number;
  readonly json: boolean;
}

/** The folder that will hold the pack's own, and its name. */
const placeOf = ({ to, data }: LearnOptions): { readonly folder: string; readonly name: string } => {
  const isPath = to !== undefined && (/[/\\]/.test(to) || to.startsWith('.'));
  const name = basename(to ?? resolve(data)).toLowerCase().replaceAll(/[^a-z0-9_.-]+/g, '-').replace(/^[^a-z0-9]+/, '');
  return { folder: isPath ? dirname(resolve(to)) : userPackFolder(), name: name === '' ? 'learned' : name };
};

/** Where a training stands while it is not done. */
const standOf = ({ data, seed }: LearnOptions, cache: FeatureCache, name: string): string =>
  join(cache.folder, 'training', createHash('sha256').update(JSON.stringify([resolve(data), name, seed])).digest('hex').slice(0, 24));

/** Said when it was stopped. The exit code is the signal's. */
const stopped = (tell: Tell, what: string): number => {
  tell.say(`Stopped: ${what} The same command goes on from there.`);
  return 0;
};

const teach = async (dataset: Dataset, open: OpenNets, options: LearnOptions, cache: FeatureCache, tell: Tell, { print, stop }: CommandContext): Promise<number> => {
  const { folder, name } = placeOf(options);
  const training = partOf(dataset, 'train');
  const spec = specFor(training.sequences.length, options, open.nets);
  tell.say(`${(await openEngine()).words}; ${spec.epochs} epochs over ${training.sequences.length} clips of ${dataset.set.labels.length} classes`);
  const checkpoint = standOf(options, cache, name);
  const startMs = performance.now();
  const { model, engine, resumedAfter } = await train(training, spec, { seed: options.seed, checkpoint, signal: stop, onEpoch: (report) => { tell.epoch(report); } });
  if (resumedAfter > 0) tell.say(`The first ${resumedAfter} epochs were there from before.`);
  const verdict = await judge(model, dataset, options.supervise, stop);
  const written = await writeLearned({
    name, folder, model, dataset, verdict, packs: open.packs, remarks: [...open.remarks, ...dataset.remarks],
    training: { engine, seed: options.seed, epochs: spec.epochs, supervision: options.supervise, skipTargets: spec.skipTargets, seconds: (performance.now() - startMs) / 1000 },
  });
  await rm(checkpoint, { recursive: true, force: true });
  if (options.json) print(JSON.stringify({ event: 'learned', folder: written.folder, report: written.report }));
  else {
    const { figures } = verdict;
    if (figures !== undefined) print(`${(figures.accuracy.value * 100).toFixed(1)} % right on ${figures.clips} clips that trained nothing, at ${(figures.cost.share * 100).toFixed(1)} % of the cost of always looking.`);
    print(`${name} is in ${written.folder}; its README.md says how well it knows what. Use it: hearken watch <source> --policy ${resolve(folder) === resolve(userPackFolder()) ? name : written.folder}`);
  }
  return 0;
};

/**
 * Learns a pack from a folder of clips. What was extracted and trained is kept as it goes, so that the same command goes on after a stop or a kill.
 * @throws Fault `data-unusable`, `source-not-found`, and those of packs and training
 */
export const learn = async (options: LearnOptions, context: CommandContext): Promise<number> => {
  const { stop } = context;
  const tell = tellTo(context, options.json);
  const scanned = await scanClips(options.data, options.sourcePattern === undefined ? {} : { sourcePattern: options.sourcePattern });
  const open = await openFrozenNets(options.packs, options.threads);
  const cache = new FeatureCache(options.cache ?? cacheFolder());
  try {
    tell.remarks(open.remarks);
    const outcomes = await extractAll(scanned, { ...options, cache, nets: open.nets, tell, stop });
    if (stop.aborted) return stopped(tell, `the features of ${outcomes.length} of ${scanned.clips.length} clips are in ${cache.folder}.`);
    await cache.trim();
    const dataset = makeDataset(scanned, outcomes, {
      nets: open.nets, stepUs: stepsOf(open.nets, options.profile).hopUs, heldBack: options.heldBack, seed: options.seed,
      ...(options.background === undefined ? {} : { background: options.background }),
    });
    tell.remarks(dataset.remarks);
    return await teach(dataset, open, options, cache, tell, context);
  } catch (error) {
    if (stop.aborted) return stopped(tell, `features and finished epochs are in ${cache.folder}.`);
    throw error;
  } finally {
    await open.close();
  }
};
