/** What the nets of HMS cost for real on this machine: random weights, the same engine as the product's own nets. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { MANIFEST_FILE } from '../../src/inference/manifest-file.js';
import type { SenseName } from '../../src/inference/manifest.js';
import { loadPack } from '../../src/inference/pack.js';
import { writePaperNets } from '../papernets/pack.js';

/** One of the paper's nets, measured on one thread. */
export interface PaperNetFigure {
  readonly net: string;
  readonly gmacs: number;
  /** Median, least and most of the runs [ms]. */
  readonly medianMs: number;
  readonly leastMs: number;
  readonly mostMs: number;
  readonly runs: number;
}

interface Entry {
  readonly net: string;
  readonly sense: SenseName;
  readonly motionSize: number;
  readonly runs: number;
}

const NETS: readonly Entry[] = [
  { net: 'MobileNetV1, 96×64 log-mel', sense: 'audio', motionSize: 256, runs: 101 },
  { net: 'EfficientNet-B3, 224×224', sense: 'appearance', motionSize: 256, runs: 25 },
  { net: 'SlowFast-R50 8×8, 256×256', sense: 'motion', motionSize: 256, runs: 5 },
  { net: 'SlowFast-R50 8×8, 224×224', sense: 'motion', motionSize: 224, runs: 5 },
];

const measure = async (folder: string, { net, sense, runs }: Entry): Promise<PaperNetFigure> => {
  const pack = await loadPack(folder);
  const session = await pack.open(sense, { threads: 1 });
  const { name, dims } = pack.sense(sense).input.tensor;
  const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => 0.5 + 0.5 * Math.sin(i / 7));
  const times: number[] = [];
  for (let i = 0; i <= runs; i += 1) {
    const startMs = performance.now();
    await lastValueFrom(session.run({ [name]: { data, dims } }));
    // The first run is not counted: it takes its memory.
    if (i > 0) times.push(performance.now() - startMs);
  }
  await session.close();
  times.sort((a, b) => a - b);
  return { net, gmacs: session.macs / 1e9, medianMs: times[runs >> 1] ?? NaN, leastMs: times[0] ?? NaN, mostMs: times.at(-1) ?? NaN, runs };
};

/**
 * Measures each net, making the packs first where they are missing.
 * @param folder for the packs
 * @param note is told of progress
 */
export const paperNetFigures = async (folder: string, note: (line: string) => void): Promise<PaperNetFigure[]> => {
  const figures: PaperNetFigure[] = [];
  for (const entry of NETS) {
    const to = join(folder, `paper-nets-${entry.motionSize}`);
    const pack = join(to, 'paper-nets');
    if (!existsSync(join(pack, MANIFEST_FILE))) await writePaperNets(to, { seed: 1, motionSize: entry.motionSize });
    const figure = await measure(pack, entry);
    note(`${figure.net}: ${figure.gmacs.toFixed(3)} GMACs, ${figure.medianMs.toFixed(1)} ms`);
    figures.push(figure);
  }
  return figures;
};
