/** Nets shared by all cameras that name the same packs: loaded for the first, closed after the last. */
import type { Profile } from '../../src/settings/profile.js';
import { loadNets, type Nets } from '../nets.js';

/** Nets that are in use until they are given back. */
export interface NetLease {
  readonly nets: Nets;
  /** Gives them back; the last one closes them. Idempotent. */
  readonly release: () => void;
}

interface Shelved {
  readonly nets: Promise<Nets>;
  users: number;
}

/** Loads each set of packs once and counts who uses it. */
export class NetShelf {
  readonly #load: (profile: Pick<Profile, 'packs'>) => Promise<Nets>;
  readonly #sets = new Map<string, Shelved>();
  readonly #closing = new Set<Promise<unknown>>();

  /**
   * @param threads inference threads of each net
   * @param load loads a set of packs; replaced in tests
   */
  constructor(threads: number, load = async (profile: Pick<Profile, 'packs'>): Promise<Nets> => loadNets(profile, threads)) {
    this.#load = load;
  }

  /** Sets of packs that are loaded. */
  get size(): number {
    return this.#sets.size;
  }

  /** The nets of a profile. Rejects with the fault of the loading; then nothing is kept, and the next one tries again. */
  async acquire(profile: Pick<Profile, 'packs'>): Promise<NetLease> {
    const key = JSON.stringify(Object.entries(profile.packs).sort());
    const shelved = this.#sets.get(key) ?? { nets: this.#load(profile), users: 0 };
    this.#sets.set(key, shelved);
    shelved.users += 1;
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      shelved.users -= 1;
      if (shelved.users === 0) this.#drop(key, shelved);
    };
    try {
      return { nets: await shelved.nets, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Resolves when all that was given back is closed. */
  async close(): Promise<void> {
    await Promise.all(this.#closing);
  }

  #drop(key: string, { nets }: Shelved): void {
    this.#sets.delete(key);
    // What could not be loaded needs no closing, and a net that does not close is nobody's trouble any more.
    const closing: Promise<unknown> = nets.then(async (loaded) => loaded.close()).catch(() => undefined).finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
