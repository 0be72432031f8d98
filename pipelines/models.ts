/** `hearken models list | show | pull | import`. */
import { SingleBar, Presets } from 'cli-progress';
import { importModel, type ImportOptions } from '../src/inference/import-model.js';
import type { PackManifest, SenseName } from '../src/inference/manifest.js';
import { listPacks, userPackFolder } from '../src/inference/pack-folders.js';
import { describePack, loadPack, type PackDescription, type SenseDescription } from '../src/inference/pack.js';
import type { ConfirmationRule, StoppingRule, Worth } from '../src/inference/manifest.js';
import type { PolicyDescription } from '../src/inference/pack-policy.js';
import { pullPack, PUBLIC_PACK_NAMES } from '../src/inference/pull-pack.js';
import { usage, type CommandContext } from './command.js';

const SENSES: readonly SenseName[] = ['audio', 'appearance', 'motion'];

const kindsOf = (manifest: PackManifest | undefined): string[] =>
  [...Object.keys(manifest?.senses ?? {}), ...(manifest?.policy === undefined ? [] : ['policy'])];

/** Prints the packs that are installed and those that can be pulled. */
export const list = async (json: boolean, { print }: CommandContext): Promise<number> => {
  const packs = await listPacks();
  if (json) {
    print(JSON.stringify(packs.map(({ name, folder, manifest, fault }) => ({ name, folder, senses: Object.keys(manifest?.senses ?? {}), ...(manifest?.policy === undefined ? {} : { policy: manifest.policy.kind }), fault: fault?.sentence }))));
    return 0;
  }
  for (const { name, manifest, fault } of packs) {
    print(fault === undefined ? `${name.padEnd(16)} ${kindsOf(manifest).join(', ').padEnd(12)} ${manifest?.description ?? ''}` : `${name.padEnd(16)} cannot be used: ${fault.sentence}`);
  }
  for (const name of PUBLIC_PACK_NAMES) if (!packs.some((pack) => pack.name === name)) print(`${name.padEnd(16)} not installed: hearken models pull ${name}`);
  return 0;
};

/** What stands for a picture that was not looked at, in words. */
const UNSEEN: Readonly<Record<PolicyDescription['sizes']['unseen'], string>> = {
  zero: 'it goes on with zeros', last: 'it goes on with the last one', nested: 'it watches no clip either',
};

const senseLines = ({ sense, file, input, outputs, activation, labels, parameters, megabytes, macs, notCounted }: SenseDescription): string[] => [
  `${sense}: ${file}, ${megabytes.toFixed(2)} MB, ${(parameters / 1e6).toFixed(2)} M parameters`,
  `  cost      ${(macs / 1e6).toFixed(1)} M multiply-accumulates a run${notCounted.length === 0 ? '' : ` (not counted: ${notCounted.join(', ')})`}`,
  `  takes     ${input.from.kind} as ${input.tensor.name} [${input.tensor.dims.join(', ')}]`,
  `  gives     ${labels} ${activation} scores as ${outputs.scores.name}${outputs.features === undefined ? '' : `, ${String(outputs.features.dims.at(-1))} features as ${outputs.features.name}`}`,
];

const temperatureLine = (temperatures: PolicyDescription['temperatures']): string =>
  Object.entries(temperatures).flatMap(([pattern, value]) => (value === undefined ? [] : [`${pattern} ${value.toFixed(2)}`])).join(', ');

const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;

const stoppingLine = ({ boundary, gap, gapByStep, confidence, recordings }: StoppingRule): string =>
  `may answer before step ${boundary.length}; shown on ${recordings} recordings to lose at most ${percent(gap)} of all answers and ${percent(gapByStep)} by any step, with ${percent(confidence)} confidence`;

const confirmationLine = ({ boundary, falseShare, confidence, streams }: ConfirmationRule): string =>
  `are confirmed from a score of ${boundary.map((score) => score?.toFixed(2) ?? 'never').join(', ')} on their first, second, … segment; shown on ${streams} streams that at most ${percent(falseShare)} of those confirmed, by any segment, are false, with ${percent(confidence)} confidence`;

const worthLine = ({ appearance, motion, recordings }: Worth): string =>
  `knows what ${[...(appearance === undefined ? [] : ['pictures']), ...(motion === undefined ? [] : ['clips'])].join(' and ')} are worth to one answer, and their price under a budget for a recording; fitted on ${recordings} recordings`;

const policyLines = ({ kind, nets, sizes, labels, background, temperatures, stages, stepS, stopping, confirmation, worth }: PolicyDescription): string[] => [
  `policy: ${kind}, ${labels.length} labels${background.length === 0 ? '' : ` (background: ${background.join(', ')})`}`,
  `  senses    ${Object.entries(nets).flatMap(([sense, net]) => (net === undefined ? [] : [`${sense} by ${net.pack} (${net.sha256.slice(0, 12)}…)`])).join(', ')}`,
  `  without a picture  ${UNSEEN[sizes.unseen]}`,
  ...stages.map(({ stage, macs, parameters }) => `  ${stage.padEnd(9)} ${(macs / 1e6).toFixed(3)} M multiply-accumulates a run, ${(parameters / 1e6).toFixed(3)} M parameters`),
  `  temperatures  ${temperatureLine(temperatures)}`,
  ...(stepS === undefined ? [] : [`  step      ${stepS} s`]),
  ...(stopping === undefined ? [] : [`  stopping  ${stoppingLine(stopping)}`]),
  ...(confirmation === undefined ? [] : [`  events    ${confirmationLine(confirmation)}`]),
  ...(worth === undefined ? [] : [`  looks     ${worthLine(worth)}`]),
];

const packLines = ({ name, version, description, license, origin, folder, senses, policy }: PackDescription): string[] => [
  `${name} ${version}: ${description}`,
  `licence     ${license}`,
  `made from   ${origin}`,
  `folder      ${folder}`,
  ...senses.flatMap(senseLines),
  ...(policy === undefined ? [] : policyLines(policy)),
];

/** Prints what a pack is and costs, counted from its graph. */
export const show = async (name: string, json: boolean, { print }: CommandContext): Promise<number> => {
  const description = await describePack(await loadPack(name));
  if (json) print(JSON.stringify(description));
  else for (const line of packLines(description)) print(line);
  return 0;
};

/** Progress of a download: a bar on a terminal, a line for each quarter elsewhere. */
const progress = ({ interactive, note }: CommandContext): { update(file: string, received: number, total: number): void; stop(): void } => {
  if (!interactive) {
    const said = new Map<string, number>();
    return {
      update: (file, received, total) => {
        const quarter = total > 0 ? Math.floor((received / total) * 4) : 0;
        if (quarter <= (said.get(file) ?? 0)) return;
        said.set(file, quarter);
        note(`${file}: ${quarter * 25} % of ${(total / 1e6).toFixed(2)} MB`);
      },
      stop: () => undefined,
    };
  }
  const bar = new SingleBar({ format: '{file} {bar} {percentage} % of {megabytes} MB', hideCursor: true, stream: process.stderr }, Presets.shades_grey);
  let current = '';
  return {
    update: (file, received, total) => {
      if (file !== current) {
        if (current !== '') bar.stop();
        bar.start(total, received, { file, megabytes: (total / 1e6).toFixed(2) });
        current = file;
      } else {
        bar.update(received);
      }
    },
    stop: () => {
      if (current !== '') bar.stop();
    },
  };
};

/** Fetches, checks and converts a public net. */
export const pull = async (name: string, from: string | undefined, context: CommandContext): Promise<number> => {
  const bar = progress(context);
  try {
    const folder = await pullPack(name, {
      ...(from === undefined ? {} : { baseUrl: from }),
      signal: context.stop,
      onProgress: ({ file, receivedBytes, totalBytes }) => {
        bar.update(file, receivedBytes, totalBytes);
      },
    });
    bar.stop();
    context.print(`${name} is installed in ${folder}.`);
    return 0;
  } finally {
    bar.stop();
  }
};

/** What `models import` is told. */
export interface ImportFlags {
  readonly name?: string;
  readonly sense?: string;
  readonly labels?: string;
  readonly into?: string;
  readonly license?: string;
  readonly qdq?: boolean;
  readonly softmax?: boolean;
}

/** Makes a pack of a user's own .tflite or .onnx file. */
export const importFile = async (file: string, flags: ImportFlags, { print }: CommandContext): Promise<number> => {
  const sense = SENSES.find((known) => known === flags.sense);
  if (sense === undefined) throw usage(`A model needs a sense: --sense ${SENSES.join(' | ')}.`, 'Say what it is to be used for.');
  const name = flags.name ?? file.replace(/^.*\//, '').replace(/\.\w+$/, '').toLowerCase().replace(/[^a-z0-9_.-]/g, '-');
  const options: ImportOptions = {
    name, sense, folder: flags.into ?? userPackFolder(),
    ...(flags.labels === undefined ? {} : { labels: flags.labels }),
    ...(flags.license === undefined ? {} : { license: flags.license }),
    ...(flags.softmax === true ? { activation: 'softmax' as const } : {}),
    ...(flags.qdq === true ? { arithmetic: 'qdq' as const } : {}),
    origin: file,
  };
  print(`${name} is installed in ${await importModel(file, options)}.`);
  return 0;
};
