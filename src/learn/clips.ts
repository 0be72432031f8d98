/** Finds a user's labelled clips in a folder: what is a clip, what its label is, and what was passed over. */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Fault } from '../faults.js';
import { labelRule } from './labels.js';
import { counted, some, type Remark } from './remarks.js';

/** The part of a split that a folder `train`, `val` or `test` puts its clips in. */
export type Part = 'train' | 'val' | 'test';

/** A labelled recording. */
export interface Clip {
  /** Its path in the data's folder, with `/`. */
  readonly id: string;
  readonly path: string;
  readonly label: string;
  /** Absent where the folder does not say. */
  readonly part?: Part;
  /** Clips with the same source are never on both sides of a split. */
  readonly source: string;
}

/** What is in a folder of clips. */
export interface Clips {
  readonly clips: readonly Clip[];
  /** Class names, sorted by code unit. */
  readonly labels: readonly string[];
  readonly remarks: readonly Remark[];
}

/** How a folder is read. */
export interface ScanOptions {
  /**
   * Applied to a clip's id: clips with the same first group (the whole match where there is no group) have the same
   * source. Without it, or where it does not match, clips in a folder of their own inside the label's share a source.
   */
  readonly sourcePattern?: RegExp;
}

/** Endings of files that libav may open; whether they are recordings is found when they are opened. */
export const CLIP_ENDINGS: ReadonlySet<string> = new Set([
  '.mp4', '.m4v', '.mov', '.mkv', '.webm', '.avi', '.mpg', '.mpeg', '.ts', '.m2ts', '.mts', '.flv', '.wmv', '.3gp', '.ogv',
  '.wav', '.flac', '.ogg', '.oga', '.opus', '.mp3', '.m4a', '.aac', '.aiff', '.aif', '.mka', '.wma',
]);

const PARTS: ReadonlyMap<string, Part> = new Map([['train', 'train'], ['training', 'train'], ['val', 'val'], ['valid', 'val'], ['validation', 'val'], ['test', 'test'], ['testing', 'test']]);
/** Folders inside a label's, and inside those: deeper ones are not looked into. */
const DEEPEST = 8;

/** A file before its label is decided. */
interface Found {
  readonly id: string;
  /** Folder names between the root and the file. */
  readonly folders: readonly string[];
}

interface Harvest {
  readonly found: Found[];
  readonly hidden: string[];
  readonly links: string[];
  readonly foreign: string[];
}

const entriesOf = async (folder: string): Promise<Dirent[]> => {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
};

const walk = async (root: string, folders: readonly string[], harvest: Harvest): Promise<void> => {
  for (const entry of await entriesOf(join(root, ...folders))) {
    const id = [...folders, entry.name].join('/');
    if (entry.name.startsWith('.')) harvest.hidden.push(id);
    else if (entry.isSymbolicLink()) harvest.links.push(id);
    else if (entry.isDirectory()) {
      if (folders.length < DEEPEST) await walk(root, [...folders, entry.name], harvest);
    } else if (entry.isFile() && CLIP_ENDINGS.has(extname(entry.name).toLowerCase())) harvest.found.push({ id, folders });
    else harvest.foreign.push(id);
  }
};

/** Whether the folder is `train/<label>/…`, `test/<label>/…`: all its folders are parts, one is for training, and most clips lie deep enough. */
const hasParts = (found: readonly Found[]): boolean => {
  const inFolders = found.filter(({ folders }) => folders.length > 0);
  const parts = new Set(inFolders.map(({ folders }) => PARTS.get(folders[0]?.toLowerCase() ?? '')));
  return parts.has('train') && !parts.has(undefined) && inFolders.filter(({ folders }) => folders.length >= 2).length * 2 > inFolders.length;
};

const sourceOf = ({ id, folders }: Found, labelDepth: number, { sourcePattern }: ScanOptions): string => {
  const match = sourcePattern?.exec(id);
  if (match) return match[1] ?? match[0];
  return folders.length > labelDepth + 1 ? folders.join('/') : id;
};

const passedOver = ({ hidden, links, foreign }: Harvest, loose: readonly string[]): Remark[] => [
  ...(hidden.length === 0 ? [] : [{ kind: 'hidden' as const, text: `${counted(hidden.length, 'hidden file')} passed over.`, about: hidden }]),
  ...(links.length === 0 ? [] : [{ kind: 'link' as const, text: `${counted(links.length, 'symbolic link')} not followed: ${some(links)}. Copy what they lead to, so that no clip is used twice or from elsewhere.`, about: links }]),
  ...(foreign.length === 0 ? [] : [{ kind: 'unknown-ending' as const, text: `${counted(foreign.length, 'file')} passed over, since the name does not end as a recording's does: ${some(foreign)}.`, about: foreign }]),
  ...(loose.length === 0 ? [] : [{ kind: 'layout' as const, text: `${counted(loose.length, 'recording')} passed over, since it lies in no label's folder: ${some(loose)}.`, about: loose }]),
];

const noClips = (folder: string): Fault => new Fault('learn', 'data-unusable', `${folder} holds no labelled clips.`, {
  remedy: 'Put recordings into one folder a label: <folder>/<label>/<clip>.mp4, or <folder>/train/<label>/… and test/<label>/….',
});

const checkFolder = async (folder: string): Promise<void> => {
  const found = await stat(folder).catch((cause: unknown) => {
    throw new Fault('learn', 'source-not-found', `There is no folder ${folder}.`, { remedy: 'Name a folder that holds one folder of clips a label.', cause });
  });
  if (!found.isDirectory()) throw new Fault('learn', 'data-unusable', `${folder} is no folder.`, { remedy: 'Name the folder that holds one folder of clips a label.' });
};

/**
 * Finds the clips in `<folder>/<label>/…` or `<folder>/{train,val,test}/<label>/…`.
 *
 * The second layout is taken when every folder at the top is named so (in any case) and one is for training. Folders
 * inside a label's folder are looked into; their clips share a source. Labels that differ only by case, by Unicode form
 * or by white space around them are one class, and that is said. Hidden files, symbolic links and files that do not end
 * as recordings do are passed over, and that is said too. Nothing is opened yet.
 *
 * @throws Fault `source-not-found` where there is no such folder, `data-unusable` where it holds no labelled clip
 */
export const scanClips = async (folder: string, options: ScanOptions = {}): Promise<Clips> => {
  await checkFolder(folder);
  const harvest: Harvest = { found: [], hidden: [], links: [], foreign: [] };
  await walk(folder, [], harvest);
  const parts = hasParts(harvest.found);
  const labelDepth = parts ? 1 : 0;
  const labelled = harvest.found.filter(({ folders }) => folders.length > labelDepth);
  const loose = harvest.found.filter(({ folders }) => folders.length <= labelDepth).map(({ id }) => id);
  if (labelled.length === 0) throw noClips(folder);
  const { nameOf, labels, remarks } = labelRule(labelled.map(({ folders }) => folders[labelDepth] ?? ''));
  const clips = labelled.map((found): Clip => {
    const part = parts ? PARTS.get(found.folders[0]?.toLowerCase() ?? '') : undefined;
    return {
      id: found.id, path: join(folder, found.id), label: nameOf(found.folders[labelDepth] ?? ''),
      source: sourceOf(found, labelDepth, options), ...(part === undefined ? {} : { part }),
    };
  });
  return { clips, labels, remarks: [...passedOver(harvest, loose), ...remarks] };
};
