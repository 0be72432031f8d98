/**
 * `npm run simulate -- budget [--decisions 10000000] [--seed 1]`: what the budget promises, tried out.
 * `npm run simulate -- streams [--cameras 4] [--for 100] [--live] [--gmacs 0.06] [--ms 600] [--unasked 0.5|never]`: the same on recordings of S3.
 */
import { parseArgs } from 'node:util';
import { runStreams } from './streams.js';
import { simulateBudget, type BudgetOutcome, type BudgetTrial } from './budget.js';
import type { World } from './draw.js';

const { positionals: [what], values } = parseArgs({
  allowPositionals: true,
  options: { decisions: { type: 'string', default: '10000000' }, pacing: { type: 'string', default: '200000' }, seed: { type: 'string', default: '1' },
    cameras: { type: 'string', default: '4' }, for: { type: 'string', default: '100' }, live: { type: 'boolean', default: false }, gmacs: { type: 'string' }, ms: { type: 'string' }, unasked: { type: 'string' },
    folder: { type: 'string', default: '.cache/world/s3/test' }, policy: { type: 'string', default: 'playground' },
  },
});

const percent = (part: number, decimals = 1): string => `${(part * 100).toFixed(decimals)} %`;

/** What a trial is to show: that the cap holds; how well looks are chosen; or that a cap is used up where everything is asked for. */
type Shows = 'cap' | 'pacing' | 'use';

const tell = (name: string, outcome: BudgetOutcome, shows: Shows): void => {
  const { decisions, mediaS, violations, fullest, utilization, demand, granted, refused, askedRefused, unheard, worth, bound, whole, fixed, fixedUtilization, possible, longestWaitS, seconds } = outcome;
  process.stdout.write([
    `${name}:`,
    `  ${decisions} decisions, ${mediaS.toFixed(0)} s of media, in ${seconds.toFixed(1)} s`,
    `  violations ${violations}, fullest window ${percent(fullest, 2)}; demand ${percent(demand, 0)} of the cap, used ${percent(utilization)}`,
    `  granted ${granted}, refused ${Object.entries(refused).map(([why, count]) => `${why} ${count}`).join(', ')}; asked for and refused ${askedRefused}; not heard ${unheard}; longest wait ${longestWaitS.toFixed(1)} s`,
    ...(shows === 'pacing' ? [
      `  worth ${worth.toFixed(0)} of at most ${bound.toFixed(0)}: regret at most ${percent(1 - worth / bound)}; whole looks known beforehand have ${percent(whole / bound)} of that; the best single price has ${fixed.toFixed(0)}: against it ${percent(1 - worth / fixed)}, its own regret ${percent(1 - fixed / bound)}`,
      `  of what could be spent, ${percent(utilization / possible)} was; by the best single price ${percent(fixedUtilization / possible)}`,
    ] : []),
    '',
  ].join('\n'));
};

/** The trials, each with what it is to show. */
const trialsOf = (seed: number, decisions: number, pacing: number): readonly (readonly [string, Shows, BudgetTrial])[] => {
  const bursts = { cameras: 8, rest: 0.1, burst: 1, burstS: 20, restS: 40, slowdown: 10, slow: 0.0001, asked: 0.02 };
  const calm = { ...bursts, slowdown: 1, asked: 0 }, steady = { ...calm, rest: 0.5, burst: 0.5 }, greedy = { ...calm, rest: 1, burst: 1, asked: 1 };
  const [byMacs, byTime] = [{ gmacsPerS: 0.2, msPerS: null }, { gmacsPerS: null, msPerS: 150 }];
  const paced = (world: World, cap: typeof byMacs | typeof byTime, burstS: number): BudgetTrial => ({ world, site: { ...cap, burstS }, ownPart: null, decisions: pacing, seed });
  return [
    ['Tenfold bursts of wishes, and moments in which the machine is ten times slower', 'cap',
      { world: bursts, site: { gmacsPerS: 0.2, msPerS: 300, burstS: 10 }, ownPart: 0.4, decisions, seed }],
    ...[60, 10].flatMap((burstS) => [
      [`Everything is asked for, multiply-accumulates, a window of ${burstS} s`, 'use', paced(greedy, byMacs, burstS)],
      [`Everything is asked for, milliseconds, a window of ${burstS} s`, 'use', paced(greedy, byTime, burstS)],
      [`Pacing, steady, multiply-accumulates, a window of ${burstS} s`, 'pacing', paced(steady, byMacs, burstS)],
      [`Pacing, steady, milliseconds, a window of ${burstS} s`, 'pacing', paced(steady, byTime, burstS)],
      [`Pacing, in tenfold bursts, multiply-accumulates, a window of ${burstS} s`, 'pacing', paced(calm, byMacs, burstS)],
      [`Pacing, in tenfold bursts, milliseconds, a window of ${burstS} s`, 'pacing', paced(calm, byTime, burstS)],
    ] as const),
  ];
};

if (what === 'budget') {
  for (const [name, shows, trial] of trialsOf(Number(values.seed), Number(values.decisions), Number(values.pacing))) tell(name, simulateBudget(trial), shows);
} else if (what === 'streams') {
  const cap = (text: string | undefined): number | null => (text === undefined ? null : Number(text));
  const [gmacsPerS, msPerS] = [cap(values.gmacs), cap(values.ms)];
  const budget = gmacsPerS === null && msPerS === null ? undefined : { gmacsPerS, msPerS, burstS: 10 };
  const { folder, policy, live, unasked } = values;
  const unaskedBit = unasked === undefined ? undefined : unasked === 'never' ? null : Number(unasked);
  process.stdout.write(`${JSON.stringify(await runStreams({ folder, cameras: Number(values.cameras), policy, budget, unaskedBit, forS: Number(values.for), live }), null, 2)}\n`);
} else {
  process.stderr.write('Usage: npm run simulate -- budget|streams [--decisions 10000000] [--pacing 200000] [--seed 1]\n');
  process.exitCode = 2;
}
