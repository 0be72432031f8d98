/** One stream of a camera from its beginning to its end, with its nets. What comes after it is for the camera to decide. */
import type { Subscription } from 'rxjs';
import type { SiteBudget } from '../../src/budget/site-budget.js';
import type { Output } from '../../src/emit/types.js';
import { asFault, type Fault } from '../../src/faults.js';
import type { SourceEvent } from '../../src/ingest/types.js';
import type { PublisherDoor } from '../../src/ingest/webrtc/publisher-door.js';
import type { MediaHost } from '../../src/media/host.js';
import type { Profile } from '../../src/settings/profile.js';
import type { CameraSettings } from '../../src/settings/site.js';
import { liveStream, type LiveStream } from '../stream.js';
import type { NetLease, NetShelf } from './net-shelf.js';

/** A step in flight is waited for this long when a camera is stopped [ms]. */
const STOP_MS = 2_500;

/** Where a run's happenings go. */
export interface RunEvents {
  readonly source: (event: SourceEvent) => void;
  readonly output: (output: Output) => void;
  readonly overtaken: () => void;
  /** It is over by itself: at the end of a recording, or by a fault. Not told of a run that was stopped. */
  readonly over: (fault: Fault | undefined) => void;
}

/** What runs are made of. */
export interface RunContext {
  readonly host: MediaHost;
  readonly shelf: NetShelf;
  /** What all cameras may spend together. */
  readonly budget?: SiteBudget;
  /** Where a publisher of this camera comes in, if its source is one. */
  readonly door: PublisherDoor;
}

/** A stream that is put together but not begun: whatever is wrong with its settings is known by now. */
export class OneRun {
  readonly #stream: LiveStream;
  readonly #lease: NetLease;
  readonly #stop: AbortController;
  readonly #events: RunEvents;
  #subscription: Subscription | undefined;
  #ended: () => void = () => undefined;
  readonly #end: Promise<void>;
  #stopping = false;

  private constructor(stream: LiveStream, lease: NetLease, stop: AbortController, events: RunEvents) {
    this.#stream = stream;
    this.#lease = lease;
    this.#stop = stop;
    this.#events = events;
    this.#end = new Promise((resolve) => {
      this.#ended = resolve;
    });
  }

  /** Loads the nets and puts the stream together. Rejects with a Fault when its settings do not fit. */
  static async prepare({ name, source, profile }: CameraSettings, { host, shelf, door, budget }: RunContext, events: RunEvents): Promise<OneRun> {
    const lease = await shelf.acquire(profile);
    const stop = new AbortController();
    try {
      const { nets } = lease;
      const { source: onSource, overtaken: onOvertaken } = events;
      return new OneRun(liveStream({ camera: name, source, profile, nets, host, stop: stop.signal, firstFailure: 'retry', door, onSource, onOvertaken, ...(budget === undefined ? {} : { budget }) }), lease, stop, events);
    } catch (error) {
      lease.release();
      throw error;
    }
  }

  /** Begins. */
  begin(): void {
    const over = (fault: Fault | undefined): void => {
      this.#release();
      if (!this.#stopping) this.#events.over(fault);
    };
    this.#subscription = this.#stream.outputs.subscribe({
      next: this.#events.output,
      error: (error: unknown) => {
        over(asFault(error, 'pipelines'));
      },
      complete: () => {
        over(undefined);
      },
    });
  }

  /** Other settings from the next segment on. Fault when they do not fit the nets. */
  update(profile: Profile): void {
    this.#stream.update(profile);
  }

  /** Ends it, its events first; at the latest when a step that hangs has been waited for. Idempotent. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#stop.abort();
    if (this.#subscription === undefined) this.#release();
    const late = setTimeout(() => {
      this.#subscription?.unsubscribe();
      this.#release();
    }, STOP_MS);
    await this.#end;
    clearTimeout(late);
  }

  #release(): void {
    this.#lease.release();
    this.#ended();
  }
}
