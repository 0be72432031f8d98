import { expect } from 'chai';
import { Observable, VirtualTimeScheduler, type Subscriber } from 'rxjs';
import { Fault, asFault, type FaultKind } from '../../src/faults.js';
import type { ConnectionEvent } from '../../src/media/link.js';
import { keepConnected, type Attempt, type ReconnectPolicy } from '../../src/ingest/keep-connected.js';
import type { SourceEvent } from '../../src/ingest/types.js';

/** Pauses of 100, 200, 400, 800 and then 1000 ms, without jitter; a stall after 300 ms. */
export const POLICY: ReconnectPolicy = {
  name: 'rtsp://camera', minMs: 100, maxMs: 1_000, healthyMs: 500, stallMs: 300, firstFailure: 'retry', random: () => 0,
};

export const fault = (kind: FaultKind): Fault => new Fault('media', kind, 'It failed.');
export const opened = (live = true, permit: (untilUs: number) => void = () => undefined): ConnectionEvent => ({ kind: 'opened', info: { container: 'scripted', live }, permit });
export const sound = (startUs: number, ms: number): ConnectionEvent => ({ kind: 'audio', startUs, samples: new Float32Array(ms * 16) });
export const pictures = (untilUs: number): ConnectionEvent => ({ kind: 'video', untilUs, packets: 1, bytes: 1, keyFrames: 0, dropped: 0 });
export const dropped = (startUs: number, endUs: number): ConnectionEvent => ({ kind: 'audio-dropped', startUs, endUs });

/** One connection to a scripted camera. */
export interface Scripted extends Attempt {
  readonly atMs: number;
  readonly camera: Subscriber<ConnectionEvent>;
  closedAtMs?: number;
}

/** Keeps a camera connected that a test plays by hand, in virtual time. `react` is called with each event and may unsubscribe. */
export const keep = (policy: Partial<ReconnectPolicy> = {}, react: (event: SourceEvent, stop: () => void) => void = () => undefined) => {
  const clock = new VirtualTimeScheduler();
  const connections: Scripted[] = [];
  const heard: { readonly atMs: number; readonly event: SourceEvent }[] = [];
  const result: { fault?: Fault; completed: boolean } = { completed: false };
  const connect = (attempt: Attempt): Observable<ConnectionEvent> => new Observable((camera) => {
    const connection: Scripted = { ...attempt, atMs: clock.now(), camera };
    connections.push(connection);
    return () => {
      connection.closedAtMs = clock.now();
    };
  });
  const subscription = keepConnected(connect, { ...POLICY, ...policy }, clock).subscribe({
    next: (event) => {
      heard.push({ atMs: clock.now(), event });
      react(event, () => { subscription.unsubscribe(); });
    },
    error: (error: unknown) => { result.fault = asFault(error, 'ingest'); },
    complete: () => { result.completed = true; },
  });
  return {
    connections, heard, result, subscription,
    /** The newest connection's other end. */
    camera: (): Subscriber<ConnectionEvent> => connections.at(-1)?.camera ?? expect.fail('nobody has connected'),
    /** Lets time pass up to this moment [ms]. */
    passUntil: (ms: number): void => {
      clock.maxFrames = ms;
      clock.flush();
      clock.frame = ms;
    },
    /** What it said of its state, and when. */
    states: (): string[] => heard.flatMap(({ atMs, event }) => (event.kind === 'state' ? [`${atMs} ${event.state}`] : [])),
    faults: (): string[] => heard.flatMap(({ event }) => (event.kind === 'state' && event.fault !== undefined ? [event.fault.kind] : [])),
    open: (): number => connections.filter(({ closedAtMs }) => closedAtMs === undefined).length,
    timers: (): number => clock.actions.length,
  };
};
