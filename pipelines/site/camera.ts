/** One camera under supervision: it is opened, counted, changed and opened again, and harms nobody but itself. */
import { stateMessage } from '../../src/emit/state-message.js';
import type { Output, StateMessage } from '../../src/emit/types.js';
import { asFault, type Fault } from '../../src/faults.js';
import { Backlog } from '../../src/ingest/backlog.js';
import { isPushed } from '../../src/ingest/sources.js';
import type { SourceEvent, StateChanged } from '../../src/ingest/types.js';
import { PublisherDoor } from '../../src/ingest/webrtc/publisher-door.js';
import type { LazyVideo, MediaInfo } from '../../src/media/types.js';
import type { CameraReport } from '../../src/serve/camera-report.js';
import type { About, Level } from '../../src/serve/journal.js';
import { cameraChange, type HowToApply } from '../../src/settings/site-diff.js';
import type { CameraSettings } from '../../src/settings/site.js';
import { stateLine } from '../lines.js';
import { Figures } from './figures.js';
import { OneRun, type RunContext, type RunEvents } from './one-run.js';
import { OpenEvents } from './open-events.js';
import type { Placed } from './place-of-fault.js';
import { cameraReport, hiddenState } from './report.js';
import { onlyRedefined, reviveInS } from './revive.js';

/** Who wants segments faster than this machine can follow is blocked until it has followed for this long [ms]. */
const BLOCKED_MS = 5_000;

/** What cameras share, and where they say what happens. */
export interface CameraContext extends Omit<RunContext, 'door'> {
  readonly publish: (camera: string, output: Output) => void;
  /** One line for the log; without secrets. */
  readonly note: (line: string, about?: About) => void;
  /** Takes what came from the environment out of a text. */
  readonly hide: (text: string) => string;
  /** Where the definition of a camera of the file stands; without it, nothing is put in front. */
  readonly placed?: Placed;
  /** Something came to its end that may have been the last. */
  readonly onOver?: () => void;
}

/** The connection that a camera has now. */
export interface OpenMedia {
  readonly info: MediaInfo;
  readonly video?: LazyVideo;
  /** Unix epoch of media time 0 [ms]. */
  readonly originEpochMs: number;
}

/** A camera. Its owner lets one thing happen to it at a time. */
export class Camera {
  readonly #context: CameraContext & RunContext;
  readonly #figures = new Figures();
  readonly #open = new OpenEvents();
  #settings: CameraSettings;
  #origin: CameraReport['origin'];
  #run: OneRun | undefined;
  #state: StateMessage;
  #sinceTime: number;
  #media: OpenMedia | undefined;
  /** The wall clock's zero when the source was opened, as its segments count: a clock that is set later is no lag [ms]. */
  #openedEpochMs = 0;
  #failures = 0;
  #revival: NodeJS.Timeout | undefined;
  #overtakenAtMs = -Infinity;
  readonly #backlog = new Backlog();
  #closed = false;
  /** Counts the openings, so that one which was overtaken by another is never begun. */
  #turn = 0;

  /**
   * @param settings where it comes from, and how it is recognised
   * @param origin who defined it
   * @param context what it shares with others
   */
  constructor(settings: CameraSettings, origin: CameraReport['origin'], context: CameraContext) {
    this.#settings = settings;
    this.#origin = origin;
    this.#context = { ...context, door: new PublisherDoor() };
    this.#context.door.configure(settings.profile.whip);
    this.#state = stateMessage(settings.name, { kind: 'state', state: 'starting' }, Date.now());
    this.#sinceTime = this.#state.time;
  }

  /** What it was given. */
  get settings(): CameraSettings {
    return this.#settings;
  }

  /** Who defined it. */
  get origin(): CameraReport['origin'] {
    return this.#origin;
  }

  /** Where a publisher comes in; undefined for a camera that is fetched. */
  get whip(): PublisherDoor | undefined {
    return isPushed(this.#settings.source) ? this.#context.door : undefined;
  }

  /** The connection that it has now. */
  get media(): OpenMedia | undefined {
    return this.#media;
  }

  /** Whether nothing will come of it any more unless somebody acts. */
  get over(): boolean {
    return this.#closed || (this.#run === undefined && this.#revival === undefined && this.#state.state !== 'starting');
  }

  /** How it is. */
  get report(): CameraReport {
    return cameraReport({ settings: this.#settings, origin: this.#origin, state: this.#state, sinceTime: this.#sinceTime, media: this.#media?.info, figures: this.#figures });
  }

  /** Opens it. What is wrong with its definition is its state; the promise never rejects. */
  async start(): Promise<void> {
    try {
      await this.startOrRefuse();
    } catch (error) {
      this.#fail(asFault(error, 'pipelines'));
      this.#context.onOver?.();
    }
  }

  /** A message about its definition, with the place in the file where there is one. */
  placed(fault: Fault, message: string, settings = this.#settings): string {
    return this.#origin === 'file' ? this.#context.placed?.(settings, fault, message) ?? message : message;
  }

  /** Opens it; rejects with the fault when its definition does not fit, and then nothing happened. */
  async startOrRefuse(): Promise<void> {
    const turn = this.#turn += 1;
    const run = await OneRun.prepare(this.#settings, this.#context, this.#events());
    if (turn === this.#turn) this.#begin(run);
    else await run.stop();
  }

  /**
   * Takes another definition over: in place where that can be, else by opening it anew. Rejects with the fault when the
   * definition does not fit; then all goes on as before.
   */
  async change(settings: CameraSettings, origin: CameraReport['origin']): Promise<HowToApply | 'same'> {
    const change = cameraChange(this.#settings, settings);
    const run = this.#run;
    let done: HowToApply | 'same' = 'same';
    if (change?.how === 'in-place' && run !== undefined) {
      run.update(settings.profile);
      done = 'in-place';
    } else if (change !== undefined || this.#state.state === 'failed') {
      // One that failed is tried again even when nothing changed here: what it lacked may have come.
      await this.#reopen(settings);
      done = 'new-connection';
    }
    this.#settings = settings;
    this.#origin = origin;
    this.#context.door.configure(settings.profile.whip);
    return done;
  }

  /** Ends it: its open events end, its connection closes. Idempotent. */
  async end(): Promise<void> {
    this.#closed = true;
    this.#turn += 1;
    await this.#stop();
  }

  async #reopen(settings: CameraSettings): Promise<void> {
    this.#turn += 1;
    const next = await OneRun.prepare(settings, this.#context, this.#events());
    await this.#stop();
    this.#settings = settings;
    this.#failures = 0;
    this.#begin(next);
  }

  #begin(run: OneRun): void {
    this.#run = run;
    this.#figures.begun();
    run.begin();
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#revival);
    this.#revival = undefined;
    const run = this.#run;
    this.#run = undefined;
    await run?.stop();
    this.#media = undefined;
    for (const output of this.#open.end()) this.#publish(output);
  }

  #events(): RunEvents {
    return {
      source: (event) => {
        this.#source(event);
      },
      output: (output) => {
        if (output.kind === 'segment') this.#segment(output);
        this.#publish(output);
      },
      overtaken: () => {
        this.#overtaken();
      },
      over: (fault) => {
        this.#run = undefined;
        this.#media = undefined;
        if (fault !== undefined) this.#fail(fault);
        this.#context.onOver?.();
      },
    };
  }

  #source(event: SourceEvent): void {
    if (event.kind === 'opened') {
      const { info, video, originEpochMs, connection } = event;
      this.#media = { info, originEpochMs, ...(video === undefined ? {} : { video }) };
      this.#openedEpochMs = Date.now() - performance.now();
      this.#figures.begun();
      this.#backlog.forget();
      if (connection > 1) this.#figures.reconnected();
    }
    if (event.kind === 'audio' || event.kind === 'video') this.#backlog.heard(performance.now());
    // What it failed of comes behind it, with what is done about it.
    if (event.kind === 'state' && event.state !== 'failed') this.#say(event);
    if (event.kind === 'state' && event.state === 'running') this.#failures = 0;
  }

  #segment({ segment }: Output & { kind: 'segment' }): void {
    const lagMs = this.#media?.info.live === true ? Math.max(0, this.#openedEpochMs + performance.now() - segment.end_time * 1000) : null;
    this.#figures.segment(segment, lagMs);
    const following = performance.now() - this.#overtakenAtMs > BLOCKED_MS;
    if (this.#state.state === 'blocked' && following) this.#say({ kind: 'state', state: 'running' });
  }

  /** This machine does not follow: that is told, and never a reason to connect anew. What a silent camera held back is no sign of it. */
  #overtaken(): void {
    this.#figures.overtaken();
    if (this.#backlog.explains(performance.now())) return;
    this.#overtakenAtMs = performance.now();
    if (this.#state.state === 'running') this.#say({ kind: 'state', state: 'blocked' });
  }

  #fail(fault: Fault): void {
    this.#failures += 1;
    const inS = this.#closed ? undefined : reviveInS(fault, this.#settings, this.#failures);
    this.#say({ kind: 'state', state: 'failed', fault, ...(inS === undefined ? {} : { retryInMs: inS * 1000 }) }, onlyRedefined(fault)
      ? { level: 'error', line: this.placed(fault, `cannot be opened: ${this.#context.hide(fault.sentence)}`) }
      : undefined);
    if (inS !== undefined) this.#revival = setTimeout(() => {
      this.#revival = undefined;
      void this.start();
    }, inS * 1000);
  }

  #say(change: StateChanged, said?: { readonly level: Level; readonly line: string }): void {
    const state = hiddenState(stateMessage(this.#settings.name, change, Date.now()), this.#context.hide);
    if (state.state !== this.#state.state) this.#sinceTime = state.time;
    this.#state = state;
    const { level, line } = said ?? { level: state.fault === null ? 'info' : 'warn', line: stateLine(state) };
    this.#context.note(line, { camera: this.#settings.name, level });
    this.#publish({ kind: 'state', state });
  }

  #publish(output: Output): void {
    this.#open.note(output);
    this.#context.publish(this.#settings.name, output);
  }
}
