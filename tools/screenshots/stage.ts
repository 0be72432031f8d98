/** What is photographed: a real `hearken serve` over cameras of this machine. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { hearkenClient } from '../../src/serve/client.js';
import { RtspServer } from '../rtsp/server.js';
import { camerasOf, renderStretches } from '../world/streams/command.js';

const MAIN = fileURLToPath(new URL('../../pipelines/main.js', import.meta.url));
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** One of them sees what was drawn for the ear, one plays in a world and has a learned policy, one is not there. */
const configuration = (yard: string, playground: string): string => `
sources: { allow: ["rtsp://127.0.0.1"] }
listen: [helicopter]
packs: { appearance: eye }
gate: { appearance: { heartbeat_s: 25 } }
reconnect: { max_s: 20 }
cameras:
  yard: { source: "${yard}" }
  playground: { source: "${playground}", model: playground }
  gatehouse: { source: "rtsp://127.0.0.1:1/sub" }
`;

/** Starts the server, and says where it is once it listens. */
const serve = async (file: string): Promise<{ readonly child: ChildProcess; readonly url: string }> => {
  const child = spawn(process.execPath, [MAIN, 'serve', file, '--port', '0'], { stdio: ['ignore', 'inherit', 'pipe'] });
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (data: Buffer) => {
      said += data.toString();
      const address = /ws(:\/\/\S+)\/ws/.exec(said)?.[1];
      if (address !== undefined) resolve(`http${address}`);
    });
    child.once('exit', () => { reject(new Error(`hearken serve ended: ${said}`)); });
  });
  return { child, url };
};

/** A service that runs, to be photographed. */
export interface Stage extends AsyncDisposable {
  readonly url: string;
  /** Adds one more camera over REST, so that not all see the same at the same time. */
  readonly addDock: () => Promise<void>;
}

/** Puts everything up. */
export const stage = async (): Promise<Stage> => {
  const folder = mkdtempSync(join(tmpdir(), 'hearken-screenshots-'));
  const [camera] = camerasOf(1, 'test', 1);
  const played = camera === undefined ? [] : renderStretches(join(ROOT, '.cache', 'world', 'screenshots'), [{ camera: { ...camera, backgroundShare: 0.3 }, seconds: 60, size: { width: 320, height: 320 } }]);
  const [yard, playground] = [join(ROOT, 'models', 'ear', 'sample.mp4'), ...played].map((path) => new RtspServer(path));
  if (yard === undefined || playground === undefined) throw new Error('There is nothing to play.');
  await Promise.all([yard.listen(0), playground.listen(0)]);
  const file = join(folder, 'hearken.yaml');
  writeFileSync(file, configuration(yard.url(), playground.url()));
  const { child, url } = await serve(file);
  return {
    url,
    addDock: async () => { await hearkenClient({ url }).cameras.put('dock', { source: yard.url(), listen: ['rain'] }); },
    [Symbol.asyncDispose]: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      await Promise.race([ended, pause(6_000)]);
      await Promise.all([yard.close(), playground.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
