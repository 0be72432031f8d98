/** `npm run world -- serve`: cameras of a world over RTSP, as if they hung there (S4). */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { RtspServer } from '../../rtsp/server.js';
import { renderStretches, STRETCH_OPTIONS, stretchesOf } from './command.js';

/** What the command takes. */
export const SERVE_USAGE = 'npm run world -- serve [--seed 1] [--part test] [--cameras 2] [--minutes 2] [--width 640] [--height 640] [--port 8554] [--to .cache/world/s4]';

/** Renders what is missing of some cameras and serves each in a loop, on ports that follow each other. @returns the servers; who asked closes them */
export const serveCameras = async (paths: readonly string[], port: number): Promise<RtspServer[]> => {
  const servers: RtspServer[] = [];
  for (const [i, path] of paths.entries()) {
    const server = new RtspServer(path, { path: `/camera-${i}` });
    await server.listen(port === 0 ? 0 : port + i);
    servers.push(server);
  }
  return servers;
};

/** Serves until it is interrupted; prints one address a line. */
export const serve = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...STRETCH_OPTIONS,
      part: { type: 'string', default: 'test' }, cameras: { type: 'string', default: '2' }, minutes: { type: 'string', default: '2' },
      width: { type: 'string', default: '640' }, height: { type: 'string', default: '640' }, port: { type: 'string', default: '8554' },
    },
  });
  const servers = await serveCameras(renderStretches(resolve(values.to ?? '.cache/world/s4'), stretchesOf(values)), Number(values.port));
  for (const server of servers) process.stdout.write(`${server.url()}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void Promise.all(servers.map(async (server) => server.close()));
    });
  }
};
