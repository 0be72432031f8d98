/** The product's own pipeline under a stopwatch: CPU seconds of the service and of its media process together. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { lastValueFrom, of, tap } from 'rxjs';
import type { SenseManifest } from '../../src/inference/manifest.js';
import type { MediaHost } from '../../src/media/host.js';
import type { Net } from '../../src/sense/net.js';
import { readProfile, type Profile } from '../../src/settings/profile.js';
import type { Nets } from '../../pipelines/nets.js';
import { stream } from '../../pipelines/stream.js';

/** What a run did and took. */
export interface Run {
  readonly cpuS: number;
  readonly wallS: number;
  readonly segments: number;
  readonly looks: number;
  readonly framesDecoded: number;
  /** Time per segment in the ear, front end and net [ms], ascending. */
  readonly hearMs: readonly number[];
  /** How late the main thread was [ms]; only where it was watched. */
  readonly delay?: Delay;
}

/** Lateness of the main thread [ms]. */
export interface Delay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** How a run is measured. */
export interface Measuring {
  /** Ends a live source after so long [s]. */
  readonly forS?: number;
  /** Watches the main thread's lateness: 100 wake-ups a second, which would show in the CPU time. */
  readonly watchDelay?: boolean;
}

const SAMPLING_MS = 10;

/** How the gates stand for a scenario. */
export type Gates = 'shut' | 'appearance-each-second' | 'clip-each-5-s';

const NEVER = { listed: { open: 1, close: 1 }, uncertain: { open: 1, close: 1 }, holdS: 0, cooldownS: 0 };
/** Segments come each 0.48 s: every second one is 0.96 s after the last. */
const EACH_SECOND_S = 0.9;

/** A profile whose gates do just this; only the heartbeat opens them, so that the rate is exact. */
export const profileFor = (gates: Gates): Profile => readProfile({
  gate: {
    appearance: { ...NEVER, heartbeatS: gates === 'appearance-each-second' ? EACH_SECOND_S : null },
    motion: { ...NEVER, enabled: gates === 'clip-each-5-s', heartbeatS: gates === 'clip-each-5-s' ? 5 : null },
  },
});

/** A net that costs nothing: what remains is what decoding and scaling cost. */
const costless = (from: SenseManifest['input']['from'], dims: readonly number[]): Net => ({
  session: {
    inputs: [{ name: 'input', dims: [...dims] }],
    outputs: [{ name: 'scores', dims: [1, 1] }],
    macs: 0,
    run: () => of({ scores: { data: new Float32Array(1), dims: [1, 1] } }),
    close: async () => Promise.resolve(),
  },
  manifest: {
    file: 'costless.onnx', sha256: '0'.repeat(64), activation: 'sigmoid', labels: 'labels.txt', background: [], macs: 0,
    input: { tensor: { name: 'input', dims: [...dims] }, from },
    outputs: { scores: { name: 'scores', dims: [1, 1] } },
  },
  labels: ['thing'],
});

/** The real ear, and eyes whose nets cost nothing. */
export const withCostlessEyes = (nets: Nets): Nets => ({
  ...nets,
  appearance: costless({ kind: 'picture', width: 224, height: 224, layout: 'nhwc', scale: 1 / 255, offset: 0 }, [1, 224, 224, 3]),
  motion: costless({ kind: 'clip', width: 224, height: 224, frames: 16, spanS: 2, layout: 'nthwc', scale: 1 / 255, offset: 0 }, [1, 16, 224, 224, 3]),
});

const cpuUs = async (host: MediaHost): Promise<{ us: number; frames: number }> => {
  const health = await host.health();
  const { user, system } = process.cpuUsage();
  return { us: user + system + health.reduce((sum, one) => sum + one.cpuUs, 0), frames: health.reduce((sum, one) => sum + one.videoFramesDecoded, 0) };
};

/** Runs the pipeline once and measures it. */
export const measure = async (url: string, gates: Gates, nets: Nets, host: MediaHost, { forS, watchDelay = false }: Measuring = {}): Promise<Run> => {
  const hearMs: number[] = [];
  let segments = 0;
  let looks = 0;
  const delay = monitorEventLoopDelay({ resolution: SAMPLING_MS });
  const before = await cpuUs(host);
  const startMs = performance.now();
  if (watchDelay) delay.enable();
  const stop = forS === undefined ? new AbortController().signal : AbortSignal.timeout(forS * 1000);
  await lastValueFrom(stream({ camera: 'bench', source: { url }, profile: profileFor(gates), nets, host, firstFailure: 'fatal', stop }).pipe(
    tap((output) => {
      if (output.kind !== 'segment') return;
      segments += 1;
      looks += output.segment.looked || output.segment.gate.motion?.open === true ? 1 : 0;
      if (!output.segment.looked) hearMs.push(output.segment.cost.ms);
    }),
  ), { defaultValue: undefined });
  const wallS = (performance.now() - startMs) / 1000;
  const after = await cpuUs(host);
  delay.disable();
  // The monitor counts its own sampling interval; what exceeds it is delay.
  const late = (ns: number): number => Math.max(0, ns / 1e6 - SAMPLING_MS);
  return {
    cpuS: (after.us - before.us) / 1e6, wallS, segments, looks, framesDecoded: after.frames - before.frames,
    hearMs: hearMs.sort((a, b) => a - b),
    ...(watchDelay ? { delay: { p50: late(delay.percentile(50)), p99: late(delay.percentile(99)), max: late(delay.max) } } : {}),
  };
};
