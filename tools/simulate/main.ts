/**
 * `npm run simulate -- budget [--decisions 10000000] [--seed 1]`: what the budget promises, tried out.
 * `npm run simulate -- streams [--cameras 4] [--for 100] [--live] [--gmacs 0.06] [--ms 600]`: the same on recordings of S3.
 */
import { parseArgs } from 'node:util';
import { runStreams } from './streams.js';
import { simulateBudget, type BudgetOutcome, type BudgetTrial } from './budget.js';

const { positionals: [what], values } = parseArgs({
  allowPositionals: true,
  options: { decisions: { type: 'string', default: '10000000' }, pacing: { type: 'string', default: '200000' }, seed: { type: 'string', default: '1' },
    cameras: { type: 'string', default: '4' }, for: { type: 'string', default: '100' }, live: { type: 'boolean', default: false }, gmacs: { type: 'string' }, ms: { type: 'string' },
    folder: { type: 'string', default: '.cache/world/s3/test' }, policy: { type: 'string', default: 'playground' },
  },
});

const percent = (part: number, decimals = 1): string => `${(part * 100).toFixed(decimals)} %`;

const tell = (name: string, outcome: BudgetOutcome, pacing: boolean): void => {
  const { decisions, mediaS, violations, fullest, utilization, demand, granted, refused, askedRefused, unheard, worth, bound, fixed, possible, longestWaitS, seconds } = outcome;
  process.stdout.write([
    `${name}:`,
    `  ${decisions} decisions, ${mediaS.toFixed(0)} s of media, in ${seconds.toFixed(1)} s`,
    `  violations ${violations}, fullest window ${percent(fullest, 2)}; demand ${percent(demand, 0)} of the cap, used ${percent(utilization)}`,
    `  granted ${granted}, refused ${Object.entries(refused).map(([why, count]) => `${why} ${count}`).join(', ')}; asked for and refused ${askedRefused}; not heard ${unheard}; longest wait ${longestWaitS.toFixed(1)} s`,
    ...(pacing ? [`  worth ${worth.toFixed(0)} of at most ${bound.toFixed(0)}: regret at most ${percent(1 - worth / bound, 1)}; the best single price has ${fixed.toFixed(0)}: against it ${percent(1 - worth / fixed, 1)}`, `  of what could be spent, ${percent(utilization / possible)} was`] : []),
    '',
  ].join('\n'));
};

if (what === 'budget') {
  const seed = Number(values.seed);
  const site = { gmacsPerS: 0.2, msPerS: 300, burstS: 10 };
  const bursts = { cameras: 8, rest: 0.1, burst: 1, burstS: 20, restS: 40, slowdown: 10, slow: 0.0001, asked: 0.02 };
  const trials: readonly [string, BudgetTrial, boolean][] = [
    ['Tenfold bursts of wishes, and moments in which the machine is ten times slower', { world: bursts, site, ownPart: 0.4, decisions: Number(values.decisions), seed }, false],
    ['Pacing, steady: wishes for three times the cap', { world: { ...bursts, rest: 0.5, burst: 0.5, slowdown: 1, asked: 0 }, site: { gmacsPerS: null, msPerS: 150, burstS: 10 }, ownPart: null, decisions: Number(values.pacing), seed }, true],
    ['Pacing, steady, a window of 60 s', { world: { ...bursts, rest: 0.5, burst: 0.5, slowdown: 1, asked: 0 }, site: { gmacsPerS: 0.2, msPerS: null, burstS: 60 }, ownPart: null, decisions: Number(values.pacing), seed }, true],
    ['Pacing, in tenfold bursts', { world: { ...bursts, slowdown: 1, asked: 0 }, site: { gmacsPerS: null, msPerS: 150, burstS: 10 }, ownPart: null, decisions: Number(values.pacing), seed }, true],
    ['Pacing, in tenfold bursts, multiply-accumulates', { world: { ...bursts, slowdown: 1, asked: 0 }, site: { ...site, msPerS: null }, ownPart: null, decisions: Number(values.pacing), seed }, true],
  ];
  for (const [name, trial, pacing] of trials) tell(name, simulateBudget(trial), pacing);
} else if (what === 'streams') {
  const cap = (text: string | undefined): number | null => (text === undefined ? null : Number(text));
  const [gmacsPerS, msPerS] = [cap(values.gmacs), cap(values.ms)];
  const budget = gmacsPerS === null && msPerS === null ? undefined : { gmacsPerS, msPerS, burstS: 10 };
  const { folder, policy, live } = values;
  process.stdout.write(`${JSON.stringify(await runStreams({ folder, cameras: Number(values.cameras), policy, budget, forS: Number(values.for), live }), null, 2)}\n`);
} else {
  process.stderr.write('Usage: npm run simulate -- budget|streams [--decisions 10000000] [--pacing 200000] [--seed 1]\n');
  process.exitCode = 2;
}
