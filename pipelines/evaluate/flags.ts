/** The command line of `hearken evaluate`. */
import type { CAC } from 'cac';
import { usage, type Command } from '../command.js';
import type { EvaluateOptions } from '../evaluate.js';
import { readBudgets, USUAL_SHARES } from './budget-flag.js';

/** Flags as the command line gives them. */
export interface EvaluateFlags {
  readonly policy?: string;
  readonly data?: string | number;
  readonly part?: string;
  readonly budget?: string | number;
  readonly to?: string | number;
  readonly cache?: string;
  readonly threads?: number;
  readonly lanes?: number;
  readonly json?: boolean;
}

const PARTS = ['train', 'val', 'test', 'all'] as const;
const isPart = (text: string): text is (typeof PARTS)[number] => (PARTS as readonly string[]).includes(text);

const counted = (flag: string, value: unknown): number => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) throw usage(`--${flag} needs a whole number of at least 1.`);
  return value;
};

/** Checks the flags. @throws Fault `usage` */
export const evaluateOptionsOf = ({ policy, data, part = 'test', budget, to, cache, threads, lanes, json }: EvaluateFlags): EvaluateOptions => {
  if (policy === undefined) throw usage('evaluate needs a policy.', 'Name its pack: hearken evaluate --policy playground-early --data clips');
  if (data === undefined) throw usage('evaluate needs recordings.', 'Name their folder, with one folder a label in it: hearken evaluate --policy playground-early --data clips');
  if (!isPart(part)) throw usage(`--part is ${PARTS.join(', ')}, not ${part}.`);
  return {
    policy, data: String(data), part, budgets: budget === undefined ? USUAL_SHARES : readBudgets(String(budget)), json: json === true,
    threads: counted('threads', threads ?? 1), lanes: counted('lanes', lanes ?? 2),
    ...(to === undefined ? {} : { to: String(to) }), ...(cache === undefined ? {} : { cache }),
  };
};

/** Adds `evaluate` to the command line. */
export const addEvaluate = (cli: CAC, run: (command: Command) => void): void => {
  cli.command('evaluate', 'Say what a policy makes of labelled recordings, under budgets and before their end')
    .option('--policy <pack>', 'Pack with the policy, by name or folder')
    .option('--data <folder>', 'One folder of recordings a label, or train/, val/ and test/ with such folders')
    .option('--part <part>', 'train, val, test or all, where the folder has parts', { default: 'test' })
    .option('--budget <amounts>', '10⁹ multiply-accumulates for a recording, or parts of always everything: 0.05,0.2 or 5%,20%')
    .option('--to <folder>', 'Where the report goes, with its plots')
    .option('--cache <folder>', 'Where features are kept')
    .option('--threads <n>', 'Inference threads of each net', { default: 1 })
    .option('--lanes <n>', 'Recordings read at once', { default: 2 })
    .option('--json', 'The report as JSON')
    .action((flags: EvaluateFlags) => {
      run(async (context) => {
        const options = evaluateOptionsOf(flags);
        const { evaluate } = await import('../evaluate.js');
        return evaluate(options, context);
      });
    });
};
