/** What each action of a segment really cost. Pure. */
import type { SenseName } from '../inference/manifest.js';
import type { Belief } from '../policy/types.js';
import { NO_COST, type Cost } from '../sense/types.js';
import type { GraphCosts } from './action-costs.js';
import { NOTHING, plus, type Amount } from './amount.js';

const amountOf = ({ gmacs, ms, decodeMs }: Cost): Amount => ({ gmacs, ms: ms + decodeMs });

/**
 * The costs of a belief by sense. The policy's own time belongs to listening, since it thinks on every segment; its
 * multiply-accumulates belong to listening as far as those of its graph do, and the rest to the looks that made it think on.
 */
export const actualCosts = ({ evidence: { readings }, policyCost = NO_COST }: Pick<Belief, 'evidence' | 'policyCost'>, { policyGmacs }: GraphCosts): Readonly<Partial<Record<SenseName, Amount>>> => {
  const own = (sense: SenseName): Amount => (readings[sense] === undefined ? NOTHING : amountOf(readings[sense].cost));
  const thought = amountOf(policyCost);
  const looks = (['appearance', 'motion'] as const).filter((sense) => readings[sense] !== undefined);
  const atRest = looks.length === 0 ? thought.gmacs : Math.min(thought.gmacs, policyGmacs.audio);
  let rest = thought.gmacs - atRest;
  const costs: Partial<Record<SenseName, Amount>> = { audio: plus(own('audio'), { gmacs: atRest, ms: thought.ms }) };
  for (const [i, sense] of looks.entries()) {
    const part = i === looks.length - 1 ? rest : Math.min(rest, policyGmacs[sense]);
    costs[sense] = plus(own(sense), { gmacs: part, ms: 0 });
    rest -= part;
  }
  return costs;
};
