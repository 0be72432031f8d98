/** Memory over time, with cameras that are cut off again and again: `hearken serve` as a process of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { RtspServer } from '../../rtsp/server.js';
import { SCENARIOS, startService, stopService } from './cameras.js';
import { usageOfTree } from './process-tree.js';

/** One look at the memory. */
export interface SoakPoint {
  readonly minutes: number;
  readonly rssMb: number;
  readonly reconnects: number;
}

/** How it is soaked. */
export interface SoakOptions {
  readonly cameras: number;
  readonly minutes: number;
  /** Every camera is cut off this often [s]. */
  readonly cutEveryS: number;
}

const SAMPLE_S = 30;

const reconnectsIn = (metrics: string): number => [...metrics.matchAll(/^hearken_reconnects_total\{[^}]*\} (\d+)/gm)].reduce((sum, [, count]) => sum + Number(count), 0);

/** Follows the memory of the service with its media processes, gates open on every twentieth segment. */
export const soak = async (recording: string, { cameras, minutes, cutEveryS }: SoakOptions, note: (line: string) => void): Promise<SoakPoint[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'hearken-soak-'));
  const camera = new RtspServer(recording);
  await camera.listen();
  const settings = SCENARIOS.find(({ what }) => what.includes('5 %'))?.settings ?? '';
  const { child, url } = await startService(`${settings}reconnect: { min_s: 0.5, max_s: 2 }\ncameras:\n${Array.from({ length: cameras }, (_, i) => `  camera-${i}: { source: "${camera.url()}" }\n`).join('')}`, folder);
  const points: SoakPoint[] = [];
  const startMs = performance.now();
  const elapsedS = (): number => (performance.now() - startMs) / 1000;
  try {
    for (let nextCutS = cutEveryS, nextSampleS = SAMPLE_S; elapsedS() < minutes * 60;) {
      await wait(250);
      if (elapsedS() >= nextCutS) {
        camera.kill();
        nextCutS += cutEveryS;
      }
      if (elapsedS() < nextSampleS) continue;
      nextSampleS += SAMPLE_S;
      const point = { minutes: elapsedS() / 60, rssMb: usageOfTree(child.pid ?? 0).rssBytes / 2 ** 20, reconnects: reconnectsIn(await (await fetch(`${url}/metrics`)).text()) };
      points.push(point);
      note(`${point.minutes.toFixed(1)} min: ${point.rssMb.toFixed(0)} MB, ${point.reconnects} reconnects`);
    }
    return points;
  } finally {
    await stopService(child);
    await camera.close();
    rmSync(folder, { recursive: true, force: true });
  }
};
