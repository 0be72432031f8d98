import { redact } from '../ingest/redact.js';
import { TokenBucket, type Rate } from './token-bucket.js';

/** How much a line matters, the least first. */
export const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
/** One of {@link LEVELS}. */
export type Level = (typeof LEVELS)[number];

/** What a line may say besides: the camera it is about, and figures or words under names of their own. */
export type Particulars = Readonly<Record<string, string | number | boolean | null>> & { readonly camera?: string };

/** What a line is about: what is left out goes without saying, and `info` is the level. */
export interface About {
  readonly level?: Level;
  readonly camera?: string;
}

/** Where a program says what happens, for people on a terminal or for programs that collect it. */
export type Journal = (level: Level, message: string, more?: Particulars) => void;

/** How a journal is kept. */
export interface JournalOptions {
  /** Takes one line, without its end. */
  readonly write: (line: string) => void;
  /** True: `message` as people read it. False: one JSON object a line, with `time` (ISO 8601), `level`, `camera`, `message`. */
  readonly human: boolean;
  /** The least level that is written. Default `info`. */
  readonly least?: Level;
  /** Takes secrets out of a text; credentials in addresses are not written anyway. */
  readonly hide?: (text: string) => string;
  /** Lines that may be written; what is beyond is counted, and the count is written. Default 50 a second, 500 at once. */
  readonly rate?: Rate;
  /** Time now, Unix epoch [ms]. */
  readonly nowMs?: () => number;
}

const DEFAULT_RATE: Rate = { perSecond: 50, burst: 500 };

/** A text on one line: whoever sent part of it must not be able to begin another. */
const onOneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');

const humanLine = (level: Level, message: string, { camera }: Particulars): string =>
  `${level === 'info' ? '' : `${level}: `}${camera === undefined ? '' : `${camera}: `}${message}`;

/**
 * Keeps a journal: lines for people, or JSON lines for programs; bounded in number, without secrets.
 *
 * @example
 * const note = createJournal({ write: (line) => process.stderr.write(`${line}\n`), human: process.stderr.isTTY });
 * note('warn', 'The camera has gone silent.', { camera: 'dock' });
 */
export const createJournal = ({ write, human, least = 'info', hide: hideMore = (text) => text, rate = DEFAULT_RATE, nowMs = Date.now }: JournalOptions): Journal => {
  const hide = (text: string): string => redact(hideMore(text));
  const bucket = new TokenBucket(rate, nowMs());
  let left = 0;
  const put = (level: Level, message: string, more: Particulars): void => {
    const safe = Object.fromEntries(Object.entries(more).map(([key, value]) => [key, typeof value === 'string' ? hide(value) : value]));
    write(human
      ? onOneLine(humanLine(level, hide(message), safe))
      : JSON.stringify({ time: new Date(nowMs()).toISOString(), level, ...safe, message: hide(message) }));
  };
  return (level, message, more = {}) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
    if (!bucket.take(nowMs())) {
      left += 1;
      return;
    }
    if (left > 0) put('warn', `${left} lines were left out: there were too many.`, {});
    left = 0;
    put(level, message, more);
  };
};
