import { type Subscription as RxSubscription } from 'rxjs';
import { plainText, select, type Publication, type Selection } from '../publication.js';
import { attemptTo, type Outcome, type Parcel } from './attempt.js';
import { deliver, type Patience } from './deliver.js';
import type { WebhookSpec, WebhookStats } from './types.js';

const DEFAULT_QUEUE = 1000;

const patienceOf = ({ attempts = 6, retryFirstMs = 1000, retryMaxMs = 60_000 }: WebhookSpec): Patience => ({ attempts, retryFirstMs, retryMaxMs });

/** What a sender tells of its troubles. */
export type Note = (level: 'info' | 'warn' | 'error', message: string) => void;

/** Sends what is published to one address, one message at a time and in order, out of a bounded queue. */
export class WebhookSender {
  readonly #spec: WebhookSpec;
  readonly #server: string;
  readonly #note: Note;
  readonly #selection: Selection;
  readonly #queue: Publication[] = [];
  readonly #whenIdle: (() => void)[] = [];
  #current: RxSubscription | undefined;
  #busy = false;
  #closing = false;
  /** Whether the last message arrived: only changes are worth a line in the log. */
  #well = true;
  #counts = { delivered: 0, retried: 0, overflowed: 0, failed: 0 };

  /**
   * @param spec whom to tell, of what
   * @param server the name of this run of the server
   * @param note told when the receiver is lost and found
   */
  constructor(spec: WebhookSpec, server: string, note: Note) {
    this.#spec = spec;
    this.#server = server;
    this.#note = note;
    this.#selection = select(spec.filter ?? {});
  }

  /** What became of its messages so far. */
  get stats(): WebhookStats {
    return { name: this.#spec.name, waiting: this.#queue.length, ...this.#counts };
  }

  /** Sends a message if it passes the filter, behind those that wait. Never waits and never fails. */
  offer(publication: Publication): void {
    if (this.#closing || !this.#selection.matches(publication)) return;
    this.#queue.push(publication);
    if (this.#queue.length > (this.#spec.queue ?? DEFAULT_QUEUE)) {
      // The first may be on its way; the oldest that is not leaves.
      this.#queue.splice(this.#busy && this.#queue.length > 1 ? 1 : 0, 1);
      this.#counts.overflowed += 1;
    }
    this.#next();
  }

  /** Goes on with what waits for so long [ms], each message once; then gives up the rest, counted. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    if (this.#busy) {
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([
        new Promise<void>((resolve) => { this.#whenIdle.push(resolve); }),
        new Promise<void>((resolve) => { timer = setTimeout(resolve, graceMs); }),
      ]);
      clearTimeout(timer);
    }
    this.#current?.unsubscribe();
    this.#counts.failed += this.#queue.length;
    this.#queue.length = 0;
  }

  #next(): void {
    const [first] = this.#queue;
    if (this.#busy || first === undefined) {
      if (!this.#busy) for (const idle of this.#whenIdle.splice(0)) idle();
      return;
    }
    this.#busy = true;
    const parcel: Parcel = { id: `${this.#server}-${first.seq}`, body: plainText(first) };
    const patience = this.#closing ? { ...patienceOf(this.#spec), attempts: 1 } : patienceOf(this.#spec);
    this.#current = deliver(parcel, patience, (one, attempt) => this.#try(one, attempt), Math.random).subscribe({
      next: ({ outcome, attempt }) => { this.#settle(outcome, attempt); },
      error: () => undefined,
      complete: () => {
        this.#busy = false;
        this.#queue.shift();
        this.#next();
      },
    });
  }

  #try(parcel: Parcel, attempt: number): ReturnType<typeof attemptTo> {
    if (attempt > 1) this.#counts.retried += 1;
    return attemptTo(this.#spec, parcel, attempt);
  }

  #settle(outcome: Outcome, attempts: number): void {
    if (outcome.kind === 'delivered') {
      this.#counts.delivered += 1;
      if (!this.#well) this.#note('info', `Webhook ${this.#spec.name}: messages arrive again.`);
      this.#well = true;
      return;
    }
    this.#counts.failed += 1;
    if (this.#well) this.#note('warn', `Webhook ${this.#spec.name}: ${outcome.why}; a message was given up after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}.`);
    this.#well = false;
  }
}
