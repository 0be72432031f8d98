/** Keeps a source connected: watches it, tries again when it dies or stalls, and says so. */
import { Observable, asyncScheduler, type SchedulerLike, type Subscription } from 'rxjs';
import { Fault, asFault } from '../faults.js';
import type { ConnectionEvent, ConnectionOpened } from '../media/link.js';
import { Backlog } from './backlog.js';
import type { SourceEvent } from './types.js';

/** When to give a connection up, and when to try again. */
export interface ReconnectPolicy {
  /** The name used in sentences. */
  readonly name: string;
  /** First and longest pause between attempts [ms]; each is twice the one before, less a random part of up to a half. */
  readonly minMs: number;
  readonly maxMs: number;
  /** A connection that lasted this long makes the next pause the first again [ms]. */
  readonly healthyMs: number;
  /** A connection that brings nothing for this long is stalled [ms]. */
  readonly stallMs: number;
  /**
   * True for a source that comes by itself, a publisher: it is waited for without end, and its silence is told but ends
   * only when the connection gives it up. Default false.
   */
  readonly pushed?: boolean;
  /** What a first attempt that fails means: a mistake in the address, or a camera that is still off. */
  readonly firstFailure: 'fatal' | 'retry';
  /** 0…1; replaced in tests. */
  readonly random: () => number;
}

/** What an attempt to connect is given. */
export interface Attempt {
  /** 1 for the first. */
  readonly connection: number;
  /** Media time at which it begins [µs]. */
  readonly startUs: number;
}

/** Time, replaced in tests. Durations are told by `now`, so that setting this machine's clock connects nothing anew. */
export interface Clock extends Pick<SchedulerLike, 'schedule'> {
  /** A time that goes on, whatever happens to the wall clock [ms]. */
  now(): number;
  /** The wall clock [ms since the epoch]. Default: the same as `now`. */
  epochMs?(): number;
}

const CLOCK: Clock = { now: () => performance.now(), epochMs: () => Date.now(), schedule: asyncScheduler.schedule.bind(asyncScheduler) };

/** Faults that trying again cannot mend, even after it once worked. */
const FINAL: ReadonlySet<string> = new Set(['internal', 'source-unknown-scheme', 'external-ffmpeg-missing']);

class Keeper {
  readonly #connect: (attempt: Attempt) => Observable<ConnectionEvent>;
  readonly #policy: ReconnectPolicy;
  readonly #clock: Clock;
  readonly #emit: (event: SourceEvent) => void;
  readonly #done: (fault?: Fault) => void;
  #connections = 0;
  #pauseMs: number;
  #current: Subscription | undefined;
  #retry: Subscription | undefined;
  #watchdog: Subscription | undefined;
  #opened: { readonly live: boolean; readonly atMs: number } | undefined;
  #everOpened = false;
  #state = '';
  #highUs = 0;
  #permittedUs = 0;
  #lastHeardMs = 0;
  readonly #backlog = new Backlog();
  #stopped = false;

  constructor(connect: (attempt: Attempt) => Observable<ConnectionEvent>, policy: ReconnectPolicy, clock: Clock, emit: (event: SourceEvent) => void, done: (fault?: Fault) => void) {
    this.#connect = connect;
    this.#policy = policy;
    this.#clock = clock;
    this.#emit = emit;
    this.#done = done;
    this.#pauseMs = policy.minMs;
  }

  attempt(): void {
    this.#say('starting');
    // Whoever hears this may leave.
    if (this.#stopped) return;
    this.#opened = undefined;
    this.#lastHeardMs = this.#clock.now();
    this.#watch();
    let synchronous: (() => void) | undefined;
    this.#current = this.#connect({ connection: this.#connections + 1, startUs: this.#highUs }).subscribe({
      next: (event) => {
        this.#receive(event);
      },
      error: (error: unknown) => {
        // An error during subscription must not be handled before the subscription is known.
        synchronous = () => {
          this.#failed(asFault(error, 'ingest'));
        };
        if (this.#current !== undefined) synchronous();
      },
    });
    if (synchronous !== undefined && this.#current.closed && this.#retry === undefined) synchronous();
  }

  stop(): void {
    this.#stopped = true;
    this.#retry?.unsubscribe();
    this.#watchdog?.unsubscribe();
    this.#current?.unsubscribe();
  }

  #say(state: 'starting' | 'running' | 'blocked'): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#emit({ kind: 'state', state });
  }

  #receive(event: ConnectionEvent): void {
    this.#lastHeardMs = this.#clock.now();
    if (event.kind === 'audio' || event.kind === 'video' || event.kind === 'audio-dropped') this.#backlog.heard(this.#lastHeardMs);
    switch (event.kind) {
      case 'listening':
        return;
      case 'opened':
        this.#open(event);
        return;
      case 'ended':
        this.#watchdog?.unsubscribe();
        this.#emit({ kind: 'state', state: 'ended', ...(event.fault === undefined ? {} : { fault: event.fault }) });
        this.#done();
        return;
      case 'audio-dropped':
        // Nobody takes the sound: that is the listener's trouble, never a reason to reconnect. A burst outruns any listener.
        this.#reach(event.endUs);
        if (!this.#backlog.explains(this.#lastHeardMs)) this.#say('blocked');
        this.#emit(event);
        return;
      case 'audio':
        this.#reach(event.startUs + (event.samples.length / 16_000) * 1e6);
        this.#say('running');
        this.#emit(event);
        return;
      case 'video':
        this.#reach(event.untilUs);
        if (this.#state !== 'blocked') this.#say('running');
        this.#emit(event);
    }
  }

  #reach(timeUs: number): void {
    this.#highUs = Math.max(this.#highUs, Math.ceil(timeUs));
  }

  #open({ info, video, permit, at, epochMs }: ConnectionOpened): void {
    this.#connections += 1;
    this.#backlog.forget();
    this.#everOpened = true;
    const atMs = this.#clock.now();
    if (at !== undefined) this.#reach(at.startUs);
    this.#opened = { live: info.live, atMs };
    this.#permittedUs = this.#highUs;
    this.#emit({
      kind: 'opened',
      connection: this.#connections,
      startUs: this.#highUs,
      info,
      // A recording has no wall clock of its own: its times count from its beginning, the same on every run.
      // The news of a camera may have waited here, most of all while many are opened.
      originEpochMs: info.live ? (epochMs ?? this.#clock.epochMs?.() ?? atMs) - (at?.nowUs ?? this.#highUs) / 1000 : 0,
      ...(video === undefined ? {} : { video }),
      permit: (untilUs, endUs) => {
        this.#permittedUs = Math.max(this.#permittedUs, untilUs);
        this.#lastHeardMs = this.#clock.now();
        permit(untilUs, endUs);
      },
    });
  }

  /** Looks from time to time instead of setting a timer for every packet. */
  #watch(): void {
    this.#watchdog?.unsubscribe();
    const check = (): void => {
      const waitsForPermit = this.#opened?.live === false && this.#highUs >= this.#permittedUs;
      const awaited = this.#policy.pushed === true && this.#opened === undefined;
      const silentMs = this.#clock.now() - this.#lastHeardMs;
      const silent = silentMs >= this.#policy.stallMs && !waitsForPermit && !awaited;
      if (silent && this.#policy.pushed === true) {
        this.#tellSilence(silentMs);
      } else if (silent) {
        this.#failed(new Fault('ingest', 'source-stalled', `${this.#policy.name} has sent nothing for ${Math.round(silentMs / 1000)} s.`, { remedy: 'It is connected anew; check the camera and the network if this goes on.' }));
        return;
      }
      const nextMs = waitsForPermit || awaited || silent ? this.#policy.stallMs : Math.max(10, this.#policy.stallMs - silentMs);
      this.#watchdog = this.#clock.schedule(check, nextMs);
    };
    this.#watchdog = this.#clock.schedule(check, this.#policy.stallMs);
  }

  /** A publisher that is silent may come back; its connection decides when to give it up. */
  #tellSilence(silentMs: number): void {
    if (this.#state === 'stalled') return;
    this.#state = 'stalled';
    const fault = new Fault('ingest', 'source-stalled', `${this.#policy.name} has sent nothing for ${Math.round(silentMs / 1000)} s.`, { remedy: 'Check the publisher and its network; it may also begin anew.' });
    this.#emit({ kind: 'state', state: 'stalled', fault });
  }

  #failed(fault: Fault): void {
    this.#watchdog?.unsubscribe();
    this.#current?.unsubscribe();
    this.#current = undefined;
    const { firstFailure, healthyMs, minMs, maxMs, random } = this.#policy;
    const hopeless = this.#everOpened ? FINAL.has(fault.kind) || this.#opened?.live === false : firstFailure === 'fatal' || !fault.retryable;
    if (hopeless) {
      this.#emit({ kind: 'state', state: 'failed', fault });
      this.#done(fault);
      return;
    }
    if (this.#opened !== undefined && this.#clock.now() - this.#opened.atMs >= healthyMs) this.#pauseMs = minMs;
    const retryInMs = Math.round(this.#pauseMs * (1 - random() / 2));
    this.#pauseMs = Math.min(maxMs, this.#pauseMs * 2);
    this.#state = 'stalled';
    // A publisher comes by itself: there is no attempt to wait for.
    this.#emit({ kind: 'state', state: 'stalled', fault, ...(this.#policy.pushed === true ? {} : { retryInMs }) });
    if (this.#stopped) return;
    const failedMs = this.#clock.now();
    this.#retry = this.#clock.schedule(() => {
      this.#retry = undefined;
      // Media time goes on while nobody is connected, so that what follows is not put too early.
      if (this.#everOpened) this.#highUs += Math.round((this.#clock.now() - failedMs) * 1000);
      this.attempt();
    }, retryInMs);
  }
}

/**
 * A connection that comes back: emits what the connections emit, with its state, and goes on with the next one when
 * one dies. Completes at the end of a recording; errors with a Fault when trying again makes no sense.
 * Pauses grow exponentially and are jittered, so that a site full of cameras does not come back in one moment.
 * @param connect makes one connection
 * @param policy when to give up and when to try again
 * @param clock virtual time in tests
 */
export const keepConnected = (connect: (attempt: Attempt) => Observable<ConnectionEvent>, policy: ReconnectPolicy, clock: Clock = CLOCK): Observable<SourceEvent> =>
  new Observable((subscriber) => {
    const keeper = new Keeper(connect, policy, clock, (event) => {
      subscriber.next(event);
    }, (fault) => {
      if (fault === undefined) subscriber.complete();
      else subscriber.error(fault);
    });
    keeper.attempt();
    return () => {
      keeper.stop();
    };
  });
