/** `node dist/tools/rtsp/main.js <recording> [--port 8554] [--speed 1]`: serves a recording as a camera would. */
import { parseArgs } from 'node:util';
import { RtspServer } from './server.js';

const { positionals: [recording], values } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string', default: '8554' }, speed: { type: 'string', default: '1' } },
});
if (recording === undefined) {
  process.stderr.write('Usage: node dist/tools/rtsp/main.js <recording.mkv> [--port 8554] [--speed 1]\n');
  process.exitCode = 2;
} else {
  const server = new RtspServer(recording, { speed: Number(values.speed) });
  await server.listen(Number(values.port));
  process.stdout.write(`${server.url()}\n`);
}
