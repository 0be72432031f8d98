/** One media process, seen from the service. */
import { fork, type ChildProcess } from 'node:child_process';
import { Fault } from '../faults.js';
import type { FromMedia, MediaHealth, ToMedia } from './protocol.js';

/** Options of a {@link MediaHost}. */
export interface HostOptions {
  /** Cameras that share one media process. */
  readonly camerasPerProcess?: number;
  /** The media process is asked for its health this often [ms]. */
  readonly healthEveryMs?: number;
  /** A process that does not answer for this long is killed and started anew [ms]. */
  readonly hungAfterMs?: number;
  /** After its end a recording's pictures can be asked for until it was quiet for this long [ms]. */
  readonly lingerMs?: number;
}

/** A process that does not leave by itself is killed after this [ms]. */
const LEAVE_MS = 800;

/**
 * From this size on memory is mapped by itself and given back when it is freed. It is where glibc begins; left alone it moves
 * up to the largest block freed, and frames and whole GOPs then lie in heaps that cannot shrink. Other C libraries ignore it.
 */
const MAPPED_FROM_BYTES = 128 * 1024;

const hasEnded = (): Fault => new Fault('media', 'media-process-crashed', 'The media process has ended.');

/** Who receives one connection's messages. */
export interface Listener {
  /** A message for this connection. */
  receive(message: FromMedia): void;
  /** The process is gone; nothing follows. */
  crashed(fault: Fault): void;
}

/** A child process with its connections; reports to their listeners when it is gone. */
export class MediaWorker {
  readonly #child: ChildProcess;
  readonly #listeners = new Map<number, Listener>();
  readonly #healthWaiting = new Map<number, { resolve: (health: MediaHealth) => void; reject: (fault: Fault) => void }>();
  readonly #watch: NodeJS.Timeout;
  readonly #gone: Promise<void>;
  #nextHealth = 1;
  #alive = true;
  #heardAtMs = performance.now();

  /**
   * @param options how long it may be silent, and how many cameras it will hold
   * @param onGone called once, before the listeners hear of it
   */
  constructor(options: Required<HostOptions>, onGone: () => void) {
    this.#child = fork(new URL('./media-process.js', import.meta.url), {
      serialization: 'advanced',
      env: { MALLOC_MMAP_THRESHOLD_: String(MAPPED_FROM_BYTES), ...process.env },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [],
    });
    this.#child.on('message', (message: FromMedia) => {
      this.#receive(message);
    });
    this.#gone = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#leave(code, signal, onGone);
        resolve();
      });
    });
    // What cannot be sent to a process that is just dying is answered by its exit.
    this.#child.on('error', () => undefined);
    this.#watch = setInterval(() => {
      this.#checkHealth(options);
    }, options.healthEveryMs);
    this.#watch.unref();
  }

  /** How many connections it serves. */
  get connections(): number {
    return this.#listeners.size;
  }

  /** False once it has ended. */
  get alive(): boolean {
    return this.#alive;
  }

  /** Its process id. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Sends a message; to a process that is gone, nothing. */
  send(message: ToMedia): void {
    if (this.#alive && this.#child.connected) this.#child.send(message);
  }

  /** Routes a connection's messages. */
  listen(c: number, listener: Listener): void {
    this.#listeners.set(c, listener);
  }

  /** Stops routing them. */
  forget(c: number): void {
    this.#listeners.delete(c);
  }

  /** Asks how it is doing. */
  async health(): Promise<MediaHealth> {
    return new Promise((resolve, reject) => {
      if (!this.#alive) {
        reject(hasEnded());
        return;
      }
      const q = this.#nextHealth++;
      this.#healthWaiting.set(q, { resolve, reject });
      this.send({ t: 'health', q });
    });
  }

  /** Ends the process; at the latest after {@link LEAVE_MS} by force. */
  async end(): Promise<void> {
    if (!this.#alive) return;
    const force = setTimeout(() => this.#child.kill('SIGKILL'), LEAVE_MS);
    if (this.#child.connected) this.#child.disconnect();
    await this.#gone;
    clearTimeout(force);
  }

  #receive(message: FromMedia): void {
    this.#heardAtMs = performance.now();
    if (message.t === 'health') {
      this.#healthWaiting.get(message.q)?.resolve(message.health);
      this.#healthWaiting.delete(message.q);
      return;
    }
    this.#listeners.get(message.c)?.receive(message);
  }

  #checkHealth({ healthEveryMs, hungAfterMs }: Required<HostOptions>): void {
    if (this.#listeners.size === 0) {
      this.#heardAtMs = performance.now();
      return;
    }
    if (performance.now() - this.#heardAtMs > hungAfterMs + healthEveryMs) this.#child.kill('SIGKILL');
    else this.send({ t: 'health', q: 0 });
  }

  #leave(code: number | null, signal: NodeJS.Signals | null, onGone: () => void): void {
    this.#alive = false;
    clearInterval(this.#watch);
    onGone();
    for (const { reject } of this.#healthWaiting.values()) reject(hasEnded());
    this.#healthWaiting.clear();
    const how = signal ?? `exit code ${String(code)}`;
    const fault = new Fault('media', 'media-process-crashed', `The media process ended unexpectedly (${how}).`, { remedy: 'It is started again and its cameras resume.' });
    for (const listener of [...this.#listeners.values()]) listener.crashed(fault);
    this.#listeners.clear();
  }
}

