/** The figures of how events are confirmed, over training seeds. Pure. */
import { bootstrapOverSeeds, type Estimate } from '../../../src/evaluate/intervals.js';
import { mean } from '../../../src/evaluate/order.js';
import type { ConfirmationRule } from '../../../src/inference/manifest.js';
import { CONFIRM_PROMISE, fitConfirming, HORIZON, losses, type ConfirmPromise, type FittedConfirmation } from '../../../src/learn/confirming/fit.js';
import { ruled, type EventSpec, type FollowedStream } from '../../../src/learn/confirming/streams.js';
import { seeded } from '../../../src/learn/random.js';
import { readProfile } from '../../../src/settings/profile.js';
import { cameraOf, type ConfirmResult } from './cell.js';
import { countsOf, type StreamCounts } from './counts.js';

/** How events begin and end in the product, where nobody says otherwise; by default they are confirmed on their second segment. */
export const DEFAULTS: EventSpec = readProfile().emit;

/** Ways to confirm that are set by hand. */
const BY_HAND: readonly (readonly [string, EventSpec])[] = [
  ['after a second, the second segment (the default)', DEFAULTS],
  ['on the first segment', { ...DEFAULTS, minDurationS: 0 }],
  ['on the third segment', { ...DEFAULTS, minDurationS: 1.5 }],
  ['after a second, or at once from 0.9', { ...DEFAULTS, early: { boundary: [0.9] } }],
  ['begun only from 0.7 on, after a second', { ...DEFAULTS, confidence: 0.7 }],
  ['begun only from 0.8 on, on the first segment', { ...DEFAULTS, confidence: 0.8, minDurationS: 0 }],
];

/** The name of the row of the rule. */
export const LEARNED = '**by the learned rule**';

/** One way to confirm, over all seeds. */
export interface WayRow {
  readonly name: string;
  /** Of all events, 0…1. */
  readonly found: Estimate;
  /** From an event's start to its first confirmation, over those found [s]. */
  readonly firstS: Estimate;
  readonly falsePerHour: Estimate;
  /** The share of false ones among those confirmed on a stream, in the mean over streams with any, 0…1. */
  readonly loss: Estimate;
  /** The same on streams of one share of background, by that share. */
  readonly byShare: ReadonlyMap<string, Estimate>;
  /** Against the default, stream by stream: seconds sooner over the events that both find, more found 0…1, more false ones an hour. */
  readonly against: { readonly soonerS: Estimate; readonly found: Estimate; readonly falsePerHour: Estimate };
}

/** What comes of one policy. */
export interface PolicyFigures {
  readonly name: string;
  /** The rule of each seed; undefined where none was shown. */
  readonly rules: readonly (ConfirmationRule | undefined)[];
  readonly rows: readonly WayRow[];
  /** Under the rule: of those confirmed by each segment, all seeds and streams together. */
  readonly bySegment: readonly { readonly segment: number; readonly confirmed: number; readonly falseShare: Estimate }[];
  /** Under the rule: each test stream, all seeds together. */
  readonly byStream: readonly { readonly id: string; readonly confirmed: number; readonly falseCount: number }[];
}

const DRAWS = 11;

/** Half of the streams fit, half show: three cameras in turn, one of each share of background, to either. */
const halfOf = ({ id }: FollowedStream): 'fits' | 'shows' => (Math.floor(cameraOf(id) / 3) % 2 === 0 ? 'fits' : 'shows');

/** The rule of a result, from its streams for calibration. */
export const ruleOf = ({ cal }: Pick<ConfirmResult, 'cal'>, promise: ConfirmPromise = CONFIRM_PROMISE): FittedConfirmation =>
  fitConfirming(cal.filter((stream) => halfOf(stream) === 'fits'), cal.filter((stream) => halfOf(stream) === 'shows'), DEFAULTS, promise);

/** Half of what is promised, to show what a stricter promise costs. */
const STRICT: ConfirmPromise = { ...CONFIRM_PROMISE, falseShare: CONFIRM_PROMISE.falseShare / 2 };

const rulesOf = (results: readonly ConfirmResult[], promise: ConfirmPromise): (ConfirmationRule | undefined)[] => results.map((result) => {
  const found = ruleOf(result, promise);
  return 'rule' in found ? found.rule : undefined;
});

const shareOf = (id: string): string => /background-(\d+)/.exec(id)?.[1] ?? '';

/** The mean over streams that have something confirmed by a segment. */
const meanLoss = (some: readonly StreamCounts[], by = Infinity): number => mean(losses(some.map(({ confirmed }) => confirmed), by));
const falseOf = (some: readonly StreamCounts[]): number => some.reduce((sum, { confirmed }) => sum + confirmed.filter(({ isFalse }) => isFalse).length, 0);
const hoursOf = (some: readonly StreamCounts[]): number => some.reduce((sum, { hours }) => sum + hours, 0);

type Pair = readonly [mine: StreamCounts, byDefault: StreamCounts];
const sooner = (pairs: readonly Pair[]): number => mean(pairs.flatMap(([mine, byDefault]) => mine.found.flatMap((at, i) => {
  const then = byDefault.found[i];
  return at === null || then === null || then === undefined ? [] : [then - at];
})));

const rowOf = (name: string, seeds: readonly (readonly StreamCounts[])[], byDefault: readonly (readonly StreamCounts[])[]): WayRow => {
  const over = (statistic: (some: readonly StreamCounts[]) => number, of = seeds): Estimate => bootstrapOverSeeds(of, statistic, seeded(DRAWS));
  const shares = [...new Set(seeds.flat().map(({ id }) => shareOf(id)))].sort();
  const found = (some: readonly StreamCounts[]): number => mean(some.flatMap((one) => one.found.map((at) => (at === null ? 0 : 1))));
  const falsePerHour = (some: readonly StreamCounts[]): number => falseOf(some) / hoursOf(some);
  const more = (statistic: typeof found) => (some: readonly Pair[]): number => statistic(some.map(([mine]) => mine)) - statistic(some.map(([, other]) => other));
  const pairs = seeds.map((streams, seed) => streams.flatMap((mine, i): Pair[] => { const other = byDefault[seed]?.[i]; return other === undefined ? [] : [[mine, other]]; }));
  const paired = (statistic: (some: readonly Pair[]) => number): Estimate => bootstrapOverSeeds(pairs, statistic, seeded(DRAWS));
  return {
    name,
    found: over(found), falsePerHour: over(falsePerHour),
    firstS: over((some) => mean(some.flatMap((one) => one.found.filter((at) => at !== null)))),
    loss: over((some) => meanLoss(some)),
    byShare: new Map(shares.map((share) => [share, over((some) => meanLoss(some), seeds.map((streams) => streams.filter(({ id }) => shareOf(id) === share)))])),
    against: { soonerS: paired(sooner), found: paired(more(found)), falsePerHour: paired(more(falsePerHour)) },
  };
};

/** The figures of one policy's results, one a seed; on the test streams, which chose nothing. */
export const confirmFigures = (results: readonly ConfirmResult[]): PolicyFigures => {
  const rules = rulesOf(results, CONFIRM_PROMISE), strict = rulesOf(results, STRICT);
  const counted = (specOf: (seed: number) => EventSpec): StreamCounts[][] => results.map(({ test }, seed) => test.map((stream) => countsOf(stream, specOf(seed))));
  const byDefault = counted(() => DEFAULTS);
  const by = (some: typeof rules): StreamCounts[][] => counted((seed) => { const rule = some[seed]; return rule === undefined ? DEFAULTS : ruled(DEFAULTS, rule.boundary); });
  const learned = by(rules);
  const ids = learned[0]?.map(({ id }) => id) ?? [];
  return {
    name: results[0]?.name ?? '', rules,
    rows: [
      ...BY_HAND.map(([name, spec]) => rowOf(name, counted(() => spec), byDefault)),
      rowOf(LEARNED, learned, byDefault), rowOf(`by one that promises ${STRICT.falseShare * 100} % (shown for ${strict.filter((rule) => rule !== undefined).length} of ${strict.length}, else the default)`, by(strict), byDefault),
    ],
    bySegment: Array.from({ length: HORIZON }, (_, i) => ({
      segment: i + 1, confirmed: learned.flat().reduce((sum, { confirmed }) => sum + confirmed.filter(({ segment }) => segment <= i + 1).length, 0),
      falseShare: bootstrapOverSeeds(learned, (some) => meanLoss(some, i + 1), seeded(DRAWS)),
    })),
    byStream: ids.map((id) => {
      const own = learned.flat().filter((one) => one.id === id);
      return { id, confirmed: own.reduce((sum, { confirmed }) => sum + confirmed.length, 0), falseCount: falseOf(own) };
    }),
  };
};
