/** The service's figures as Markdown. */
import { table } from '../../../src/evaluate/markdown.js';
import type { CamerasFigure } from './cameras.js';
import type { SubscribersFigure } from './subscribers.js';

/** What is measured of the service. */
export interface ServiceFigures {
  readonly format: string;
  readonly cameras: readonly CamerasFigure[];
  readonly subscribers: readonly SubscribersFigure[];
}

const ms = (value: number): string => `${value.toFixed(0)} ms`;

/** Two tables: cameras, and subscribers. */
export const serviceMarkdown = ({ format, cameras, subscribers }: ServiceFigures): string => [
  `\`hearken serve\` with cameras of ${format} with sound over RTSP, unless a row says otherwise, from servers in processes of their own (nets \`ear\`, \`eye\`, \`stride\`; latency from the end of a segment to its prediction at a WebSocket subscriber):`,
  table(['', 'cameras', 'CPU s per camera and second', 'cameras per core', 'machine busy', 'latency p50, p95, p99', 'memory'], cameras.map(({ what, cameras: n, cpuSPerS, machineShare, latencyMs, rssMb }) =>
    [what, String(n), cpuSPerS.toFixed(3), (1 / cpuSPerS).toFixed(cpuSPerS > 0.2 ? 1 : 0), `${(machineShare * 100).toFixed(0)} %`, [latencyMs.p50, latencyMs.p95, latencyMs.p99].map(ms).join(', '), `${rssMb.toFixed(0)} MB`])),
  'Subscribers on one camera, from one process (two segments a second; from publishing to the subscriber):',
  table(['subscribers', 'latency p50, p99, most', 'received', 'CPU per message and subscriber', 'memory'], subscribers.map(({ subscribers: n, latencyMs, received, expected, cpuUs, rssMb }) =>
    [n.toLocaleString('en'), [latencyMs.p50, latencyMs.p99, latencyMs.most].map(ms).join(', '), `${received} of ${expected}`, `${cpuUs.toFixed(0)} µs`, `${rssMb.toFixed(0)} MB`])),
].join('\n\n');
