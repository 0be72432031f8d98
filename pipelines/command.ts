/** What every command shares: how it ends, how it is stopped, and where its words go. */
import { FAULT_KINDS, Fault, asFault } from '../src/faults.js';
import { redact } from '../src/ingest/redact.js';

/** Exit code after Ctrl-C or SIGTERM: 128 + the signal's number. */
const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
/** A command that does not end by itself this long after it was told to is ended [ms]. */
const STOP_MS = 4_500;

/** Where a command writes, and how it learns that it should stop. */
export interface CommandContext {
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly stop: AbortSignal;
  /** What was asked for: stdout, one line. */
  readonly print: (line: string) => void;
  /** What one should know beside it: stderr, one line, without secrets. */
  readonly note: (line: string) => void;
  /** Whether stderr is a terminal, where a progress bar makes sense. */
  readonly interactive: boolean;
}

/** A command's work; it resolves with the exit code. */
export type Command = (context: CommandContext) => Promise<number>;

const printFault = (fault: Fault, note: (line: string) => void): void => {
  note(`hearken: ${fault.sentence}`);
  if (process.env['HEARKEN_DEBUG'] !== undefined) note(String(fault.stack) + (fault.cause instanceof Error ? `\ncaused by ${String(fault.cause.stack)}` : ''));
};

/**
 * Runs a command to its end and gives the process's exit code: the command's own, its fault's, or the signal's.
 * A fault becomes one sentence on stderr; a closed stdout (as by `| head`) ends the command quietly.
 */
export const runCommand = async (command: Command): Promise<number> => {
  const abort = new AbortController();
  let signalled: number | undefined;
  const onSignal = (signal: keyof typeof SIGNAL_EXIT_CODES): void => {
    // A second Ctrl-C does not wait.
    if (signalled !== undefined) process.exit(signalled);
    signalled = SIGNAL_EXIT_CODES[signal];
    abort.abort();
    setTimeout(() => process.exit(signalled), STOP_MS).unref();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.stdout.on('error', () => {
    abort.abort();
  });
  const note = (line: string): void => {
    process.stderr.write(`${redact(line)}\n`);
  };
  const print = (line: string): void => {
    if (process.stdout.writable) process.stdout.write(`${line}\n`);
  };
  try {
    const code = await command({ stop: abort.signal, print, note, interactive: process.stderr.isTTY });
    return signalled ?? code;
  } catch (error) {
    const fault = asFault(error, 'pipelines');
    printFault(fault, note);
    return signalled ?? fault.exitCode;
  }
};

/** A fault of the command line itself. */
export const usage = (message: string, remedy = 'See hearken --help.'): Fault => new Fault('pipelines', 'usage', message, { remedy });

/** The documented exit codes, one line each. */
export const exitCodeLines = (): string[] => [
  '  0  done',
  ...Object.entries(FAULT_KINDS).map(([kind, { exitCode }]) => ` ${String(exitCode).padStart(2)}  ${kind}`),
  '130  stopped by Ctrl-C',
  '143  stopped by SIGTERM',
];
