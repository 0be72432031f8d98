/** One answer for a whole recording: what it takes, and what cannot be asked for. */
import { needsPolicy, type AnswerSpec } from '../src/emit/answer.js';
import { Fault } from '../src/faults.js';
import { mayBeLive, openingOf, type SourceAddress } from '../src/ingest/sources.js';
import type { SourceEvent } from '../src/ingest/types.js';
import type { Profile } from '../src/settings/profile.js';
import { usage } from './command.js';
import type { Nets } from './nets.js';
import type { RecordingCap } from './stream-budget.js';

/** How one answer for all of a source is asked for. */
export interface Answering {
  /** All that may be spent on it, in 10⁹ multiply-accumulates; without it nothing is limited but by the profile. */
  readonly budgetGmacs?: number | undefined;
}

/** An answer that is asked for on the command line. */
export interface AskedAnswer {
  readonly source: SourceAddress;
  readonly profile: Profile;
  readonly answer?: Answering | undefined;
  readonly forS?: number | undefined;
}

/**
 * How the answer is given: by the stopping rule of the policy's pack, if it has one. Undefined where events are wanted.
 * @throws Fault `usage` without a learned policy
 */
export const answerSpecOf = ({ camera, answer }: { readonly camera: string; readonly answer?: Answering | undefined }, { policy }: Nets): AnswerSpec | undefined => {
  if (answer === undefined) return undefined;
  if (policy === undefined) throw needsPolicy();
  return { camera, rule: policy.net.stopping };
};

/** What may be spent on the recording, if that is limited. */
export const recordingCapOf = (answer: Answering | undefined, spec: AnswerSpec | undefined, { policy }: Nets): RecordingCap | undefined =>
  (answer?.budgetGmacs === undefined ? undefined : { gmacs: answer.budgetGmacs, horizonSteps: spec?.rule?.boundary.length, price: policy?.net.worth?.recording });

/**
 * Refuses what contradicts itself, before anything is loaded.
 * @throws Fault `usage`
 */
export const checkAsked = ({ answer, profile: { packs, budget } }: AskedAnswer): void => {
  if (answer === undefined) return;
  if (packs.policy === undefined) throw needsPolicy();
  if (answer.budgetGmacs === undefined || (budget.gmacsPerS === null && budget.msPerS === null)) return;
  throw usage('--answer-budget is all that a recording may cost, and budget.gmacsPerS and budget.msPerS are what it may cost a second: one of them can hold.', 'Leave one out.');
};

const endless = (): Fault =>
  usage('A live source has no end, and this policy has no stopping rule: the answer would never come.', 'Say how long to watch, with --for <seconds>, or what it may cost, with --answer-budget <GMAC>.');

/**
 * Refuses a live source whose answer nothing would bring about. Where the address does not tell whether it is live (HTTP), what comes
 * when it is opened does: the function that is returned is to be told.
 * @throws Fault `usage`, also from the function that is returned
 */
export const checkEnds = async ({ source, answer, forS }: AskedAnswer, { policy }: Nets): Promise<(event: SourceEvent) => void> => {
  const ends = answer === undefined || forS !== undefined || answer.budgetGmacs !== undefined || policy?.net.stopping !== undefined;
  if (ends || !mayBeLive(source)) return () => undefined;
  if ((await openingOf(source)).live === true) throw endless();
  return (event) => { if (event.kind === 'opened' && event.info.live) throw endless(); };
};

/** What one should know before the answer comes. */
export const answerNote = ({ answer }: AskedAnswer, { policy }: Nets): string | undefined => {
  if (answer === undefined || policy === undefined || policy.net.stopping !== undefined) return undefined;
  return `${policy.name} has no stopping rule: the answer comes at the end${answer.budgetGmacs === undefined ? '' : ', or when the budget is spent'}.`;
};

/** A recording that was over before there was anything to answer from. */
export const noAnswer = (): Fault => new Fault('pipelines', 'source-empty', 'It ended before a single step of it could be followed, so there is no answer.', {
  remedy: 'Give a recording of a second or more; with --for, more time.',
});
