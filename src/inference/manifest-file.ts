import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../faults.js';
import { manifestSchema } from './manifest.js';
import type { HmsManifest, PackManifest, SenseManifest, SenseName } from './manifest.js';

/** Name of the manifest in a pack's folder. */
export const MANIFEST_FILE = 'manifest.json';
/** The senses, cheapest first. */
export const SENSES: readonly SenseName[] = ['audio', 'appearance', 'motion'];

/** A fault of a pack: which file, where in it, and what. */
export const packInvalid = (file: string, what: string, cause?: unknown): Fault =>
  new Fault('inference', 'pack-invalid', `${file}: ${what}.`, { remedy: 'Correct the pack or fetch it again.', cause });

interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

const sentence = ({ code, path, message, keys = [] }: Issue): string => {
  const where = path.map(String).join('.');
  if (code === 'unrecognized_keys') {
    const names = keys.map((key) => (where === '' ? key : `${where}.${key}`));
    return `${names.join(', ')} ${names.length === 1 ? 'is not a key' : 'are not keys'} of a manifest`;
  }
  return `${where === '' ? 'the manifest' : where} is wrong (${message.replace(/^Invalid input: /, '')})`;
};

const count = (dims: readonly number[]): number => Math.abs(dims.reduce((a, b) => a * b, 1));

/** Values that the front end of a sense makes for one run. */
const valuesOf = ({ input: { from } }: SenseManifest): number => {
  switch (from.kind) {
    case 'log-mel': return from.patchFrames * from.melBins;
    case 'picture': return from.width * from.height * 3;
    case 'clip': return from.width * from.height * 3 * from.frames;
  }
};

const KINDS: Readonly<Record<SenseName, string>> = { audio: 'log-mel', appearance: 'picture', motion: 'clip' };

const contradictionOf = ({ sizes: { hidden } }: HmsManifest): string | undefined =>
  hidden.audio <= hidden.appearance && hidden.appearance <= hidden.motion ? undefined
    : `policy.sizes.hidden is ${hidden.audio}, ${hidden.appearance}, ${hidden.motion}, and must not fall, since states are copied upwards`;

/** What the schema alone cannot say. */
const contradiction = (manifest: PackManifest): string | undefined => {
  for (const name of SENSES) {
    const sense = manifest.senses[name];
    if (sense === undefined) continue;
    const { from, tensor } = sense.input;
    if (from.kind !== KINDS[name]) return `senses.${name}.input.from.kind is ${from.kind}, and that sense takes ${KINDS[name]}`;
    if (count(tensor.dims) !== valuesOf(sense)) {
      return `senses.${name}.input.tensor.dims [${tensor.dims.join(', ')}] does not hold the ${valuesOf(sense)} values that its front end makes`;
    }
  }
  if (manifest.policy !== undefined) return contradictionOf(manifest.policy);
  return SENSES.some((name) => manifest.senses[name] !== undefined) ? undefined : 'senses is empty, and there is no policy';
};

/**
 * Checks the text of a manifest.
 *
 * @param file named in the error
 * @throws Fault `pack-invalid`, naming the place in the manifest
 */
export const parseManifest = (text: string, file: string): PackManifest => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw packInvalid(file, 'it is not JSON', cause);
  }
  const result = manifestSchema.safeParse(json);
  if (!result.success) {
    const [first, ...more] = result.error.issues as readonly Issue[];
    throw packInvalid(file, `${first === undefined ? 'it is wrong' : sentence(first)}${more.length === 0 ? '' : `, and ${more.length} more`}`);
  }
  const wrong = contradiction(result.data);
  if (wrong !== undefined) throw packInvalid(file, wrong);
  return result.data;
};

/** Reads and checks the manifest in a folder; undefined when there is none. */
export const readManifest = async (folder: string): Promise<PackManifest | undefined> => {
  const file = join(folder, MANIFEST_FILE);
  try {
    return parseManifest(await readFile(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof Fault) throw error;
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw packInvalid(file, 'it cannot be read', error);
  }
};

/** Lines of a labels file: one label a line, in the order of the scores; a last empty line does not count. */
export const parseLabels = (text: string): readonly string[] => text.replace(/^\uFEFF/, '').replace(/\r?\n$/, '').split(/\r?\n/);
