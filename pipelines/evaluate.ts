/** `hearken evaluate`: what a policy makes of labelled recordings, under budgets and before their end. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { measureBudgets } from '../src/evaluate/budgets.js';
import { createFollow } from '../src/evaluate/follow.js';
import { policyPage } from '../src/evaluate/policy-page.js';
import { policyPlots, policyReport, type PolicyReport, type PolicyRuns } from '../src/evaluate/policy-report.js';
import { Fault } from '../src/faults.js';
import type { Part } from '../src/learn/clips.js';
import { gmacsOf } from '../src/learn/widths.js';
import { readProfile } from '../src/settings/profile.js';
import type { CommandContext } from './command.js';
import { budgetsOf, type BudgetAsked } from './evaluate/budget-flag.js';
import { evaluationClips } from './evaluate/recordings.js';
import { tellTo } from './learn/tell.js';
import { loadNets, type Nets } from './nets.js';
import { graphCosts } from './stream-budget.js';
import { segmentOf } from './segment-of.js';

/** What `evaluate` is told. */
export interface EvaluateOptions {
  /** The pack with the policy, by name or folder. */
  readonly policy: string;
  readonly data: string;
  /** The part that is used, where the folder has parts. */
  readonly part: Part | 'all';
  readonly budgets: readonly BudgetAsked[];
  /** Where the report is written; nothing is where it is absent. */
  readonly to?: string;
  readonly cache?: string;
  readonly threads: number;
  readonly lanes: number;
  readonly json: boolean;
}

const writeReport = async (to: string, report: PolicyReport, runs: PolicyRuns): Promise<void> => {
  await mkdir(to, { recursive: true });
  for (const [file, svg] of Object.entries(await policyPlots(report, runs))) await writeFile(join(to, file), svg);
  await writeFile(join(to, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
  await writeFile(join(to, 'README.md'), policyPage(report, runs.stopping));
};

const policyIn = (nets: Nets, name: string): NonNullable<Nets['policy']> => {
  if (nets.policy === undefined) throw new Fault('pipelines', 'usage', `${name} has no policy to evaluate.`, { remedy: 'Name a pack that hearken learn made, or one of `hearken models list` with a policy.' });
  return nets.policy;
};

/**
 * Evaluates a policy on a folder of labelled recordings.
 * @throws Fault `data-unusable` where nothing can be judged, `source-not-found`, and those of packs
 */
export const evaluate = async (options: EvaluateOptions, context: CommandContext): Promise<number> => {
  const profile = readProfile({ packs: { policy: options.policy } });
  const nets = await loadNets(profile, options.threads);
  const tell = tellTo(context, options.json);
  try {
    const policy = policyIn(nets, options.policy);
    const sequences = await evaluationClips(policy, nets, { ...options, profile, tell, stop: context.stop });
    if (context.stop.aborted) return 0;
    const { hopUs: stepUs, windowUs } = segmentOf(profile, nets);
    const { labels, background: none, stopping, worth } = policy.net;
    const background = new Set([...none].map((label) => labels.indexOf(label)));
    const gmacs = gmacsOf({ audio: nets.audio, ...(nets.appearance === undefined ? {} : { appearance: nets.appearance }), ...(nets.motion === undefined ? {} : { motion: nets.motion }) });
    const graph = graphCosts(nets, stepUs);
    const budgets = budgetsOf(options.budgets, graph, Math.max(...sequences.map(({ steps }) => steps)));
    const measured = await measureBudgets({
      follow: createFollow(policy.net), sequences, background, stepUs, gmacs, graph, budgets, horizonSteps: stopping?.boundary.length, price: worth?.recording,
      onBudget: (done, of) => { tell.say(`${done} of ${of} budgets`); },
    });
    const runs: PolicyRuns = { pack: policy.name, ...measured, background, stopping, stepS: stepUs / 1e6, windowS: windowUs / 1e6 };
    const report = policyReport(runs);
    if (options.to !== undefined) await writeReport(resolve(options.to), report, runs);
    context.print(options.json ? JSON.stringify(report) : policyPage(report, stopping).split('\n').filter((line) => !line.startsWith('![')).join('\n'));
    return 0;
  } finally {
    await nets.close();
  }
};
