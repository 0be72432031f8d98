/** Follows recordings through their branches under budgets for each, as the product does. Pure. */
import { recordingPrice } from '../../budget/recording-price.js';
import type { LookWorth, RecordingPrice } from '../../inference/manifest.js';
import { worthOf } from '../../policy/hms/worth.js';
import { isEnding, type Ending, type Question } from './branches.js';

/** Cost of one look [10⁹ multiply-accumulates]. */
export type LookCosts = Readonly<Record<'appearance' | 'motion', number>>;

/** Decides on a look, told what is left for looks [10⁹ multiply-accumulates]. */
export type Decide = (question: Question, leftGmacs: number) => boolean;

/** Sums of costs are rounded. */
const GRAIN = 1e-12;

/** Follows one recording to its end: a look is made if it is wanted and paid for. Says what is left for looks, too. */
export const followed = (from: Question | Ending, leftGmacs: number, costs: LookCosts, decide: Decide): { readonly end: Ending; readonly leftGmacs: number } => {
  let [at, left] = [from, leftGmacs];
  while (!isEnding(at)) {
    const look = left + GRAIN >= costs[at.sense] && decide(at, left);
    if (look) left -= costs[at.sense];
    at = at.answer(look);
  }
  return { end: at, leftGmacs: left };
};

/** The end alone. */
export const ending = (...way: Parameters<typeof followed>): Ending => followed(...way).end;

/** The estimates of both senses; one that is not there never looks. */
export type Estimates = Readonly<Partial<Record<'appearance' | 'motion', LookWorth | undefined>>>;

/** What looks are worth by their estimates, worked out once for each; undefined where nothing is known of a sense [bit]. */
export const worthsOf = (estimates: Estimates): ((question: Question) => number | undefined) => {
  const known = new WeakMap<Question, number>();
  return (question) => {
    const estimate = estimates[question.sense];
    if (estimate === undefined) return undefined;
    const worth = known.get(question) ?? worthOf(estimate, question.logits, question.doubt);
    known.set(question, worth);
    return worth;
  };
};

/** Looks where that is worth its price; by the gate where nothing is known of the sense. */
export const byPrice = (worthOfLook: ReturnType<typeof worthsOf>, price: RecordingPrice, horizonSteps: number, costs: LookCosts): Decide => (question, left) => {
  const worth = worthOfLook(question);
  if (worth === undefined) return byGates(question, left);
  return worth >= recordingPrice(price, horizonSteps - question.step, left) * costs[question.sense];
};

/** The gates decide, as they were trained. */
export const byGates: Decide = ({ logits: [shut, open] }) => open > shut;

/** Gates decide, and what is there for looks comes step by step, in equal parts: what is done where no price is known. */
export const bySpreading = (forLooksGmacs: number, horizonSteps: number, costs: LookCosts): Decide => (question, left) => {
  const part = question.step + 1 >= horizonSteps ? Infinity : (forLooksGmacs * (question.step + 1)) / horizonSteps - (forLooksGmacs - left);
  return byGates(question, left) && costs[question.sense] <= part + GRAIN;
};
