import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../faults.js';
import { countMacs } from './macs.js';
import { MANIFEST_FILE, SENSES, parseManifest } from './manifest-file.js';
import type { PackManifest, SenseManifest, SenseName, TensorSpec } from './manifest.js';
import { decodeOnnx } from './onnx-schema.js';
import type { OnnxModel, OnnxValueInfo } from './onnx-schema.js';
import { inferShapes } from './onnx-shapes.js';
import { loadPack, sha256Of } from './pack.js';
import { placeFolder } from './place-folder.js';

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

/** A pack to be written. */
export interface PackParts {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly description: string;
  readonly origin: string;
  readonly senses: Readonly<Partial<Record<SenseName, SenseParts>>>;
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
  const { senses: given, ...head } = parts;
  const present = SENSES.flatMap((name) => {
    const sense = given[name];
    return sense === undefined ? [] : [{ name, sense }];
  });
  const senses = Object.fromEntries(present.map(({ name, sense }) => [name, senseManifest(name, sense)]));
  const manifest: PackManifest = { schema: 'hearken.pack.v1', ...head, senses };
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  parseManifest(text, `${parts.name}/${MANIFEST_FILE}`);
  return placeFolder(folder, parts.name, async (hidden) => {
    for (const { name, sense } of present) {
      await writeFile(join(hidden, `${name}.onnx`), sense.onnx);
      await writeFile(join(hidden, `${name}.labels.txt`), sense.labels.map((label) => `${label.replaceAll(/\s+/g, ' ')}\n`).join(''));
    }
    await writeFile(join(hidden, MANIFEST_FILE), text);
    const pack = await loadPack(hidden);
    for (const { name } of present) await (await pack.open(name)).close();
  });
};
