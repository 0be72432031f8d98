/** Makes worlds: `node dist/tools/world/main.js <what> …`, or `npm run world -- <what> …`. */
import { card, CARD_USAGE } from './card.js';
import { scenes, SCENES_USAGE } from './scenes/command.js';
import { streams, STREAMS_USAGE } from './streams/command.js';
import { serve, SERVE_USAGE } from './streams/serve.js';

const COMMANDS: Readonly<Record<string, { readonly usage: string; readonly run: (args: readonly string[]) => void | Promise<void> }>> = {
  scenes: { usage: SCENES_USAGE, run: scenes },
  streams: { usage: STREAMS_USAGE, run: streams },
  serve: { usage: SERVE_USAGE, run: serve },
  card: { usage: CARD_USAGE, run: card },
};

const [name = '', ...args] = process.argv.slice(2);
const command = COMMANDS[name];
if (command === undefined) {
  process.stderr.write(`Usage:\n${Object.values(COMMANDS).map(({ usage }) => `  ${usage}`).join('\n')}\n`);
  process.exitCode = 2;
} else {
  try {
    await command.run(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
