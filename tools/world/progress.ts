/** How far a long command is: a bar on a terminal, a line every ten seconds elsewhere. */
import { Presets, SingleBar } from 'cli-progress';

/** A bar, or lines. */
export interface Progress {
  /** @param made how many of those done were made in this run; the others were there */
  readonly report: (done: number, of: number, made: number) => void;
  readonly stop: () => void;
}

const LINE_EVERY_MS = 10_000;

/** Starts to show progress in `unit`, on standard error. */
export const createProgress = (unit: string, now: () => number = () => performance.now()): Progress => {
  const startMs = now();
  const rate = (made: number): string => ((made * 1000) / Math.max(1, now() - startMs)).toFixed(1);
  if (!process.stderr.isTTY) {
    let saidMs = startMs;
    return {
      report: (done, of, made) => {
        if (now() - saidMs < LINE_EVERY_MS && done < of) return;
        saidMs = now();
        process.stderr.write(`${done} of ${of} ${unit}, ${rate(made)} a second\n`);
      },
      stop: () => undefined,
    };
  }
  const bar = new SingleBar({ format: `{bar} {value}/{total} ${unit}, {rate} a second, {eta_formatted} left`, stream: process.stderr }, Presets.shades_classic);
  let started = false;
  return {
    report: (done, of, made) => {
      if (!started) bar.start(of, 0, { rate: '0' });
      started = true;
      bar.update(done, { rate: rate(made) });
    },
    stop: () => { bar.stop(); },
  };
};
