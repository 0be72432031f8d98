/** The card of a learned pack: its report in words and tables, for people. */
import type { SenseName } from '../../inference/manifest.js';
import type { Worth } from '../../inference/manifest.js';
import { ONLY_CLIPS } from '../../learn/confirming/fit.js';
import type { Fitted } from '../../learn/stopping/fit.js';
import { interval, percent, table } from '../markdown.js';
import type { ClassFigures, Figures, Leaning } from './report.js';

/** What the card says besides the figures. */
export interface CardParts {
  readonly name: string;
  /** The frozen nets, by sense, as the user knows their packs. */
  readonly nets: Readonly<Partial<Record<SenseName, string>>>;
  /** Clips of each part, and which part is reported on. */
  readonly clips: { readonly train: number; readonly val: number; readonly test: number; readonly reported: 'test' | 'val' | 'none' };
  readonly classes: readonly { readonly label: string; readonly train: number; readonly val: number; readonly test: number; readonly seconds: number; readonly withoutSound: number; readonly withoutPictures: number }[];
  /** Sentences about the data. */
  readonly remarks: readonly string[];
  readonly training: {
    readonly engine: string; readonly seed: number; readonly epochs: number; readonly supervision: 'last' | 'every';
    readonly skipTargets: { readonly appearance: number; readonly motion: number }; readonly seconds: number;
  };
  /** File names of the plots that lie beside it. */
  readonly plots: readonly string[];
  /** Absent where nothing was held back. */
  readonly figures: Figures | undefined;
  /** When its answer can be trusted before the end of a clip, or why that was not shown. */
  readonly stopping: Fitted;
  readonly worth: { readonly fitted: Worth } | { readonly why: string };
}

/** Shares of a class are of few clips: whole percents. */
const whole = (share: number): string => percent(share, 0);
/** A label inside a table or a heading. */
const plain = (label: string): string => label.replaceAll('|', '\\|');

/** How much better than hearing alone something must be to be called what a class leans on. */
const NOTABLE = 0.1;
const WORDS: Readonly<Record<Exclude<Leaning, 'heard'>, string>> = { looked: 'a picture', watched: 'a clip of pictures', all: 'picture and clip together' };

/** What a class is told by, in a few words: the least that is nearly as good as everything. */
export const leansOn = ({ leaning }: Pick<ClassFigures, 'leaning'>): string => {
  const best = Math.max(...Object.values(leaning));
  if (Number.isNaN(best)) return 'not known';
  if (leaning.heard >= best - NOTABLE) return 'its sound';
  for (const name of ['looked', 'watched', 'all'] as const) if (leaning[name] >= best - NOTABLE) return WORDS[name];
  return WORDS.all;
};

const accuracyPart = (figures: Figures, reported: string): string => [
  `## How well it knows them`,
  `On ${figures.clips} clips that trained nothing (${reported === 'test' ? 'the test part; it chose nothing either' : 'those held back; they also set the temperatures, which changes no answer but flatters the calibration'}), with 95 % intervals:`,
  table(['measure', 'value'], [
    ['right at the end of a clip', interval(figures.accuracy)],
    ['right at any step', interval(figures.everyStep)],
    ['always the most frequent class', percent(figures.majority)],
    ['the same with every gate always open', percent(figures.always.accuracy)],
    ['cost', `${figures.cost.gmacsPerS.toPrecision(3)} GMAC for a second of media, ${percent(figures.cost.share)} of always everything (${figures.cost.alwaysGmacsPerS.toPrecision(3)})`],
    ['looks', `at a picture on ${percent(figures.usage.appearance)} of the steps, at a clip on ${percent(figures.usage.motion)}`],
    ['calibration error', `${percent(figures.calibration.before)} before, ${percent(figures.calibration.after)} calibrated`],
  ]),
].join('\n\n');

const classesPart = ({ classes }: Figures): string => [
  '## Class by class',
  'Recognised by sound alone, with a picture at each step, with a clip at each step, with all of it, and as the gates decide:',
  table(['class', 'clips', 'sound', '+ picture', '+ clip', 'all', 'gated', 'looks', 'watches', 'leans on'], classes.filter(({ clips }) => clips > 0).map((one) => [
    plain(one.label), one.clips, whole(one.leaning.heard), whole(one.leaning.looked), whole(one.leaning.watched), whole(one.leaning.all),
    interval(one.recall), whole(one.usage.appearance.value), whole(one.usage.motion.value), leansOn(one),
  ])),
].join('\n\n');

const dataPart = ({ clips, classes, remarks }: CardParts): string => [
  '## What it was taught with',
  `${clips.train} clips to train on, ${clips.val} held back for calibration, ${clips.test} only for this report.`,
  table(['class', 'train', 'held back', 'test', 'seconds', 'without sound', 'without pictures'],
    classes.map((one) => [plain(one.label), one.train, one.val, one.test, one.seconds.toFixed(0), one.withoutSound, one.withoutPictures])),
  ...(remarks.length === 0 ? [] : [`What to know about the clips:\n\n${remarks.map((text) => `- ${text}`).join('\n')}`]),
].join('\n\n');

const stoppingPart = ({ stopping, worth }: CardParts): string => [
  '## Before the end of a clip',
  'why' in stopping
    ? `It has no rule for when its answer can be trusted before the end: ${stopping.why}.`
    : `\`hearken watch <clip> --policy … --answer\` stops as soon as its answer can be trusted. Shown on ${stopping.rule.recordings} clips that fitted nothing: at most ${whole(stopping.rule.gap)} of all answers, and ${whole(stopping.rule.gapByStep)} of those given by any step, are wrong where waiting would have made them right; each with ${whole(stopping.rule.confidence)} confidence.`,
  `On a stream its events are confirmed once they have lasted (\`emit.min_duration_s\`). It has no rule for when that can be trusted: ${ONLY_CLIPS}.`,
  'why' in worth
    ? `What a look is worth under \`--answer-budget\` was not measured: ${worth.why}.`
    : `What looks are worth under \`--answer-budget\`, and when, was measured on ${worth.fitted.recordings} clips that trained nothing.`,
].join('\n\n');

const trainingPart = ({ nets, training }: CardParts): string => {
  const { engine, seed, epochs, supervision, skipTargets, seconds } = training;
  return [
    '## How it was made',
    `By \`hearken learn\`: Hierarchical Modality Selection on the frozen nets ${Object.entries(nets).map(([sense, name]) => `${name} (${sense})`).join(', ')}; ${engine}. ${epochs} epochs in ${seconds.toFixed(0)} s, seed ${seed}, taught at ${supervision === 'last' ? 'the last step of each clip' : 'every step'}, asked to skip ${whole(skipTargets.appearance)} of the pictures and ${whole(skipTargets.motion)} of the clips.`,
  ].join('\n\n');
};

/** Writes the card, in Markdown. */
export const cardOf = (parts: CardParts): string => {
  const { name, figures, plots, clips } = parts;
  return `${[
    `# ${name}`,
    `Knows ${parts.classes.length} classes: ${parts.classes.map(({ label }) => label).join(', ')}. Use it: \`hearken watch <source> --policy ${name}\`.`,
    ...(figures === undefined ? ['Nothing was held back, so how well it knows them was not measured.'] : [accuracyPart(figures, clips.reported), classesPart(figures)]),
    ...plots.map((file) => `![${file.replace('.svg', '')}](${file})`),
    stoppingPart(parts), dataPart(parts), trainingPart(parts),
  ].join('\n\n')}\n`;
};
