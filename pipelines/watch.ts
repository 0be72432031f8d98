/** `hearken watch <source>`: recognises one source and prints what happens, as it happens. */
import { Subject, finalize, lastValueFrom, merge, tap, type Observable } from 'rxjs';
import { stateMessage } from '../src/emit/state-message.js';
import type { Output, StateMessage } from '../src/emit/types.js';
import type { Fault } from '../src/faults.js';
import type { SourceAddress } from '../src/ingest/sources.js';
import type { SourceEvent } from '../src/ingest/types.js';
import { MediaHost } from '../src/media/host.js';
import type { MediaHealth } from '../src/media/protocol.js';
import { startServer, type Server } from '../src/serve/server.js';
import type { ServerOptions } from '../src/serve/options.js';
import type { Profile } from '../src/settings/profile.js';
import { answerNote, checkAsked, checkEnds, noAnswer, type Answering } from './answering.js';
import type { CommandContext } from './command.js';
import { jsonOf, lineOf, stateLine } from './lines.js';
import { loadNets, type Nets } from './nets.js';
import { stream } from './stream.js';

/** What `watch` is told. */
export interface WatchOptions {
  readonly source: SourceAddress;
  readonly profile: Profile;
  readonly camera: string;
  /** One JSON object a line instead of text. */
  readonly json: boolean;
  /** Ends after this long [s]; without it when the recording does, or never. */
  readonly forS?: number;
  /** Keeps trying where the first attempt fails. */
  readonly retry: boolean;
  /** Inference threads. */
  readonly threads: number;
  /** One answer for all of it, and then nothing more is read; instead of events. */
  readonly answer?: Answering;
  /** Also serves what is printed. */
  readonly serve?: ServerOptions;
}

/** What went by while watching. */
interface Tally {
  segments: number;
  looked: number;
  overtaken: number;
  videoPackets: number;
  /** How long the recording is, as its container tells [µs]. */
  durationUs: number | undefined;
  answered: boolean;
  fault: Fault | undefined;
  last: Extract<Output, { kind: 'segment' }> | undefined;
}

const summary = ({ segments, looked, overtaken, videoPackets, durationUs, answered, last }: Tally, health: MediaHealth | undefined): string => {
  const cost = last?.segment.so_far.cost;
  const decoded = health?.videoFramesDecoded ?? 0;
  return [
    `${segments} segments (${(last?.segment.so_far.media_s ?? 0).toFixed(1)} s${answered && durationUs !== undefined ? ` of ${(durationUs / 1e6).toFixed(1)}` : ''}) heard`,
    `${looked} looked at`,
    `${decoded} of ${videoPackets} video frames decoded`,
    `${(cost?.gmacs ?? 0).toFixed(2)} GMAC, ${(cost?.ms ?? 0).toFixed(0)} ms in nets, ${(cost?.decode_ms ?? 0).toFixed(0)} ms decoding`,
    ...(overtaken === 0 ? [] : [`${overtaken} segments dropped since this machine was too slow`]),
  ].join('; ');
};

const count = (tally: Tally, output: Output): void => {
  if (output.kind === 'answer') tally.answered = true;
  if (output.kind !== 'segment') return;
  tally.segments += 1;
  tally.looked += output.segment.looked ? 1 : 0;
  tally.last = output;
};

/** Counts, prints and publishes what comes out. */
const shower = ({ camera, json }: WatchOptions, tally: Tally, server: Server | undefined, { print, note }: CommandContext) => (output: Output): void => {
  count(tally, output);
  server?.publish(camera, output);
  if (json) print(jsonOf(output));
  else if (output.kind === 'state') tellTrouble(output.state, note);
  else {
    const line = lineOf(output);
    if (line !== undefined) print(line);
  }
};

/** A source's troubles are beside what was asked for; how it began and ended, people see without being told. */
const tellTrouble = (state: StateMessage, note: (line: string) => void): void => {
  if (state.state === 'stalled' || state.state === 'blocked') note(stateLine(state));
};

/** What watching one source takes. */
interface Watching {
  readonly nets: Nets;
  readonly host: MediaHost;
  readonly tally: Tally;
  readonly stop: AbortSignal;
  /** Throws where the source turns out to be one that cannot be watched like this. */
  readonly check: (event: SourceEvent) => void;
}

/** The source's recognition, with its changes of state in between. */
const outputsOf = ({ source, profile, camera, forS, retry, answer }: WatchOptions, { nets, host, tally, stop, check }: Watching): Observable<Output> => {
  const states = new Subject<Output>();
  const onSource = (event: SourceEvent): void => {
    check(event);
    if (event.kind === 'opened') tally.durationUs = event.info.durationUs;
    if (event.kind === 'video') tally.videoPackets += event.packets;
    if (event.kind !== 'state') return;
    if (event.state === 'ended') tally.fault = event.fault;
    states.next({ kind: 'state', state: stateMessage(camera, event, Date.now()) });
  };
  const recognised = stream({
    camera, source, profile, nets, host, onSource, answer,
    // The source ends, and with it what depends on it: events that lasted get their end.
    stop: forS === undefined ? stop : AbortSignal.any([stop, AbortSignal.timeout(forS * 1000)]),
    firstFailure: retry ? 'retry' : 'fatal',
    onOvertaken: () => {
      tally.overtaken += 1;
    },
  });
  return merge(states, recognised.pipe(finalize(() => {
    states.complete();
  })));
};

/** Says what is to be said when all is over, and gives the exit code. */
const conclude = async ({ json, answer }: WatchOptions, { nets, host, tally, stop }: Watching, note: (line: string) => void): Promise<number> => {
  const { fault } = tally;
  if (answer !== undefined && !tally.answered && fault === undefined && !stop.aborted) throw noAnswer();
  if (!json) {
    note(summary(tally, (await host.health().catch(() => []))[0]));
    if (nets.appearance === undefined && nets.policy === undefined) note('It only listened: to let it look, `hearken models pull mobilenet_v2`, then add --appearance mobilenet_v2.');
  }
  if (fault !== undefined) note(`hearken: ${fault.sentence}`);
  return fault?.exitCode ?? 0;
};

/** Watches one source until it ends, is answered, or is stopped. */
export const watch = async (options: WatchOptions, context: CommandContext): Promise<number> => {
  const { note, stop } = context;
  checkAsked(options);
  const nets = await loadNets(options.profile, options.threads);
  const host = new MediaHost();
  let server: Server | undefined;
  try {
    const check = await checkEnds(options, nets);
    server = options.serve === undefined ? undefined : await startServer(options.serve);
    const tally: Tally = { segments: 0, looked: 0, overtaken: 0, videoPackets: 0, durationUs: undefined, answered: false, fault: undefined, last: undefined };
    const watching: Watching = { nets, host, tally, stop, check };
    const outputs = outputsOf(options, watching);
    for (const said of [answerNote(options, nets), server === undefined ? undefined : `serving ws://${server.address.host}:${server.address.port}/ws`]) if (said !== undefined) note(said);
    await lastValueFrom(outputs.pipe(tap(shower(options, tally, server, context))), { defaultValue: undefined });
    return await conclude(options, watching, note);
  } finally {
    await Promise.all([host.close(), server?.close(), nets.close()]);
  }
};
