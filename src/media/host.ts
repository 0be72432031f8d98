/**
 * The service's side of the media processes: starts them, shares cameras out among them, notices when one crashes
 * or hangs, and turns their messages into Observables.
 */
import { availableParallelism } from 'node:os';
import { Observable } from 'rxjs';
import { Fault } from '../faults.js';
import { Link, type ConnectionEvent } from './link.js';
import { MediaWorker, type HostOptions } from './media-worker.js';
import type { ConnectSpec, MediaHealth } from './protocol.js';
import { Turns } from './turns.js';

const DEFAULTS: Required<HostOptions> = { camerasPerProcess: 12, healthEveryMs: 2_000, hungAfterMs: 10_000, lingerMs: 10_000 };

/** Owns the media processes. One per service is enough. */
export class MediaHost {
  readonly #options: Required<HostOptions>;
  readonly #workers = new Set<MediaWorker>();
  /** Clips are the long work: one for each core. A single picture takes too little to wait for a turn. */
  readonly #clips = new Turns(availableParallelism());
  #nextConnection = 1;
  #closed = false;

  /** @param options how cameras are shared out, and when a process counts as hung */
  constructor(options: HostOptions = {}) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /**
   * Connects to a source. Cold: subscribing opens, unsubscribing closes. Completes at the end of a recording;
   * errors with a Fault when the connection is lost or the media process crashed.
   */
  connect(spec: ConnectSpec): Observable<ConnectionEvent> {
    return new Observable((subscriber) => {
      if (this.#closed) {
        subscriber.error(new Fault('media', 'media-process-crashed', 'The media processes are being ended.'));
        return undefined;
      }
      const worker = this.#workerWithRoom();
      const link = new Link(worker, this.#nextConnection++, subscriber, { lingerMs: this.#options.lingerMs, clips: this.#clips });
      link.open(spec);
      return () => {
        link.close();
      };
    });
  }

  /** Health of every media process. */
  async health(): Promise<readonly MediaHealth[]> {
    return Promise.all([...this.#workers].map(async (worker) => worker.health()));
  }

  /** Process ids of the media processes, for tests that kill them. */
  get pids(): readonly number[] {
    return [...this.#workers].flatMap(({ pid }) => pid ?? []);
  }

  /** Ends all media processes, at the latest after a second. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#workers].map(async (worker) => worker.end()));
  }

  #workerWithRoom(): MediaWorker {
    const roomy = [...this.#workers].find((worker) => worker.alive && worker.connections < this.#options.camerasPerProcess);
    if (roomy !== undefined) return roomy;
    const worker: MediaWorker = new MediaWorker(this.#options, () => {
      this.#workers.delete(worker);
    });
    this.#workers.add(worker);
    return worker;
  }
}
