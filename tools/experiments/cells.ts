/** The matrix of an experiment: which models are trained, each a cell that is computed once and kept. */
import { createHash } from 'node:crypto';
import type { SenseName } from '../../src/inference/manifest.js';
import { fusionSpec, hmsSpec, type FusionSpec, type HmsSpec } from '../../src/learn/train/settings.js';

/** How often an early-fusion baseline reads its senses: at every n-th step, counted back from the last. */
export type Every = number;

/** One model to be trained, before its seed is known. */
export interface Job {
  /** Unique in its matrix; part of a file's name. */
  readonly name: string;
  readonly spec: HmsSpec | FusionSpec;
  /** Sound of other clips, dealt out at random: it then says nothing about the label. */
  readonly shuffledAudio: boolean;
  /** 1 but for baselines that leave steps out. */
  readonly every: Every;
  /** What the cell serves: cells of a lower tier are computed first. */
  readonly tier: 1 | 2 | 3;
}

/** A job with its training seed. */
export interface Cell {
  /** `seed-<n>/<name>-<hash>`: the hash covers everything that the result depends on, so that a changed setting is a new cell. */
  readonly key: string;
  readonly seed: number;
  readonly job: Job;
}

/** The skip targets of a sweep: the paper's γ1 and γ2. */
export type SkipTargets = HmsSpec['skipTargets'];

/** What a world sets for its matrix. */
export interface MatrixSettings {
  /** A name for the data, with everything that changes them. */
  readonly data: string;
  readonly seeds: readonly number[];
  /** Seeds for the ablations, which explain rather than claim. */
  readonly ablationSeeds: readonly number[];
  /** From generous to frugal. */
  readonly sweep: readonly SkipTargets[];
  /** Of the sweep, the one that ablations are made at. */
  readonly middle: SkipTargets;
  readonly hms: Partial<Omit<HmsSpec, 'kind' | 'skipTargets'>>;
  readonly fusion: Partial<Omit<FusionSpec, 'kind' | 'senses'>>;
  /** Senses that the world has; every subset is a baseline. */
  readonly senses: readonly SenseName[];
  /** Strides of the baselines that leave steps out. */
  readonly every: readonly Every[];
}

const INITIALS: Readonly<Record<SenseName, string>> = { audio: 'A', appearance: 'I', motion: 'M' };

/** `A+I+M`: as the paper's Table 1 writes it. */
export const sensesName = (senses: readonly SenseName[]): string => senses.map((sense) => INITIALS[sense]).join('+');

/** All subsets but the empty one, small ones first. */
export const subsetsOf = (senses: readonly SenseName[]): SenseName[][] =>
  Array.from({ length: 2 ** senses.length - 1 }, (_, i) => senses.filter((__, bit) => ((i + 1) >> bit) % 2 === 1)).sort((a, b) => a.length - b.length);

/** The name of a point of the sweep. */
export const sweepName = ({ appearance, motion }: SkipTargets): string => `hms-skip-${appearance.toFixed(2)}-${motion.toFixed(3).replace(/0$/, '')}`;

const plain = { shuffledAudio: false, every: 1 } as const;

/** All jobs of a world, before seeds. */
export const jobsOf = (settings: MatrixSettings): readonly Job[] => {
  const { sweep, middle, senses, every } = settings;
  const hms = (name: string, skipTargets: SkipTargets, tier: Job['tier'], changes: Partial<Omit<HmsSpec, 'kind'>> = {}, shuffledAudio = false): Job =>
    ({ ...plain, name, tier, shuffledAudio, spec: hmsSpec({ ...settings.hms, skipTargets, ...changes }) });
  const fusion = (name: string, of: readonly SenseName[], tier: Job['tier'], rest: Partial<Pick<Job, 'every' | 'shuffledAudio'>> = {}): Job =>
    ({ ...plain, ...rest, name, tier, spec: fusionSpec(of, settings.fusion) });
  return [
    ...sweep.map((targets) => hms(sweepName(targets), targets, 1)),
    ...subsetsOf(senses).map((of) => fusion(`fusion-${sensesName(of)}`, of, of.length === senses.length || of.length === 1 ? 1 : 2)),
    ...every.map((stride) => fusion(`fusion-${sensesName(senses)}-every-${stride}`, senses, 2, { every: stride })),
    ...(['zero', 'last', 'nested'] as const).filter((unseen) => unseen !== hmsSpec(settings.hms).unseen).map((unseen) => hms(`ablation-unseen-${unseen}`, middle, 3, { unseen })),
    ...(['first', 'none'] as const).filter((copy) => copy !== hmsSpec(settings.hms).copy).map((copy) => hms(`ablation-copy-${copy}`, middle, 3, { copy })),
    ...(['video', 'batch'] as const).filter((usagePer) => usagePer !== hmsSpec(settings.hms).usagePer).map((usagePer) => hms(`ablation-usage-per-${usagePer}`, middle, 3, { usagePer })),
    hms('shuffled-audio-hms', middle, 3, {}, true),
    fusion('shuffled-audio-fusion-A', ['audio'], 3, { shuffledAudio: true }),
  ];
};

/** The cells of a world, in the order in which they are computed: what is claimed first, seed by seed, then what explains it. */
export const cellsOf = (settings: MatrixSettings): readonly Cell[] =>
  jobsOf(settings).flatMap((job) => (job.tier === 3 ? settings.ablationSeeds : settings.seeds).map((seed): Cell => {
    const hash = createHash('sha256').update(JSON.stringify([settings.data, seed, job.spec, job.shuffledAudio, job.every])).digest('hex').slice(0, 8);
    return { key: `seed-${seed}/${job.name}-${hash}`, seed, job };
  })).sort((a, b) => a.job.tier - b.job.tier || a.seed - b.seed);
