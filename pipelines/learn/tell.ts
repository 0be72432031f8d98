/** What `learn` says while it works: lines on stderr, a bar where there is a terminal, JSON where it is asked for. */
import { Presets, SingleBar } from 'cli-progress';
import type { ExtractProgress } from '../../src/learn/extract-clips.js';
import type { Remark } from '../../src/learn/remarks.js';
import type { EpochReport } from '../../src/learn/train/report.js';
import type { CommandContext } from '../command.js';

/** Says how far the work is. */
export interface Tell {
  extracting(progress: ExtractProgress): void;
  epoch(report: EpochReport): void;
  remarks(remarks: readonly Remark[]): void;
  /** Any other sentence. */
  say(text: string): void;
  /** Takes the bar off the screen. */
  done(): void;
}

/** Without a terminal, a line at most this often [ms]. */
const QUIET_MS = 10_000;

const duration = (s: number): string => (s >= 90 ? `${Math.round(s / 60)} min` : `${Math.ceil(s)} s`);
const percent = (share: number): string => `${Math.round(share * 100)} %`;

const extractingLine = ({ done, total, cached, failed, clipsPerS, leftS }: ExtractProgress): string => [
  `${done} of ${total} clips`,
  ...(cached > 0 ? [`${cached} known already`] : []),
  ...(failed > 0 ? [`${failed} unreadable`] : []),
  ...(clipsPerS === undefined ? [] : [`${clipsPerS.toFixed(1)} clips/s`]),
  ...(leftS === undefined || done === total ? [] : [`${duration(leftS)} left`]),
].join(', ');

const epochLine = ({ epoch, epochs, crossEntropy, usage, held, tookMs }: EpochReport): string => [
  `epoch ${epoch + 1} of ${epochs}`, `loss ${crossEntropy.toFixed(3)}`,
  ...(held === undefined ? [] : [`held back ${percent(held.accuracy)} right`]),
  `looks ${percent(usage.appearance)}`, `watches ${percent(usage.motion)}`, `${(tookMs / 1000).toFixed(1)} s`,
].join(', ');

const inJson = ({ print, note }: CommandContext): Tell => {
  const line = (event: object): void => { print(JSON.stringify(event)); };
  return {
    extracting: (progress) => { line({ event: 'extracting', ...progress }); },
    epoch: (report) => { line({ event: 'epoch', ...report }); },
    remarks: (remarks) => { for (const remark of remarks) line({ event: 'remark', ...remark }); },
    say: note,
    done: () => undefined,
  };
};

const onTerminal = ({ note }: CommandContext): Tell => {
  let bar: SingleBar | undefined;
  const done = (): void => {
    bar?.stop();
    bar = undefined;
  };
  return {
    extracting: (progress) => {
      if (bar === undefined) {
        bar = new SingleBar({ format: '{bar} {text}', hideCursor: true, stream: process.stderr }, Presets.shades_grey);
        bar.start(progress.total, progress.done, { text: extractingLine(progress) });
      } else bar.update(progress.done, { text: extractingLine(progress) });
    },
    epoch: (report) => { note(epochLine(report)); },
    remarks: (remarks) => { for (const { text } of remarks) note(text); },
    say: (text) => {
      done();
      note(text);
    },
    done,
  };
};

const inLines = ({ note }: CommandContext): Tell => {
  let saidMs = performance.now();
  return {
    extracting: (progress) => {
      if (progress.done < progress.total && performance.now() - saidMs < QUIET_MS) return;
      saidMs = performance.now();
      note(extractingLine(progress));
    },
    epoch: (report) => { note(epochLine(report)); },
    remarks: (remarks) => { for (const { text } of remarks) note(text); },
    say: note,
    done: () => undefined,
  };
};

/** Chooses how to say it. */
export const tellTo = (context: CommandContext, json: boolean): Tell => {
  if (json) return inJson(context);
  return context.interactive ? onTerminal(context) : inLines(context);
};
