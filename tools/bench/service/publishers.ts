/** What a publisher over WHIP costs: 720p30 in H.264 with Opus, from processes of their own, gates shut. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writePublishable } from '../media.js';
import { countSegments, SCENARIOS, startService, stopService, type CamerasFigure } from './cameras.js';

/** The recording that is published, made if it is not there yet: what WebRTC wants, so that the publisher encodes nothing. */
export const publishableMedia = (folder: string, note: (line: string) => void): string => {
  const path = join(folder, '720p30-whip.mkv');
  if (!existsSync(path)) {
    note(`making ${path} (once)`);
    const partial = join(folder, 'partial-720p30-whip.mkv');
    writePublishable(partial);
    renameSync(partial, path);
  }
  return path;
};

const publisherOf = async (recording: string, url: string): Promise<ChildProcess> => {
  const child = fork(fileURLToPath(new URL('./publisher-child.js', import.meta.url)), [recording, url]);
  const [said] = await once(child, 'message') as [unknown];
  if (said !== 'published') throw new Error(`the publisher was refused: ${String(said)}`);
  return child;
};

/** Measures publishers with all gates shut. */
export const measurePublishers = async (recording: string, publishers: number, forS: number): Promise<CamerasFigure> => {
  const folder = mkdtempSync(join(tmpdir(), 'hearken-bench-'));
  const names = Array.from({ length: publishers }, (_, i) => `camera-${i}`);
  const children: ChildProcess[] = [];
  let service: ChildProcess | undefined;
  try {
    const { child, url } = await startService(`${SCENARIOS[0]?.settings ?? ''}cameras:\n${names.map((name) => `  ${name}: { source: whip }\n`).join('')}`, folder);
    service = child;
    for (const name of names) children.push(await publisherOf(recording, `${url}/whip/${name}`));
    return { what: 'published over WHIP at 720p30 (H.264 and Opus, 3 Mbit/s), gates shut', cameras: publishers, ...await countSegments(child.pid ?? 0, url, publishers, forS) };
  } finally {
    for (const child of children) child.kill('SIGKILL');
    if (service !== undefined) await stopService(service);
    rmSync(folder, { recursive: true, force: true });
  }
};
