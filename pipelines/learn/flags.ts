/** The command line of `hearken learn`. */
import type { CAC } from 'cac';
import { readProfile } from '../../src/settings/profile.js';
import { usage, type Command } from '../command.js';
import type { LearnOptions } from '../learn.js';
import { DEFAULT_PACKS, NO_PACK } from './packs.js';

/** Flags as the command line gives them. */
export interface LearnFlags {
  /** A name of digits comes as a number. */
  readonly data?: string | number;
  readonly policy?: string;
  readonly to?: string | number;
  readonly audio?: string;
  readonly appearance?: string;
  readonly motion?: string;
  readonly skipAppearance?: number;
  readonly skipMotion?: number;
  readonly supervise?: string;
  readonly epochs?: number;
  readonly seed?: number;
  readonly heldBack?: number;
  readonly background?: string;
  readonly sameSource?: string;
  readonly cache?: string;
  readonly threads?: number;
  readonly lanes?: number;
  readonly json?: boolean;
}

const within = (flag: string, value: unknown, low: number, high: number, what: string): number => {
  if (typeof value !== 'number' || !(value >= low && value <= high)) throw usage(`--${flag} needs ${what}.`);
  return value;
};

const whole = (flag: string, value: unknown, low: number): number => {
  const number = within(flag, value, low, Number.MAX_SAFE_INTEGER, `a whole number of at least ${low}`);
  if (!Number.isInteger(number)) throw usage(`--${flag} needs a whole number.`);
  return number;
};

const patternOf = (text: string): RegExp => {
  try {
    return new RegExp(text, 'u');
  } catch {
    throw usage(`--same-source ${text} is not a regular expression.`, 'For example: --same-source "/(\\d+)-" for names that begin with a recording\'s number.');
  }
};

/** Checks the flags. @throws Fault `usage` */
export const learnOptionsOf = (flags: LearnFlags): LearnOptions => {
  const { data, policy = 'hms', supervise = 'every', to, audio, appearance, motion, background, sameSource, cache, epochs } = flags;
  if (data === undefined) throw usage('learn needs clips.', 'Name their folder: hearken learn --data clips, with one folder a label in it.');
  if (policy !== 'hms') throw usage(`--policy ${policy} is not known.`, 'Known is hms.');
  if (supervise !== 'last' && supervise !== 'every') throw usage(`--supervise is last or every, not ${supervise}.`);
  const share = (flag: string, value: number | undefined, otherwise: number): number => within(flag, value ?? otherwise, 0, 1, 'a share of the steps, 0 to 1');
  return {
    data: String(data), supervise, profile: readProfile(), json: flags.json === true,
    packs: { ...(audio === undefined ? {} : { audio }), ...(appearance === undefined ? {} : { appearance }), ...(motion === undefined ? {} : { motion }) },
    skipTargets: { appearance: share('skip-appearance', flags.skipAppearance, 0.7), motion: share('skip-motion', flags.skipMotion, 0.85) },
    seed: whole('seed', flags.seed ?? 1, 0), heldBack: within('held-back', flags.heldBack ?? 0.2, 0, 0.5, 'a share of the clips, 0 to 0.5'),
    threads: whole('threads', flags.threads ?? 1, 1), lanes: whole('lanes', flags.lanes ?? 2, 1),
    ...(to === undefined ? {} : { to: String(to) }), ...(cache === undefined ? {} : { cache }), ...(epochs === undefined ? {} : { epochs: whole('epochs', epochs, 1) }),
    ...(background === undefined ? {} : { background: background.split(',').map((label) => label.trim()) }),
    ...(sameSource === undefined ? {} : { sourcePattern: patternOf(sameSource) }),
  };
};

/** Adds `learn` to the command line. */
export const addLearn = (cli: CAC, run: (command: Command) => void): void => {
  cli.command('learn', 'Turn a folder of labelled clips into a model pack')
    .option('--data <folder>', 'One folder of clips a label, or train/, val/ and test/ with such folders')
    .option('--policy <kind>', 'What learns when to look', { default: 'hms' })
    .option('--to <pack>', 'Name of the new pack, or the path of its folder; default the name of the data\'s folder')
    .option('--audio <pack>', `Pack that listens (default: ${DEFAULT_PACKS.audio})`)
    .option('--appearance <pack>', `Pack that looks at single pictures (default: ${DEFAULT_PACKS.appearance} where it is installed), or ${NO_PACK}`)
    .option('--motion <pack>', `Pack that looks at clips (default: ${DEFAULT_PACKS.motion} where it is installed), or ${NO_PACK}`)
    .option('--skip-appearance <share>', 'Share of steps on which it should not look', { default: 0.7 })
    .option('--skip-motion <share>', 'Share of steps on which it should not watch', { default: 0.85 })
    .option('--supervise <last|every>', 'Taught at the last step of a clip, or at every step', { default: 'every' })
    .option('--epochs <n>', 'How often all clips are gone through; default by their number')
    .option('--seed <n>', 'The luck of the split and of the training', { default: 1 })
    .option('--held-back <share>', 'Share of the clips kept for calibration, where there is no val/', { default: 0.2 })
    .option('--background <labels>', 'Labels that mean nothing in particular, separated by commas')
    .option('--same-source <pattern>', 'Clips whose path gives the same match of this regular expression are from one recording')
    .option('--cache <folder>', 'Where features are kept')
    .option('--threads <n>', 'Inference threads of each net', { default: 1 })
    .option('--lanes <n>', 'Recordings read at once', { default: 2 })
    .option('--json', 'One JSON object a line')
    .action((flags: LearnFlags) => {
      run(async (context) => {
        const options = learnOptionsOf(flags);
        const { learn } = await import('../learn.js');
        return learn(options, context);
      });
    });
};
