/** `node dist/tools/rtsp/main.js <recording> [--port 8554] [--speed 1]`: serves a recording as a camera would. */
import { parseArgs } from 'node:util';
import { RtspServer } from './server.js';

const USAGE = `Usage: node dist/tools/rtsp/main.js <recording.mkv|mp4> [--port 8554] [--speed 1]

Serves a recording (H.264 with AAC or PCM A-law) in a loop, as a camera would, and prints its address.
  --port   where it listens, on this machine only; 0 for any free port
  --speed  how fast it plays; 1 is live
`;

const read = () => parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string', default: '8554' }, speed: { type: 'string', default: '1' }, help: { type: 'boolean', short: 'h', default: false } },
});

/** What was asked for, or the sentence that says what is wrong with it. */
const asked = (): { readonly recording: string | undefined; readonly port: number; readonly speed: number; readonly help: boolean } | string => {
  try {
    const { positionals: [recording], values: { port, speed, help } } = read();
    if (!(Number(port) >= 0 && Number(port) < 65_536)) return `--port ${port} is no port.`;
    if (!(Number(speed) > 0)) return `--speed ${speed} is no speed.`;
    return { recording, port: Number(port), speed: Number(speed), help };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const wanted = asked();
if (typeof wanted === 'string') {
  process.stderr.write(`${wanted}\n${USAGE}`);
  process.exitCode = 2;
} else if (wanted.help) {
  process.stdout.write(USAGE);
} else if (wanted.recording === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  try {
    const server = new RtspServer(wanted.recording, { speed: wanted.speed });
    await server.listen(wanted.port);
    process.stdout.write(`${server.url()}\n`);
  } catch (error) {
    process.stderr.write(`${wanted.recording} cannot be served: ${error instanceof Error ? error.message : String(error)}.\n`);
    process.exitCode = 1;
  }
}
