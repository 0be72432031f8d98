/** Cameras per core, and how late a prediction reaches a subscriber: `hearken serve` as a process of its own, over RTSP. */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { quantile } from '../../../src/evaluate/order.js';
import { hearkenClient } from '../../../src/serve/client.js';
import { usageOfTree } from './process-tree.js';

/** How the gates stand. */
export interface Scenario {
  readonly what: string;
  /** YAML of what every camera shares. */
  readonly settings: string;
}

const NEVER = 'listed: { open: 1, close: 1 }, uncertain: { open: 1, close: 1 }, hold_s: 0, cooldown_s: 0';
const EYES = 'packs: { appearance: eye, motion: stride }\n';
/** Each twentieth segment of 0.48 s: a heartbeat that is due just before its end. */
const TWENTIETH_S = 9.5;

/** The scenarios that are measured. */
export const SCENARIOS: readonly Scenario[] = [
  { what: 'gates shut', settings: `gate: { heartbeat_s: null, ${NEVER} }\n` },
  { what: 'a picture and a clip on every twentieth segment (gates at 5 %)', settings: `${EYES}gate: { heartbeat_s: ${TWENTIETH_S}, ${NEVER}, motion: { enabled: true } }\n` },
  { what: 'a picture and a clip on every segment (gates off)', settings: `${EYES}gate: { mode: off, heartbeat_s: null, ${NEVER}, motion: { enabled: true } }\n` },
];

/** What one scenario came to. */
export interface CamerasFigure {
  readonly what: string;
  readonly cameras: number;
  /** Processor time of the service with its media processes, by camera and second. */
  readonly cpuSPerS: number;
  readonly rssMb: number;
  /** Part of all processors that was busy, whatever with: the servers of the cameras too; 0…1. */
  readonly machineShare: number;
  /** From the end of a segment to its prediction at a subscriber [ms]. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number };
  readonly segments: number;
}

const rtspServer = async (recording: string): Promise<{ readonly url: string; readonly child: ChildProcess }> => {
  const child = fork(fileURLToPath(new URL('../../rtsp/main.js', import.meta.url)), [recording, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const [data] = await once(child.stdout ?? child, 'data') as [Buffer];
  return { url: data.toString().trim(), child };
};

/** Starts the service on a free port and waits until it listens. @param yaml its settings and cameras @param folder for its file */
export const startService = async (yaml: string, folder: string): Promise<{ readonly child: ChildProcess; readonly url: string }> => {
  const file = join(folder, 'hearken.yaml');
  writeFileSync(file, `serve: { host: 127.0.0.1, port: 0 }\n${yaml}`);
  const child = spawn(process.execPath, [fileURLToPath(new URL('../../../pipelines/main.js', import.meta.url)), 'serve', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve, reject) => {
    let said = '';
    const listen = (data: Buffer): void => {
      said += data.toString();
      const address = /https?:\/\/127\.0\.0\.1:\d+|ws:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (address !== undefined) resolve({ child, url: address.replace(/^ws/, 'http') });
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', () => { reject(new Error(`the service ended: ${said}`)); });
  });
};

/** Ends the service as a service manager does. */
export const stopService = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
};

/** Time of all processors since the machine started, and the part that they worked [ms]. */
const processorTimes = (): { readonly allMs: number; readonly busyMs: number } => {
  const times = cpus().map(({ times: { user, nice, sys, irq, idle } }) => ({ busy: user + nice + sys + irq, idle }));
  const busyMs = times.reduce((sum, { busy }) => sum + busy, 0);
  return { busyMs, allMs: busyMs + times.reduce((sum, { idle }) => sum + idle, 0) };
};

/** Follows a service that runs as `pid`: what it uses, and how late its segments are. The first seconds do not count. */
export const countSegments = async (pid: number, url: string, cameras: number, forS: number, warmS = 15): Promise<Pick<CamerasFigure, 'cpuSPerS' | 'rssMb' | 'machineShare' | 'latencyMs' | 'segments'>> => {
  const late: number[] = [];
  let counts = false;
  const subscription = hearkenClient({ url, WebSocket }).subscribe({ kinds: ['segment'] }).subscribe((message) => {
    if (counts && message.type === 'segment') late.push(Date.now() - message.segment.end_time * 1000);
  });
  await wait(warmS * 1000);
  counts = true;
  const [before, machineBefore] = [usageOfTree(pid), processorTimes()];
  await wait(forS * 1000);
  const [after, machineAfter] = [usageOfTree(pid), processorTimes()];
  subscription.unsubscribe();
  return {
    cpuSPerS: (after.cpuS - before.cpuS) / forS / cameras, rssMb: after.rssBytes / 2 ** 20, segments: late.length,
    machineShare: (machineAfter.busyMs - machineBefore.busyMs) / (machineAfter.allMs - machineBefore.allMs),
    latencyMs: { p50: quantile(late, 0.5), p95: quantile(late, 0.95), p99: quantile(late, 0.99) },
  };
};

/** Measures one scenario: the first seconds, in which sessions open and code warms up, do not count. */
export const measureCameras = async (recording: string, { what, settings }: Scenario, cameras: number, forS: number, warmS = 15): Promise<CamerasFigure> => {
  const folder = mkdtempSync(join(tmpdir(), 'hearken-bench-'));
  const rtsp = await rtspServer(recording);
  const names = Array.from({ length: cameras }, (_, i) => `camera-${i}`);
  let running: ChildProcess | undefined;
  try {
    const { child, url } = await startService(`${settings}cameras:\n${names.map((name) => `  ${name}: { source: "${rtsp.url}" }\n`).join('')}`, folder);
    running = child;
    return { what, cameras, ...await countSegments(child.pid ?? 0, url, cameras, forS, warmS) };
  } finally {
    if (running !== undefined) await stopService(running);
    rtsp.child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
};
