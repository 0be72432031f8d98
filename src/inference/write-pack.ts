import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../faults.js';
import { HMS_STAGES } from './hms-stages.js';
import { countMacs } from './macs.js';
import { MANIFEST_FILE, SENSES, parseManifest } from './manifest-file.js';
import { rulesOf, type HmsManifest, type HmsStage, type PackManifest, type PolicyRules, type SenseManifest, type SenseName, type TensorSpec } from './manifest.js';
import { decodeOnnx } from './onnx-schema.js';
import type { OnnxModel, OnnxValueInfo } from './onnx-schema.js';
import { inferShapes } from './onnx-shapes.js';
import { loadPack, sha256Of } from './pack.js';
import { placeFolder } from './place-folder.js';
import type { Pack } from './types.js';

/** One sense of a pack to be written. Shapes, hash and cost are taken from the net itself. */
export interface SenseParts {
  /** Bytes of the `.onnx` file. */
  readonly onnx: Uint8Array;
  readonly from: SenseManifest['input']['from'];
  /** One label per score, in their order. */
  readonly labels: readonly string[];
  readonly activation: SenseManifest['activation'];
  readonly background?: readonly string[];
  /** Output with the scores; default the one called `scores`, else the first. */
  readonly scores?: string;
  /** Output with the features; default the one called `features`, if there is one. */
  readonly features?: string;
}

/** A learned policy to be written. Hashes and costs are taken from the graphs; their edges must be those of its sizes. */
export interface PolicyParts extends PolicyRules, Pick<HmsManifest, 'sizes' | 'nets' | 'temperatures'> {
  /** Bytes of each stage's `.onnx` file. */
  readonly stages: Readonly<Record<HmsStage, Uint8Array>>;
  /** Class names in the order of the logits. */
  readonly labels: readonly string[];
  readonly background?: readonly string[];
  /** From one step to the next [s]; default the audio net's own hop. */
  readonly stepS?: number;
}

/** A pack to be written. */
export interface PackParts {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly description: string;
  readonly origin: string;
  readonly senses: Readonly<Partial<Record<SenseName, SenseParts>>>;
  readonly policy?: PolicyParts;
}

const specOf = (value: OnnxValueInfo, inferred: readonly number[] | undefined): TensorSpec => {
  const declared = value.type?.tensorType?.shape?.dim;
  const dims = declared?.map(({ dimValue }) => dimValue ?? -1) ?? inferred ?? [];
  return { name: value.name, dims: [...dims] };
};

/** The net's inputs that are no constants, and its outputs. */
export const edgesOf = (model: OnnxModel): { readonly inputs: readonly TensorSpec[]; readonly outputs: readonly TensorSpec[] } => {
  const shapes = inferShapes(model);
  const constants = new Set(model.graph?.initializer?.map(({ name }) => name));
  const spec = (value: OnnxValueInfo): TensorSpec => specOf(value, shapes.of(value.name));
  return { inputs: (model.graph?.input ?? []).filter(({ name }) => !constants.has(name)).map(spec), outputs: (model.graph?.output ?? []).map(spec) };
};

const senseManifest = (name: SenseName, parts: SenseParts): SenseManifest => {
  const file = `${name}.onnx`;
  const model = decodeOnnx(parts.onnx, file);
  const { inputs, outputs } = edgesOf(model);
  const [input, ...others] = inputs;
  if (input === undefined || others.length > 0) {
    throw new Fault('inference', 'model-unsupported', `The ${name} net has ${inputs.length} inputs; a pack's net has one.`);
  }
  const find = (wanted: string): TensorSpec | undefined => outputs.find((output) => output.name === wanted);
  const scores = find(parts.scores ?? 'scores') ?? (parts.scores === undefined ? outputs[0] : undefined);
  const features = find(parts.features ?? 'features');
  if (scores === undefined || (parts.features !== undefined && features === undefined)) {
    const missing = scores === undefined ? parts.scores : parts.features;
    throw new Fault('inference', 'model-wrong-shape', `The ${name} net has no output ${missing ?? 'scores'}; it has ${outputs.map((o) => o.name).join(', ')}.`);
  }
  return {
    file, sha256: sha256Of(parts.onnx), input: { tensor: input, from: parts.from },
    outputs: { scores, ...(features === undefined || features === scores ? {} : { features }) },
    activation: parts.activation, labels: `${name}.labels.txt`, background: [...parts.background ?? []], macs: countMacs(model).macs,
  };
};

const POLICY_LABELS = 'policy.labels.txt';

const policyManifest = (parts: PolicyParts): HmsManifest => {
  const { sizes, nets, temperatures, stages, background, stepS } = parts;
  const stage = (name: HmsStage): HmsManifest['stages'][HmsStage] => {
    const file = `policy.${name}.onnx`;
    return { file, sha256: sha256Of(stages[name]), macs: countMacs(decodeOnnx(stages[name], file)).macs };
  };
  return {
    kind: 'hms', nets, sizes,
    stages: { listen: stage('listen'), look: stage('look'), watch: stage('watch'), believe: stage('believe') },
    labels: POLICY_LABELS, background: [...background ?? []], temperatures, ...(stepS === undefined ? {} : { stepS }), ...rulesOf(parts),
  };
};

const writeLabels = async (file: string, labels: readonly string[]): Promise<void> =>
  writeFile(file, labels.map((label) => `${label.replaceAll(/\s+/g, ' ')}\n`).join(''));

const writePolicy = async (folder: string, { stages, labels }: PolicyParts): Promise<void> => {
  for (const name of HMS_STAGES) await writeFile(join(folder, `policy.${name}.onnx`), stages[name]);
  await writeLabels(join(folder, POLICY_LABELS), labels);
};

/** What a policy writes down of the net that it was trained on. */
export const netOf = (pack: Pack, sense: SenseName): { readonly pack: string; readonly sha256: string } =>
  ({ pack: pack.manifest.name, sha256: pack.sense(sense).sha256 });

/** Writes the files of a pack into its folder, and opens every one of them. */
const fill = async (folder: string, { senses, policy }: PackParts, text: string): Promise<void> => {
  for (const name of SENSES) {
    const sense = senses[name];
    if (sense === undefined) continue;
    await writeFile(join(folder, `${name}.onnx`), sense.onnx);
    await writeLabels(join(folder, `${name}.labels.txt`), sense.labels);
  }
  if (policy !== undefined) await writePolicy(folder, policy);
  await writeFile(join(folder, MANIFEST_FILE), text);
  const pack = await loadPack(folder);
  for (const name of SENSES) if (senses[name] !== undefined) await (await pack.open(name)).close();
  if (pack.policy !== undefined) for (const name of HMS_STAGES) await (await pack.policy.open(name)).close();
};

/**
 * Writes a pack from nets in ONNX. Everything is checked as if a user loaded it (labels, shapes, that ONNX
 * Runtime takes it) before the folder appears under its name; one already there is replaced.
 *
 * @param parts what it holds
 * @param folder that holds packs
 * @returns the pack's own folder
 * @throws Fault as {@link loadPack} and opening a session do
 */
export const writePack = async (parts: PackParts, folder: string): Promise<string> => {
  const { senses: given, policy, ...head } = parts;
  const senses = Object.fromEntries(SENSES.flatMap((name) => {
    const sense = given[name];
    return sense === undefined ? [] : [[name, senseManifest(name, sense)] as const];
  }));
  const manifest: PackManifest = { schema: 'hearken.pack.v1', ...head, senses, ...(policy === undefined ? {} : { policy: policyManifest(policy) }) };
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  parseManifest(text, `${parts.name}/${MANIFEST_FILE}`);
  return placeFolder(folder, parts.name, async (hidden) => fill(hidden, parts, text));
};
