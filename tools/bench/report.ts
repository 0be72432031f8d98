/** Figures as Markdown tables. */
import { cpus } from 'node:os';
import type { MemoryPoint } from './memory.js';
import type { LearningFigure } from './learning.js';
import type { PaperNetFigure } from './paper-nets.js';
import type { SenseFigure } from './senses.js';
import { serviceMarkdown, type ServiceFigures } from './service/report.js';
import { table } from '../../src/evaluate/markdown.js';

/** One row: a way to handle a minute of media. */
export interface CostRow {
  readonly what: string;
  /** CPU seconds per minute of media, by format: median of the runs, and the least and most. */
  readonly cpuS: Readonly<Record<string, readonly [number, number, number]>>;
  readonly frames: Readonly<Record<string, number>>;
}

/** A live source. */
export interface LiveFigure {
  readonly what: string;
  readonly cpuSPerMinute: number;
  readonly delayP99Ms: number;
  readonly segments: number;
}

/** All figures of one run of the benchmark. */
export interface Figures {
  readonly date: string;
  readonly formats: readonly string[];
  readonly costs: readonly CostRow[];
  readonly live: readonly LiveFigure[];
  readonly memory: readonly MemoryPoint[];
  readonly senses: readonly SenseFigure[];
  /** Measured only when asked for: they take a minute and 400 MB of disk. */
  readonly paperNets?: readonly PaperNetFigure[];
  /** Measured only with `--only learning`. */
  readonly learning?: readonly LearningFigure[];
  /** Measured only with `--only service`. */
  readonly service?: ServiceFigures;
}

const ratio = (all: number, one: number): string => `1/${(all / one).toFixed(all / one < 10 ? 1 : 0)}`;

/** The cost of the papers' own nets as Markdown. */
export const paperNetsMarkdown = (nets: readonly PaperNetFigure[]): string => [
  "The nets of HMS at the paper's own scale (random weights, `npm run paper-nets`), one thread:",
  table(['net', 'GMACs', 'median', 'least–most', 'GMACs/s'], nets.map(({ net, gmacs, medianMs, leastMs, mostMs }) =>
    [net, gmacs.toFixed(gmacs < 1 ? 3 : 1), `${medianMs.toFixed(1)} ms`, `${leastMs.toFixed(1)}–${mostMs.toFixed(1)}`, (gmacs / (medianMs / 1000)).toFixed(1)])),
].join('\n\n');

/** The speed of training as Markdown. */
export const learningMarkdown = (learning: readonly LearningFigure[]): string => [
  'Learning on WebAssembly, one thread, by processor time (products of 1280×288 and 288×512; training with 256 features a sense, projections 64/96/128, hidden units 32/64/128, batches of 128 sequences of 10 steps, forwards and backwards):',
  table(['', 'GFLOP/s', 'sequences a second'], learning.map(({ what, gflops, sequencesPerS }) => [what, gflops?.toFixed(1) ?? '', sequencesPerS?.toFixed(0) ?? ''])),
].join('\n\n');

/** The figures as Markdown. */
export const markdown = ({ date, formats, costs, live, memory, senses, paperNets, learning, service }: Figures): string => {
  const [everything] = costs;
  return [
    `Measured on ${date} with Node ${process.version} on ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}, shared); each table in one run of \`npm run bench\`. Trust the ratios more than the seconds.`,
    'CPU seconds per minute of media, read from a file (service and media process together, median of the runs, least–most in brackets; frames that left the decoder):',
    table(['', ...formats.flatMap((format) => [format, 'of decoding everything', 'frames'])], costs.map(({ what, cpuS, frames }) => [
      what,
      ...formats.flatMap((format) => {
        const [median, least, most] = cpuS[format] ?? [NaN, NaN, NaN];
        return [`${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`, ratio(everything?.cpuS[format]?.[0] ?? NaN, median), String(frames[format] ?? 0)];
      }),
    ])),
    'At live pace over RTSP (TCP, a server in a process of its own, sound recognised):',
    table(['', 'CPU s per minute and camera', 'main thread late, p99'], live.map(({ what, cpuSPerMinute, delayP99Ms }) => [what, cpuSPerMinute.toFixed(2), `${delayP99Ms.toFixed(1)} ms`])),
    `Memory of the media process over ${memory.at(-1)?.decodes ?? 0} decodings on demand: ${memory.map(({ decodes, rssMb }) => `${rssMb.toFixed(0)} MB after ${decodes}`).join(', ')}.`,
    'Each sense on one thread (input made, net run):',
    table(['pack', 'sense', 'M MACs', 'median', '95 %'], senses.map(({ pack, sense, mmacs, p50Ms, p95Ms }) => [pack, sense, mmacs.toFixed(1), `${p50Ms.toFixed(2)} ms`, `${p95Ms.toFixed(2)} ms`])),
    ...(paperNets === undefined ? [] : [paperNetsMarkdown(paperNets)]),
    ...(learning === undefined ? [] : [learningMarkdown(learning)]),
    ...(service === undefined ? [] : [serviceMarkdown(service)]),
  ].join('\n\n');
};
