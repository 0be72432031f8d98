/** `npm run simulate -- budget [--decisions 10000000] [--seed 1]`: what the budget promises, tried out. */
import { parseArgs } from 'node:util';
import { simulateBudget, type BudgetOutcome, type BudgetTrial } from './budget.js';

const { positionals: [what], values } = parseArgs({
  allowPositionals: true,
  options: { decisions: { type: 'string', default: '10000000' }, pacing: { type: 'string', default: '500000' }, seed: { type: 'string', default: '1' } },
});

const percent = (part: number, decimals = 1): string => `${(part * 100).toFixed(decimals)} %`;

const tell = (name: string, outcome: BudgetOutcome, pacing: boolean): void => {
  const { decisions, mediaS, violations, fullest, utilization, demand, granted, refused, askedRefused, unheard, worth, bound, longestWaitS, seconds } = outcome;
  process.stdout.write([
    `${name}:`,
    `  ${decisions} decisions, ${mediaS.toFixed(0)} s of media, in ${seconds.toFixed(1)} s`,
    `  violations ${violations}, fullest window ${percent(fullest, 2)}; demand ${percent(demand, 0)} of the cap, used ${percent(utilization)}`,
    `  granted ${granted}, refused ${Object.entries(refused).map(([why, count]) => `${why} ${count}`).join(', ')}; asked for and refused ${askedRefused}; not heard ${unheard}; longest wait ${longestWaitS.toFixed(1)} s`,
    ...(pacing ? [`  worth ${worth.toFixed(0)} of at most ${bound.toFixed(0)}: regret at most ${percent(1 - worth / bound, 2)}`] : []),
    '',
  ].join('\n'));
};

if (what === 'budget') {
  const seed = Number(values.seed);
  const site = { gmacsPerS: 0.2, msPerS: 300, burstS: 10 };
  const bursts = { cameras: 8, rest: 0.1, burst: 1, burstS: 20, restS: 40, slowdown: 10, slow: 0.0001, asked: 0.02 };
  const trials: readonly [string, BudgetTrial, boolean][] = [
    ['Tenfold bursts of wishes, and moments in which the machine is ten times slower', { world: bursts, site, ownPart: 0.4, decisions: Number(values.decisions), seed }, false],
    ['Pacing, steady: wishes for three times the cap', { world: { ...bursts, rest: 0.5, burst: 0.5, slowdown: 1, asked: 0 }, site: { ...site, gmacsPerS: null }, ownPart: null, decisions: Number(values.pacing), seed }, true],
    ['Pacing, in tenfold bursts', { world: { ...bursts, slowdown: 1, asked: 0 }, site: { ...site, gmacsPerS: null }, ownPart: null, decisions: Number(values.pacing), seed }, true],
    ['Pacing, in tenfold bursts, multiply-accumulates', { world: { ...bursts, slowdown: 1, asked: 0 }, site: { ...site, msPerS: null }, ownPart: null, decisions: Number(values.pacing), seed }, true],
  ];
  for (const [name, trial, pacing] of trials) tell(name, simulateBudget(trial), pacing);
} else {
  process.stderr.write('Usage: npm run simulate -- budget [--decisions 10000000] [--pacing 500000] [--seed 1]\n');
  process.exitCode = 2;
}
