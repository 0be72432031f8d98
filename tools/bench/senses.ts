/** What each sense costs per run, for every pack that is installed. */
import { lastValueFrom } from 'rxjs';
import type { SenseName } from '../../src/inference/manifest.js';
import { listPacks } from '../../src/inference/pack-folders.js';
import { loadPack } from '../../src/inference/pack.js';
import { createLogMel } from '../../src/sense/log-mel.js';

/** One sense of one pack, measured on one thread. */
export interface SenseFigure {
  readonly pack: string;
  readonly sense: SenseName;
  readonly mmacs: number;
  /** Median and 95th percentile of a run [ms]: input made, net run. */
  readonly p50Ms: number;
  readonly p95Ms: number;
}

const RUNS = 200;
const WARM_UP = 20;

const oneSense = async (name: string, folder: string, sense: SenseName): Promise<SenseFigure> => {
  const pack = await loadPack(folder);
  const { input } = pack.sense(sense);
  const session = await pack.open(sense, { threads: 1 });
  const dims = input.tensor.dims.map((d) => (d < 0 ? 1 : d));
  const logMel = input.from.kind === 'log-mel' ? createLogMel(input.from) : undefined;
  const sound = Float32Array.from({ length: logMel?.windowSamples ?? 0 }, (_, i) => 0.1 * Math.sin(i / 7));
  const values = new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(0.1);
  const times: number[] = [];
  for (let i = 0; i < RUNS + WARM_UP; i += 1) {
    const startMs = performance.now();
    // In a stream half of each window's frames are known from the window before; here all are new.
    logMel?.reset();
    const data = logMel === undefined ? values : logMel.patch(sound);
    await lastValueFrom(session.run({ [input.tensor.name]: { data, dims } }));
    if (i >= WARM_UP) times.push(performance.now() - startMs);
  }
  await session.close();
  times.sort((a, b) => a - b);
  return { pack: name, sense, mmacs: session.macs / 1e6, p50Ms: times[RUNS / 2] ?? 0, p95Ms: times[Math.floor(RUNS * 0.95)] ?? 0 };
};

/** Measures every sense of every installed pack. */
export const senseFigures = async (): Promise<SenseFigure[]> => {
  const figures: SenseFigure[] = [];
  for (const { name, folder, manifest } of await listPacks()) {
    for (const sense of ['audio', 'appearance', 'motion'] as const) if (manifest?.senses[sense] !== undefined) figures.push(await oneSense(name, folder, sense));
  }
  return figures;
};
