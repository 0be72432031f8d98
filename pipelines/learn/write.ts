/** Writes what was learned: a pack with its policy, its card, its report and its plots. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cardOf, type CardParts } from '../../src/evaluate/learned/card.js';
import { drawingsOf } from '../../src/evaluate/learned/drawings.js';
import type { SenseName } from '../../src/inference/manifest.js';
import type { Pack } from '../../src/inference/types.js';
import { netOf, writePack } from '../../src/inference/write-pack.js';
import { ONLY_CLIPS } from '../../src/learn/confirming/fit.js';
import { exportHms, sizesOf } from '../../src/learn/export/hms-graphs.js';
import { partOf, type Dataset } from '../../src/learn/dataset.js';
import type { Remark } from '../../src/learn/remarks.js';
import type { HmsModel } from '../../src/learn/types.js';
import { SENSE_NAMES } from '../../src/learn/widths.js';
import type { OpenNets } from './nets.js';
import type { Verdict } from './judge.js';

/** What a pack is made of. */
export interface Learned {
  readonly name: string;
  /** The folder that will hold the pack's own. */
  readonly folder: string;
  readonly model: HmsModel;
  readonly dataset: Dataset;
  readonly remarks: readonly Remark[];
  readonly verdict: Verdict;
  readonly packs: OpenNets['packs'];
  readonly training: CardParts['training'];
}

const classesOf = ({ set, clips, parts }: Dataset): CardParts['classes'] => set.labels.map((label) => {
  const own = clips.filter(({ clip }) => clip.label === label);
  const of = (part: string): number => own.filter(({ clip }) => parts.get(clip.id) === part).length;
  const without = (...senses: readonly SenseName[]): number => own.filter(({ extracted }) => senses.every((sense) => !extracted.present[sense].includes(1))).length;
  return {
    label, train: of('train'), val: of('val'), test: of('test'), seconds: own.reduce((sum, { extracted }) => sum + extracted.facts.durationUs / 1e6, 0),
    withoutSound: without('audio'), withoutPictures: without('appearance', 'motion'),
  };
});

const partsOf = ({ name, dataset, remarks, verdict, packs, training }: Learned, plots: readonly string[]): CardParts => {
  const count = (part: 'train' | 'val' | 'test'): number => partOf(dataset, part).sequences.length;
  return {
    name, plots, training, figures: verdict.figures, stopping: verdict.stopping, worth: verdict.worth, remarks: remarks.map(({ text }) => text), classes: classesOf(dataset),
    nets: Object.fromEntries(SENSE_NAMES.flatMap((sense) => (packs[sense] === undefined ? [] : [[sense, packs[sense].manifest.name]]))),
    clips: { train: count('train'), val: count('val'), test: count('test'), reported: verdict.reported },
  };
};

/** The report for programs: everything on the card, the remarks with all they are about, and which clip was in which part. */
const reportOf = (learned: Learned, parts: CardParts): object => {
  const { name, nets, clips, classes, training, figures } = parts;
  return {
    schema: 'hearken.learned.v1', name, nets, clips, classes, training, remarks: learned.remarks, temperatures: learned.verdict.temperatures, stopping: learned.verdict.stopping, confirmation: { why: ONLY_CLIPS }, worth: learned.verdict.worth, figures,
    parts: Object.fromEntries([...learned.dataset.parts].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
};

const optionalNet = (pack: Pack | undefined, sense: 'appearance' | 'motion') => (pack === undefined ? {} : { [sense]: netOf(pack, sense) });

/**
 * Writes the pack, checked as if a user loaded it; one already there is replaced.
 * @returns its folder and the report
 */
export const writeLearned = async (learned: Learned): Promise<{ readonly folder: string; readonly report: object }> => {
  const { name, model, dataset, verdict, packs } = learned;
  const { labels, background } = dataset.set;
  const folder = await writePack({
    name, version: '1', license: 'as its clips and nets are', origin: 'hearken learn',
    description: `${labels.length} classes by Hierarchical Modality Selection: ${labels.slice(0, 6).join(', ')}${labels.length > 6 ? ', …' : ''}`,
    senses: {},
    policy: {
      sizes: sizesOf(model.shape), stages: exportHms(model), labels, background, temperatures: verdict.temperatures, ...('rule' in verdict.stopping ? { stopping: verdict.stopping.rule } : {}), ...('fitted' in verdict.worth ? { worth: verdict.worth.fitted } : {}),
      nets: { audio: netOf(packs.audio, 'audio'), ...optionalNet(packs.appearance, 'appearance'), ...optionalNet(packs.motion, 'motion') },
    },
  }, learned.folder);
  const looks = packs.appearance !== undefined || packs.motion !== undefined;
  const drawings = verdict.figures === undefined ? {} : await drawingsOf(verdict.figures, labels, looks);
  const parts = partsOf(learned, Object.keys(drawings));
  const report = reportOf(learned, parts);
  for (const [file, svg] of Object.entries(drawings)) await writeFile(join(folder, file), svg);
  await writeFile(join(folder, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
  await writeFile(join(folder, 'README.md'), cardOf(parts));
  return { folder, report };
};
