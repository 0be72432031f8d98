/** `hearken serve`, from what the command line says to what is served. */
import { Fault } from '../src/faults.js';
import { mistakes, problemLine } from '../src/settings/problem.js';
import { usage, type CommandContext } from './command.js';
import { addressOf, positive, profileOf, serverOf, type Flags } from './flags.js';
import { camerasOf, serve, serverOptions } from './serve.js';
import { readConfiguration } from './site/config-file.js';

/** Cameras named on the command line, with its settings. */
export const serveCameras = async (cameras: readonly RegExpExecArray[], flags: Flags, context: CommandContext): Promise<number> => serve({
  configuration: camerasOf(await Promise.all(cameras.map(async ([, name = '', source = '']) => ({ name, source: await addressOf(source, flags) }))), profileOf(flags)),
  threads: positive('threads', flags.threads) ?? 1,
  server: serverOf(flags),
}, context);

/** Flags whose place is in the file, so that a reload does not take back what they said. */
const IN_THE_FILE = /^--(policy|audio|appearance|motion|listen|heartbeat|transport|set)\b/;

/** Cameras of a configuration file; where it listens may be said beside it. */
export const serveFile = async (path: string, flags: Flags, context: CommandContext): Promise<number> => {
  const misplaced = process.argv.find((word) => IN_THE_FILE.test(word));
  if (misplaced !== undefined) throw usage(`${misplaced} belongs into ${path}, which the settings of all cameras come from.`, 'See docs/configuration.md.');
  const first = await readConfiguration(path, process.env);
  if (first.settings === undefined) {
    for (const problem of first.problems) context.note(problemLine(path, problem));
    throw new Fault('settings', 'settings-invalid', `${path}: ${mistakes(first.problems)}.`, { remedy: 'Nothing was started; correct what is named above.' });
  }
  const { serve: listening, webhooks, threads } = first.settings;
  const options = serverOptions(listening, webhooks, process.env['HEARKEN_TOKEN']);
  return serve({
    configuration: first.settings,
    threads: process.argv.some((word) => word.startsWith('--threads')) ? positive('threads', flags.threads) ?? 1 : threads,
    server: { ...options, host: flags.host ?? options.host, port: flags.port ?? options.port },
    file: { path, first },
  }, context);
};
