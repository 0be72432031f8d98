import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../faults.js';
import { download } from './download.js';
import type { DownloadOptions } from './download.js';
import { importBytes } from './import-model.js';
import type { ImportOptions } from './import-model.js';
import { parseLabels } from './manifest-file.js';
import { userPackFolder } from './pack-folders.js';

/** Public nets that `hearken models pull` knows: where their files are, and what they must be. */

interface PublicFile {
  readonly name: string;
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
}

interface PublicPack {
  readonly model: PublicFile;
  readonly labels: PublicFile;
  readonly parseLabels: (text: string) => readonly string[];
  readonly about: Omit<ImportOptions, 'name' | 'folder' | 'labels' | 'arithmetic'>;
}

const RAW = 'https://raw.githubusercontent.com';
const CORALMICRO = `${RAW}/google-coral/coralmicro/c9f665b0a8b973d35cb9d383b3e92e9f14b4dd72`;
const CORAL_TEST_DATA = `${RAW}/google-coral/test_data/104342d2d3480b3e66203073dac24f4e2dbb4c41`;

/** The third column of YAMNet's class map: names, in double quotes when they hold commas. */
const classMapLabels = (csv: string): readonly string[] => parseLabels(csv).slice(1).map((line) => {
  const name = line.split(',').slice(2).join(',');
  return name.startsWith('"') && name.endsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
});

const PUBLIC_PACKS = {
  yamnet: {
    model: {
      name: 'yamnet_spectra_in.tflite', url: `${CORALMICRO}/models/yamnet_spectra_in.tflite`, bytes: 4_047_424,
      sha256: '0a266465c46718f3fcc4137366be82882a8c93bfcc4f0278581a11d11dddcdf9',
    },
    labels: {
      name: 'yamnet_class_map.csv', url: `${RAW}/tensorflow/models/master/research/audioset/yamnet/yamnet_class_map.csv`, bytes: 14_096,
      sha256: 'cdf24d193e196d9e95912a2667051ae203e92a2ba09449218ccb40ef787c6df2',
    },
    parseLabels: classMapLabels,
    about: {
      sense: 'audio', license: 'Apache-2.0', version: '1', description: 'YAMNet: 521 sounds of AudioSet, from 0.96 s of sound.',
      origin: `${CORALMICRO}/models/yamnet_spectra_in.tflite`,
      // AudioSet's "acoustic environment" classes tell of the room, not of what happens in it.
      background: ['Silence', 'Inside, small room', 'Inside, large room or hall', 'Inside, public space', 'Outside, urban or manmade',
        'Outside, rural or natural', 'Environmental noise', 'Noise', 'Static', 'White noise', 'Pink noise', 'Field recording'],
    },
  },
  mobilenet_v2: {
    model: {
      name: 'mobilenet_v2_1.0_224_quant.tflite', url: `${CORAL_TEST_DATA}/mobilenet_v2_1.0_224_quant.tflite`, bytes: 3_610_798,
      sha256: '7aad0c74c5e3c06e5eb3c827e13304fdd68a83da6087d92ee169c24ff9fd4776',
    },
    labels: {
      name: 'imagenet_labels.txt', url: `${CORAL_TEST_DATA}/imagenet_labels.txt`, bytes: 21_686,
      sha256: 'b8aaeb5630c62626a7d124a05c0e14230a7ffdd2136a31d0190a4fb71c1d82f1',
    },
    parseLabels,
    about: {
      sense: 'appearance', license: 'Apache-2.0', version: '1', description: 'MobileNetV2 1.0 224: 1000 things of ImageNet, from one picture.',
      origin: `${CORAL_TEST_DATA}/mobilenet_v2_1.0_224_quant.tflite`, background: ['background'],
    },
  },
} as const satisfies Record<string, PublicPack>;

/** A pack that can be pulled by its name. */
export type PublicPackName = keyof typeof PUBLIC_PACKS;

/** Names of the packs that can be pulled, with what they are. */
export const PUBLIC_PACK_NAMES = Object.keys(PUBLIC_PACKS) as readonly PublicPackName[];

/** Where to and where from. */
export interface PullOptions extends Pick<DownloadOptions, 'onProgress' | 'signal' | 'stallTimeoutMs'> {
  /** Folder that holds packs; default the user's. */
  readonly folder?: string;
  /** A mirror: the files are taken from there, by their own names. */
  readonly baseUrl?: string;
}

const known = (name: string): PublicPack => {
  const pack = PUBLIC_PACK_NAMES.find((there) => there === name);
  if (pack !== undefined) return PUBLIC_PACKS[pack];
  throw new Fault('inference', 'pack-not-found', `${name} is not a public pack that Hearken knows.`, { remedy: `It knows ${PUBLIC_PACK_NAMES.join(' and ')}; other models come in by \`hearken models import\`.` });
};

/**
 * Fetches a public net, converts it and makes a pack of it. Files that came whole are checked by their
 * sha-256; what an interrupted attempt left in `<folder>/.downloads` is continued. The pack appears whole
 * or not at all.
 *
 * @param name `yamnet` or `mobilenet_v2`
 * @returns the pack's folder
 * @throws Fault `pack-not-found`, `download-failed`, `pack-hash-mismatch`
 */
export const pullPack = async (name: string, options: PullOptions = {}): Promise<string> => {
  const { model, labels, parseLabels: parse, about } = known(name);
  const { folder = userPackFolder(), baseUrl, onProgress, signal, stallTimeoutMs } = options;
  const downloads = join(folder, '.downloads', name);
  const fetched = async (file: PublicFile): Promise<Uint8Array> => {
    const to = join(downloads, file.name);
    await download({
      url: baseUrl === undefined ? file.url : `${baseUrl.replace(/\/$/, '')}/${file.name}`, to, sha256: file.sha256, bytes: file.bytes,
      ...(onProgress === undefined ? {} : { onProgress }), ...(signal === undefined ? {} : { signal }), ...(stallTimeoutMs === undefined ? {} : { stallTimeoutMs }),
    });
    return readFile(to);
  };
  const names = parse(new TextDecoder().decode(await fetched(labels)));
  const place = await importBytes(await fetched(model), model.name, { ...about, name, folder, labels: names });
  await rm(downloads, { recursive: true, force: true });
  return place;
};
