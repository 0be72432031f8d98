#!/usr/bin/env node
/** The command line. What a command needs is loaded when it runs: a question about versions does not wait for nets and decoders. */
import { readFileSync } from 'node:fs';
import { cac } from 'cac';
import { KNOWN_SCHEMES } from '../src/ingest/sources.js';
import { EMBEDDED_AUDIO } from '../src/settings/profile.js';
import type { Answering } from './answering.js';
import { exitCodeLines, runCommand, usage, type Command } from './command.js';
import { addEvaluate } from './evaluate/flags.js';
import { addressOf, DEFAULT_PORT, positive, profileOf, serverOf, type Flags } from './flags.js';
import { addLearn } from './learn/flags.js';
import type { ImportFlags } from './models.js';

/** The configuration file where none is named. */
const DEFAULT_FILE = 'hearken.yaml';

const answeringOf = ({ answer, answerBudget }: Flags): Answering | undefined => {
  const budgetGmacs = positive('answer-budget', answerBudget);
  if (answer === true) return { budgetGmacs };
  if (budgetGmacs !== undefined) throw usage('--answer-budget is what one answer may cost, and events are asked for.', 'Add --answer; what a stream of events may cost is set with --set budget.gmacsPerS=…');
  return undefined;
};

const cli = cac('hearken');
let command: Command | undefined;
const run = (action: Command): void => {
  command = action;
};

const withProfile = (line: ReturnType<typeof cli.command>): ReturnType<typeof cli.command> => line
  .option('--policy <pack>', 'Learned policy, which brings the packs of its senses')
  .option('--audio <pack>', 'Pack that listens', { default: EMBEDDED_AUDIO })
  .option('--appearance <pack>', 'Pack that looks at single pictures')
  .option('--motion <pack>', 'Pack that looks at clips')
  .option('--listen <labels>', 'Sounds that are always worth a look, separated by commas')
  .option('--heartbeat <seconds>', 'Look at least this often; 0: never for this reason')
  .option('--transport <tcp|udp>', 'How RTSP carries its packets', { default: 'tcp' })
  .option('--set <path=value>', 'Any other setting, such as gate.appearance.holdS=2; may be repeated');

const listening = (line: ReturnType<typeof cli.command>): ReturnType<typeof cli.command> => line
  .option('--host <address>', 'Address to listen on; anything but loopback needs a token in HEARKEN_TOKEN')
  .option('--origin <origin>', 'A page that may connect from a browser; may be repeated')
  .option('--threads <n>', 'Inference threads', { default: 1 });

listening(withProfile(cli.command('watch <source>', 'Recognise one source and print what happens')))
  .option('--json', 'One JSON object a line')
  .option('--camera <name>', 'Name of the source in what is printed', { default: 'camera' })
  .option('--for <seconds>', 'Stop after this long')
  .option('--retry', 'Keep trying when the first attempt fails')
  .option('--answer', 'One answer for the whole recording, as soon as it is sure, instead of events; needs a learned policy')
  .option('--answer-budget <GMAC>', 'With --answer: all that it may cost, in 10⁹ multiply-accumulates')
  .option('--port <n>', 'Also serve what is printed over WebSocket')
  .action((source: string, flags: Flags) => {
    run(async (context) => {
      const forS = positive('for', flags.for);
      const answer = answeringOf(flags);
      const { watch } = await import('./watch.js');
      return watch({
        source: await addressOf(source, flags), profile: profileOf(flags), camera: flags.camera ?? 'camera', json: flags.json === true, retry: flags.retry === true,
        threads: positive('threads', flags.threads) ?? 1,
        ...(forS === undefined ? {} : { forS }),
        ...(answer === undefined ? {} : { answer }),
        ...(flags.port === undefined ? {} : { serve: serverOf(flags) }),
      }, context);
    });
  });

listening(withProfile(cli.command('serve [...what]', 'Recognise many sources and serve what happens: [hearken.yaml], or name=source …')))
  .option('--port <n>', `Port; default ${DEFAULT_PORT}, or the file's`)
  .action((what: string[], flags: Flags) => {
    run(async (context) => {
      const { serveCameras, serveFile } = await import('./serve-command.js');
      const cameras = what.map((camera) => /^([\w.-]+)=(.+)$/s.exec(camera));
      if (cameras.length > 0 && cameras.every((camera) => camera !== null)) return serveCameras(cameras, flags, context);
      if (what.length > 1) throw usage('Name one configuration file, or cameras as name=source.', 'For example: hearken serve hearken.yaml, or hearken serve dock=rtsp://10.0.0.5/sub');
      return serveFile(what[0] ?? DEFAULT_FILE, flags, context);
    });
  });

cli.command('validate [file]', 'Say every mistake in a configuration file, with its line')
  .option('--json', 'One JSON object')
  .option('--schema', 'Print the JSON Schema of the file instead, for editors')
  .action((file: string | undefined, flags: Flags & { readonly schema?: boolean }) => {
    run(async (context) => {
      const { printSchema, validate } = await import('./validate.js');
      return flags.schema === true ? printSchema(context) : validate({ file: file ?? DEFAULT_FILE, json: flags.json === true }, context);
    });
  });

withProfile(cli.command('doctor <source>', 'Say what a source carries, what will be decoded, and what is wrong'))
  .option('--json', 'One JSON object')
  .option('--for <seconds>', 'How long to listen', { default: 6 })
  .action((source: string, flags: Flags) => {
    run(async (context) => {
      const { doctor } = await import('./doctor.js');
      return doctor({ source: await addressOf(source, flags), profile: profileOf(flags), json: flags.json === true, forS: positive('for', flags.for) ?? 6 }, context);
    });
  });

cli.command('models <action> [what]', 'list | show <pack> | pull <pack> | import <file>')
  .option('--json', 'One JSON object')
  .option('--from <address>', 'pull: a mirror to fetch the files from')
  .option('--name <name>', 'import: name of the pack')
  .option('--sense <sense>', 'import: audio, appearance or motion')
  .option('--labels <file>', 'import: file with one label a line')
  .option('--into <folder>', 'import: folder that holds packs')
  .option('--license <name>', 'import: licence of the model')
  .option('--qdq', 'import: keep integer arithmetic (QDQ) instead of float')
  .option('--softmax', 'import: its scores sum to one')
  .action((action: string, what: string | undefined, flags: Flags & ImportFlags & { from?: string }) => {
    run(async (context) => {
      const { importFile, list, pull, show } = await import('./models.js');
      if (action === 'list') return list(flags.json === true, context);
      if (!['show', 'pull', 'import'].includes(action)) throw usage(`models ${action} is not known.`, 'Known are list, show, pull and import.');
      if (what === undefined) throw usage(`models ${action} needs a name.`, 'See hearken models --help.');
      if (action === 'show') return show(what, flags.json === true, context);
      return action === 'pull' ? pull(what, flags.from, context) : importFile(what, flags, context);
    });
  });

addLearn(cli, run);
addEvaluate(cli, run);

cli.help((sections) => [...sections, { title: 'Sources', body: `  paths of files, ${KNOWN_SCHEMES.join(': ')}:, and "sample"` }, { title: 'Exit codes', body: exitCodeLines().join('\n') }]);
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly version: string };
cli.version(version);

const main = async (): Promise<number> => runCommand(async (context) => {
  try {
    cli.parse(process.argv, { run: false });
    await cli.runMatchedCommand();
  } catch (error) {
    throw usage(error instanceof Error ? `${error.message}.` : String(error));
  }
  if (command !== undefined) return command(context);
  if (cli.options['help'] === true || cli.options['version'] === true) return 0;
  if (cli.args[0] !== undefined) throw usage(`"${cli.args[0]}" is not a command.`);
  cli.outputHelp();
  return 2;
});

process.exitCode = await main();
