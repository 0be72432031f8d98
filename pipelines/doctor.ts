/** `hearken doctor <source>`: says what a source carries, what would be decoded of it, and what is wrong. */
import { firstValueFrom, fromEvent, lastValueFrom, merge, takeUntil, tap, timer } from 'rxjs';
import { asFault } from '../src/faults.js';
import { open } from '../src/ingest/open.js';
import type { SourceAddress } from '../src/ingest/sources.js';
import type { SourceEvent } from '../src/ingest/types.js';
import { MediaHost } from '../src/media/host.js';
import type { Profile } from '../src/settings/profile.js';
import type { CommandContext } from './command.js';
import { examine, reportLines, type Observation } from './examination.js';
import { loadNets } from './nets.js';

/** What `doctor` is told. */
export interface DoctorOptions {
  readonly source: SourceAddress;
  readonly profile: Profile;
  readonly json: boolean;
  /** How long a live source is listened to, and how much of a recording is read [s]. */
  readonly forS: number;
}

const LOOK_SIZE = { width: 224, height: 224 };

const observe = (observation: Observation, event: SourceEvent, startedMs: number, permitUs: number): void => {
  switch (event.kind) {
    case 'opened':
      observation.info = event.info;
      observation.openMs = performance.now() - startedMs;
      observation.video = event.video;
      event.permit(permitUs);
      return;
    case 'audio':
      observation.audioFirstUs ??= event.startUs;
      observation.audioSamples += event.samples.length;
      observation.audioJumps += event.discontinuity === true ? 1 : 0;
      for (const sample of event.samples) {
        observation.audioSquares += sample * sample;
        observation.audioPeak = Math.max(observation.audioPeak, Math.abs(sample));
      }
      return;
    case 'video':
      observation.videoPackets += event.packets;
      observation.videoBytes += event.bytes;
      observation.videoDropped += event.dropped;
      observation.videoJumps += event.discontinuity === true ? 1 : 0;
      observation.videoUntilUs = Math.max(observation.videoUntilUs, event.untilUs);
      observation.keyTimesUs.push(...(event.keyTimesUs ?? []));
      return;
    case 'state':
      if (event.fault !== undefined) observation.faults.push(event.fault);
      return;
    case 'audio-dropped':
  }
};

/** Looks at the newest key frame, as a gate would. */
const tryLook = async (observation: Observation): Promise<void> => {
  const newestUs = observation.keyTimesUs.at(-1);
  if (observation.video === undefined || newestUs === undefined) return;
  observation.look = await firstValueFrom(observation.video.frameAt({ timeUs: newestUs, size: LOOK_SIZE, toleranceUs: 1e6 }));
};

/** A learned policy is loaded as it would be for watching: whatever is wrong with it or its senses is said. */
const tryPolicy = async (profile: Profile, observation: Observation): Promise<void> => {
  if (profile.packs.policy === undefined) return;
  try {
    await (await loadNets(profile)).close();
  } catch (error) {
    observation.faults.push(asFault(error, 'pipelines'));
  }
};

/** Examines a source and prints what was found; exit code 0 also with warnings, the fault's when it cannot be used. */
export const doctor = async ({ source, profile, json, forS }: DoctorOptions, { stop, print }: CommandContext): Promise<number> => {
  const host = new MediaHost();
  const observation: Observation = {
    info: undefined, openMs: 0, video: undefined, look: undefined, faults: [], audioFirstUs: undefined, audioSamples: 0, audioSquares: 0, audioPeak: 0,
    audioJumps: 0, videoPackets: 0, videoBytes: 0, videoDropped: 0, videoJumps: 0, videoUntilUs: 0, keyTimesUs: [],
  };
  try {
    await tryPolicy(profile, observation);
    const startedMs = performance.now();
    const enough = merge(timer(forS * 1000), stop.aborted ? [true] : fromEvent(stop, 'abort'));
    const events = open(source, { host, profile, firstFailure: 'fatal' }).pipe(
      tap((event) => {
        observe(observation, event, startedMs, forS * 1e6);
      }),
      takeUntil(enough),
    );
    // The look needs the connection, so it is made while it is still open.
    const looked = new Promise<void>((resolve) => {
      const at = setTimeout(() => {
        void tryLook(observation).finally(resolve);
      }, Math.max(200, forS * 1000 - 1000));
      stop.addEventListener('abort', () => {
        clearTimeout(at);
        resolve();
      });
    });
    await lastValueFrom(events, { defaultValue: undefined });
    await (observation.info?.live === false ? tryLook(observation) : looked);
    const report = examine(observation, profile);
    if (json) print(JSON.stringify(report));
    else for (const line of reportLines(report)) print(line);
    return 0;
  } finally {
    await host.close();
  }
};
