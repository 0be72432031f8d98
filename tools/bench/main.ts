/**
 * `npm run bench [-- --runs 5] [--live 40] [--write] [--only senses|paper-nets|learning|service [--cameras 8] [--for 60] [--subscribers 1000,10000]]`, or `--only soak [--minutes 60]`: what Hearken costs, from media it makes itself.
 * The nets of HMS at their own size are measured only with `--only paper-nets`; their last figures stay in the report.
 * `--write` puts the figures into README.md; they are always kept in `.cache/bench/figures.json`.
 */
import { fork } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { MediaHost } from '../../src/media/host.js';
import { routeNativeLog } from '../../src/media/native.js';
import { loadNets, type Nets } from '../../pipelines/nets.js';
import { decodeEverything } from './decode-everything.js';
import { learningFigures } from './learning.js';
import { benchMedia, type BenchMedia } from './media.js';
import { memoryOverDecodes } from './memory.js';
import { paperNetFigures } from './paper-nets.js';
import { measure, profileFor, withCostlessEyes, type Gates } from './pipeline.js';
import { writeSection } from '../readme/section.js';
import { learningMarkdown, markdown, paperNetsMarkdown, type CostRow, type Figures, type LiveFigure } from './report.js';
import { senseFigures } from './senses.js';
import { serviceFigures } from './service/measure.js';
import { soak } from './service/soak.js';
import { serviceMarkdown } from './service/report.js';

const note = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const WAYS: readonly { readonly what: string; readonly gates: Gates | 'everything' }[] = [
  { what: 'decoding everything (every frame scaled, all sound; no net)', gates: 'everything' },
  { what: 'Hearken, sound recognised, gate shut', gates: 'shut' },
  { what: 'and a picture each second (decoded and scaled)', gates: 'appearance-each-second' },
  { what: 'and a clip of 16 frames each 5 s (decoded and scaled)', gates: 'clip-each-5-s' },
];

const spread = (values: readonly number[]): readonly [number, number, number] => {
  const sorted = [...values].sort((a, b) => a - b);
  return [sorted[Math.floor(sorted.length / 2)] ?? NaN, sorted[0] ?? NaN, sorted.at(-1) ?? NaN];
};

const once = async (gates: Gates | 'everything', media: BenchMedia, nets: Nets, host: MediaHost): Promise<{ cpuS: number; frames: number }> => {
  if (gates === 'everything') {
    const before = process.cpuUsage();
    const frames = decodeEverything(media.path);
    const { user, system } = process.cpuUsage(before);
    return { cpuS: (user + system) / 1e6, frames };
  }
  const run = await measure(media.path, gates, nets, host);
  if (gates === 'shut' && run.framesDecoded > 0) throw new Error(`a shut gate decoded ${run.framesDecoded} frames`);
  return { cpuS: run.cpuS, frames: run.framesDecoded };
};

const costs = async (media: readonly BenchMedia[], nets: Nets, runs: number): Promise<CostRow[]> => {
  const host = new MediaHost({ lingerMs: 200 });
  try {
    const [first] = media;
    // Once unmeasured, so that no row pays for starting the process and warming the code.
    if (first !== undefined) await measure(first.path, 'clip-each-5-s', nets, host);
    const rows: CostRow[] = [];
    for (const { what, gates } of WAYS) {
      const cpuS: Record<string, readonly [number, number, number]> = {};
      const frames: Record<string, number> = {};
      for (const one of media) {
        const taken = [];
        for (let i = 0; i < runs; i += 1) taken.push(await once(gates, one, nets, host));
        cpuS[one.name] = spread(taken.map((run) => (run.cpuS * 60) / one.seconds));
        frames[one.name] = taken[0]?.frames ?? 0;
        note(`${what}, ${one.name}: ${cpuS[one.name]?.map((s) => s.toFixed(3)).join(' / ') ?? ''} CPU s`);
      }
      rows.push({ what, cpuS, frames });
    }
    return rows;
  } finally {
    await host.close();
  }
};

const live = async (media: readonly BenchMedia[], nets: Nets, forS: number): Promise<LiveFigure[]> => {
  const figures: LiveFigure[] = [];
  for (const one of media) {
    const server = fork(new URL('../rtsp/main.js', import.meta.url), [one.path, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    const host = new MediaHost();
    try {
      const url = await new Promise<string>((found, failed) => {
        server.stdout?.on('data', (data: Buffer) => {
          const address = /rtsp:\/\/\S+/.exec(data.toString())?.[0];
          if (address !== undefined) found(address);
        });
        server.once('exit', () => {
          failed(new Error('the RTSP server ended'));
        });
      });
      for (const { what, gates } of WAYS) {
        if (gates === 'everything') continue;
        // First unmeasured, with the lateness watched; then the CPU time by itself.
        const watched = await measure(url, gates, nets, host, { forS: Math.max(20, forS), watchDelay: true });
        const run = await measure(url, gates, nets, host, { forS });
        const { p50, p99, max } = watched.delay ?? { p50: NaN, p99: NaN, max: NaN };
        const cpuSPerMinute = (run.cpuS * 60) / run.wallS;
        figures.push({ what: `${one.name}: ${what}`, cpuSPerMinute, delayP99Ms: p99, segments: run.segments });
        note(`live ${one.name}, ${what}: ${cpuSPerMinute.toFixed(2)} CPU s a minute, ${run.segments} segments; late p50 ${p50.toFixed(1)} p99 ${p99.toFixed(1)} max ${max.toFixed(1)} ms`);
      }
    } finally {
      server.kill('SIGKILL');
      await host.close();
    }
  }
  return figures;
};

/** Everything, from the beginning. */
const all = async (folder: string, runs: number, liveS: number): Promise<Figures> => {
  const media = benchMedia(folder, note);
  const loaded = await loadNets(profileFor('shut'));
  const nets = withCostlessEyes(loaded);
  const figures: Figures = {
    date: new Date().toISOString().slice(0, 10),
    formats: media.map(({ name }) => name),
    costs: await costs(media, nets, runs),
    live: await live(media, nets, liveS),
    memory: await memoryOverDecodes(media.at(-1)?.path ?? ''),
    senses: await senseFigures(),
  };
  await loaded.close();
  return figures;
};

const publish = (figures: Figures, kept: string, write: boolean): void => {
  writeFileSync(kept, JSON.stringify(figures, null, 2));
  const text = markdown(figures);
  process.stdout.write(`${text}\n`);
  if (write) writeSection('bench', text);
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { runs: { type: 'string', default: '5' }, live: { type: 'string', default: '40' }, write: { type: 'boolean', default: false }, only: { type: 'string' },
      cameras: { type: 'string', default: '8' }, for: { type: 'string', default: '60' }, subscribers: { type: 'string', default: '1000,10000' }, minutes: { type: 'string', default: '60' },
    },
  });
  routeNativeLog(undefined);
  const folder = resolve('.cache', 'bench');
  const kept = join(folder, 'figures.json');
  const before = existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')) as Figures : undefined;
  if (values.only === 'paper-nets') {
    const paperNets = await paperNetFigures(folder, note);
    if (before === undefined) {
      process.stdout.write(`${paperNetsMarkdown(paperNets)}\n`);
      return;
    }
    publish({ ...before, paperNets }, kept, values.write);
  } else if (values.only === 'learning') {
    const learning = await learningFigures(Number(values.runs));
    if (before === undefined) process.stdout.write(`${learningMarkdown(learning)}\n`);
    else publish({ ...before, learning }, kept, values.write);
  } else if (values.only === 'soak') {
    const [media] = benchMedia(folder, note);
    const points = await soak(media?.path ?? '', { cameras: Number(values.cameras), minutes: Number(values.minutes), cutEveryS: 10 }, note);
    process.stdout.write(`${JSON.stringify(points)}\n`);
  } else if (values.only === 'service') {
    const service = await serviceFigures(folder, { cameras: Number(values.cameras), forS: Number(values.for), subscribers: values.subscribers.split(',').map(Number) }, note);
    if (before === undefined) process.stdout.write(`${serviceMarkdown(service)}\n`);
    else publish({ ...before, service }, kept, values.write);
  } else if (values.only === 'senses' && before !== undefined) {
    publish({ ...before, senses: await senseFigures() }, kept, values.write);
  } else {
    const figures = await all(folder, Number(values.runs), Number(values.live));
    publish({ ...before, ...figures }, kept, values.write);
  }
};

await main();
