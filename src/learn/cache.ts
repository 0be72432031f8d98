/** Features on disk: one file a recording, so that a run that was ended goes on where it was. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { Fault } from '../faults.js';
import type { Environment } from '../inference/pack-folders.js';
import type { Extracted, ExtractProfile, FrozenNets } from './extract.js';
import { SENSE_NAMES, widthOf } from './widths.js';

/**
 * Changes when features are made or stored in another way; entries of another number are never found, and are removed
 * when they are the oldest.
 */
const FORMAT = 'hearken.features.v1';
const ENDING = '.features';
const MAGIC = 'HKNF';
const HASH_BYTES = 32;
/** What is left of a write that was killed is removed after this [ms]. */
const ABANDONED_MS = 3_600_000;
/** How much the cache holds before the entries that were not used for longest go [bytes]. */
export const CACHE_BYTES = 4 * 2 ** 30;

const headSchema = z.strictObject({
  steps: z.int().nonnegative(),
  widths: z.strictObject({ audio: z.int().positive(), appearance: z.int().positive(), motion: z.int().positive() }),
  facts: z.strictObject({
    durationUs: z.number(), hasSoundTrack: z.boolean(), hasPictureTrack: z.boolean(), damage: z.string().exactOptional(),
  }),
});
type Head = z.infer<typeof headSchema>;

/** Where features are kept: `HEARKEN_CACHE`, else `hearken/features` in `XDG_CACHE_HOME` (default `~/.cache`). */
export const cacheFolder = (environment: Environment = process.env): string => {
  const { HEARKEN_CACHE: own, XDG_CACHE_HOME: xdg } = environment;
  if (own !== undefined && own !== '') return own;
  return join(xdg !== undefined && xdg !== '' ? xdg : join(homedir(), '.cache'), 'hearken', 'features');
};

/**
 * The sha-256 of a file's bytes, in hexadecimal. A clip is known by its bytes, not by its name or date: a folder that is
 * moved, copied or sorted anew costs no second extraction, and two copies of one clip are noticed.
 * @throws Fault `source-not-found` where it cannot be read
 */
export const contentOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash).catch((cause: unknown) => {
    throw new Fault('learn', 'source-not-found', `${path} cannot be read (${String((cause as NodeJS.ErrnoException).code)}).`, { remedy: 'Check who may read it.', cause });
  });
  return hash.digest('hex');
};

/**
 * What the features of a recording depend on besides its bytes: the nets with their inputs, the cut into steps, how far
 * a key frame may be, and how much sound may be missing. Anything else may change without making them stale.
 */
export const recipeOf = (nets: FrozenNets, { segment, hear, look }: ExtractProfile): string => {
  const parts = SENSE_NAMES.map((sense) => {
    const { sha256, input, outputs } = nets[sense]?.manifest ?? {};
    return [sha256, input, outputs?.features];
  });
  return createHash('sha256').update(JSON.stringify([FORMAT, parts, nets.logMel, segment.latenessS, hear.maxMissing, look.toleranceS])).digest('hex');
};

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);

/**
 * An entry's bytes: magic, length of the head, head (JSON), features (float32), present (bytes), starts (float64), sha-256
 * of all that. Numbers are in the machine's own order: a cache is not carried about.
 */
const encode = ({ steps, features, present, startsUs, facts }: Extracted, nets: FrozenNets): Buffer => {
  const widths = { audio: widthOf(nets.audio), appearance: widthOf(nets.appearance), motion: widthOf(nets.motion) };
  const head = Buffer.from(JSON.stringify({ steps, widths, facts } satisfies Head));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  const body = Buffer.concat([
    Buffer.from(MAGIC), length, head,
    ...SENSE_NAMES.map((sense) => bytesOf(features[sense])),
    ...SENSE_NAMES.map((sense) => present[sense]),
    bytesOf(startsUs),
  ]);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
};

/** Reads one array after the other out of an entry. */
class Cursor {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  take(length: number): Uint8Array<ArrayBuffer> {
    const taken = Uint8Array.from(this.#bytes.subarray(this.#at, this.#at + length));
    this.#at += length;
    return taken;
  }

  floats(count: number): Float32Array {
    return new Float32Array(this.take(count * 4).buffer);
  }
}

/** An entry as it was put in; undefined where it is not whole. */
const decode = (bytes: Buffer): Extracted | undefined => {
  const body = bytes.subarray(0, Math.max(0, bytes.length - HASH_BYTES));
  if (body.length < 8 || body.toString('latin1', 0, 4) !== MAGIC) return undefined;
  if (!createHash('sha256').update(body).digest().equals(bytes.subarray(body.length))) return undefined;
  const headBytes = body.readUInt32LE(4);
  const head = headSchema.safeParse(JSON.parse(body.toString('utf8', 8, 8 + headBytes)));
  if (!head.success) return undefined;
  const { steps, widths, facts } = head.data;
  const cursor = new Cursor(body, 8 + headBytes);
  // Its length is checked first: a typed array of too few bytes cannot be made.
  if (body.length !== 8 + headBytes + steps * (4 * (widths.audio + widths.appearance + widths.motion) + 3 + 8)) return undefined;
  const [audio, appearance, motion] = [cursor.floats(steps * widths.audio), cursor.floats(steps * widths.appearance), cursor.floats(steps * widths.motion)];
  const present = { audio: cursor.take(steps), appearance: cursor.take(steps), motion: cursor.take(steps) };
  return { steps, features: { audio, appearance, motion }, present, startsUs: new Float64Array(cursor.take(steps * 8).buffer), facts };
};

/** Features by what they were made of and how. Safe for several processes at once: an entry is seen whole or not at all. */
export class FeatureCache {
  readonly #folder: string;

  /** @param folder made when first written to; may be removed at any time, at the cost of extracting again */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Where it is. */
  get folder(): string {
    return this.#folder;
  }

  /**
   * The features of a recording; undefined where they are not there, or are damaged, so that they are made again.
   * @param content as {@link contentOf} gives it
   * @param recipe as {@link recipeOf} gives it
   */
  async get(content: string, recipe: string): Promise<Extracted | undefined> {
    const path = this.#path(content, recipe);
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes === undefined) return undefined;
    const found = decode(bytes);
    // What was used lately stays longest.
    if (found !== undefined) await utimes(path, new Date(), new Date()).catch(() => undefined);
    return found;
  }

  /** Keeps the features of a recording. */
  async put(content: string, recipe: string, extracted: Extracted, nets: FrozenNets): Promise<void> {
    const path = this.#path(content, recipe);
    await mkdir(join(path, '..'), { recursive: true });
    const hidden = `${path}.${randomBytes(6).toString('hex')}.part`;
    try {
      await writeFile(hidden, encode(extracted, nets));
      await rename(hidden, path);
    } finally {
      await rm(hidden, { force: true });
    }
  }

  /**
   * Removes what was not used for longest until no more than `maxBytes` are held, and what killed writes left behind.
   * @returns how many entries went
   */
  async trim(maxBytes: number = CACHE_BYTES, nowMs: number = Date.now()): Promise<number> {
    const entries = await this.#entries();
    let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    let removed = 0;
    for (const { path, bytes, usedMs, whole } of entries.sort((a, b) => a.usedMs - b.usedMs)) {
      const abandoned = !whole && nowMs - usedMs > ABANDONED_MS;
      if (!abandoned && (!whole || total <= maxBytes)) continue;
      await rm(path, { force: true });
      total -= bytes;
      removed += 1;
    }
    return removed;
  }

  async #entries(): Promise<{ path: string; bytes: number; usedMs: number; whole: boolean }[]> {
    const names = await readdir(this.#folder, { recursive: true }).catch(() => []);
    const ours = names.filter((name) => name.endsWith(ENDING) || name.endsWith('.part'));
    const entries = await Promise.all(ours.map(async (name) => {
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => undefined);
      return found === undefined ? [] : [{ path, bytes: found.size, usedMs: found.mtimeMs, whole: name.endsWith(ENDING) }];
    }));
    return entries.flat();
  }

  #path(content: string, recipe: string): string {
    return join(this.#folder, content.slice(0, 2), `${content.slice(0, 40)}-${recipe.slice(0, 24)}${ENDING}`);
  }
}
