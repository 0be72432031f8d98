/** A site under a budget, simulated: bursts of wishes, bad moments of the machine, and somebody who counts from outside. */
import { less, type Amount } from '../../src/budget/amount.js';
import type { CameraBudget } from '../../src/budget/camera-budget.js';
import { SiteBudget } from '../../src/budget/site-budget.js';
import type { Account } from '../../src/budget/account.js';
import { allowance } from '../../src/budget/account.js';
import { seeded } from '../../src/learn/random.js';
import type { Belief } from '../../src/policy/types.js';
import type { SenseName } from '../../src/inference/manifest.js';
import { bestFixedPrice, clairvoyant, foreseen, wholeLooks, type Chance } from './clairvoyant.js';
import { COSTS, HOP_US, segmentsOf, type SimulatedSegment, type Wish, type World } from './draw.js';
import { Watchdog } from './watchdog.js';

/** What is simulated. */
export interface BudgetTrial {
  readonly world: World;
  readonly site: { readonly gmacsPerS: number | null; readonly msPerS: number | null; readonly burstS: number };
  /** Each camera's own cap, as a part of the site's; null: none. */
  readonly ownPart: number | null;
  readonly decisions: number;
  readonly seed: number;
}

/** What came of it. */
export interface BudgetOutcome {
  readonly decisions: number;
  readonly mediaS: number;
  readonly violations: number;
  readonly fullest: number;
  /** Booked, of what the cap gives in all: in the currency that is scarcer. */
  readonly utilization: number;
  /** What the wishes would cost, of what the cap gives. */
  readonly demand: number;
  readonly granted: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly askedRefused: number;
  readonly unheard: number;
  /** Worth of what was looked at, and the most that could have been had. */
  readonly worth: number;
  readonly bound: number;
  /** What a schedule of whole looks has that was chosen with all that comes known. */
  readonly whole: number;
  /** What the best single price would have had, and what of the cap it would have used. */
  readonly fixed: number;
  readonly fixedUtilization: number;
  /** The most of the cap that could be spent: where less was wished for in a window's length, no more than that. */
  readonly possible: number;
  /** Longest that a camera which wished on every segment waited for a look [s]. */
  readonly longestWaitS: number;
  readonly seconds: number;
}

const GRAPH = {
  hopUs: HOP_US,
  gmacs: { audio: COSTS.audio.gmacs, appearance: COSTS.appearance.gmacs, motion: COSTS.motion.gmacs },
  policyGmacs: { audio: 0, appearance: 0, motion: 0 },
};

/** A belief as far as the budget reads it. */
const beliefOf = (spent: Readonly<Partial<Record<SenseName, Amount>>>): Belief => ({
  evidence: { readings: Object.fromEntries(Object.entries(spent).map(([sense, { gmacs, ms }]) => [sense, { sense, cost: { gmacs, ms, decodeMs: 0, decodedFrames: 0 } }])) },
}) as unknown as Belief;

/** One account with who watches it. */
class Watched {
  readonly dog: Watchdog;
  readonly #read: () => Account;
  #total: Amount;
  #held: { readonly entry: ReturnType<Watchdog['booked']>; readonly amount: Amount; readonly sense: SenseName }[] = [];

  constructor(read: () => Account) {
    this.#read = read;
    const { cap, total } = read();
    this.dog = new Watchdog(allowance(cap), cap.burstS);
    this.#total = total;
  }

  /** Something may have been booked: for an action, or (without one) for a debt. */
  look(sense?: SenseName): void {
    const { nowUs, total } = this.#read();
    const amount = less(total, this.#total);
    this.#total = total;
    if (amount.gmacs === 0 && amount.ms === 0) return;
    const entry = this.dog.booked(nowUs, amount);
    if (sense !== undefined) this.#held.push({ entry, amount, sense });
  }

  settled(spent: Readonly<Partial<Record<SenseName, Amount>>>): void {
    for (const { entry, amount, sense } of this.#held) this.dog.refunded(entry, less(amount, spent[sense] ?? { gmacs: 0, ms: 0 }));
    this.#held = [];
    this.#total = this.#read().total;
  }
}

interface Tally {
  granted: number;
  askedRefused: number;
  unheard: number;
  worth: number;
  longestWaitS: number;
}

interface Member {
  readonly budget: CameraBudget;
  readonly own: Watched;
  waitingSince: number | undefined;
}

/** Whether a wish is granted, and how long its camera has waited. */
const ask = (member: Member, wish: Wish, nowS: number, tally: Tally): boolean => {
  const why = member.budget.look(wish.sense, wish.worth);
  if (why !== undefined) {
    tally.askedRefused += wish.worth === Infinity ? 1 : 0;
    member.waitingSince ??= nowS;
    return false;
  }
  tally.granted += 1;
  tally.longestWaitS = Math.max(tally.longestWaitS, nowS - (member.waitingSince ?? nowS));
  member.waitingSince = undefined;
  if (wish.worth !== Infinity) tally.worth += wish.worth;
  return true;
};

/** One segment: heard, looked at where that is granted, settled. Says how many decisions that were. */
const one = (segment: SimulatedSegment, member: Member, site: Watched, tally: Tally): number => {
  const { budget, own } = member;
  const spent: Partial<Record<SenseName, Amount>> = {};
  const heard = budget.hear(segment.endUs);
  own.look('audio');
  site.look('audio');
  if (heard) spent.audio = segment.hearing;
  else tally.unheard += 1;
  for (const wish of segment.wishes) {
    if (ask(member, wish, segment.endUs / 1e6, tally)) spent[wish.sense] = wish;
    own.look(wish.sense);
    site.look(wish.sense);
  }
  // A camera that wishes for nothing does not wait.
  if (segment.wishes.length === 0) member.waitingSince = undefined;
  budget.settle(beliefOf(spent));
  own.settled(spent);
  site.settled(spent);
  return 1 + segment.wishes.length;
};

const refusalsOf = (members: readonly Member[]): Record<string, number> => {
  const refused: Record<string, number> = {};
  for (const { budget } of members) for (const [why, count] of Object.entries(budget.figures.refusals)) refused[why] = (refused[why] ?? 0) + count;
  return refused;
};

/** Runs a trial. Deterministic but for `seconds`. */
export const simulateBudget = ({ world, site: settings, ownPart, decisions, seed }: BudgetTrial): BudgetOutcome => {
  const started = performance.now();
  const site = new SiteBudget(settings);
  const part = (of: number | null): number | null => (of === null || ownPart === null ? null : of * ownPart);
  const own = { gmacsPerS: part(settings.gmacsPerS), msPerS: part(settings.msPerS), burstS: settings.burstS, priority: 1 };
  const members = Array.from({ length: world.cameras }, (_, i): Member => {
    const budget = site.forCamera(`camera-${i}`, own, GRAPH);
    return { budget, own: new Watched(() => budget.account), waitingSince: undefined };
  });
  const watched = new Watched(() => site.account);
  const tally: Tally = { granted: 0, askedRefused: 0, unheard: 0, worth: 0, longestWaitS: 0 };
  const [currency, chances]: [keyof Amount, Chance[]] = [settings.msPerS === null ? 'gmacs' : 'ms', []];
  let [decided, demand, hearing] = [0, 0, 0];
  for (const segment of segmentsOf(world, seeded(seed))) {
    if (decided >= decisions) break;
    const member = members[segment.camera];
    if (member !== undefined) decided += one(segment, member, watched, tally);
    hearing += segment.hearing[currency];
    for (const wish of segment.wishes) {
      demand += wish[currency];
      if (wish.worth !== Infinity && decisions <= 1e6) chances.push({ atUs: segment.endUs, worth: wish.worth, cost: wish[currency] });
    }
  }
  const mediaS = site.account.nowUs / 1e6;
  const { perS } = site.account.cap;
  const forLooks = (perS[currency] - hearing / mediaS) * settings.burstS;
  const fixed = bestFixedPrice(chances, forLooks, settings.burstS);
  const { bound, prices } = foreseen(chances, forLooks, settings.burstS);
  return {
    decisions: decided, mediaS,
    violations: watched.dog.violations + members.reduce((sum, { own: { dog } }) => sum + dog.violations, 0),
    fullest: Math.max(watched.dog.fullest, ...members.map(({ own: { dog } }) => dog.fullest)),
    utilization: Math.max(site.account.total.gmacs / perS.gmacs, site.account.total.ms / perS.ms) / mediaS,
    demand: (demand + hearing) / perS[currency] / mediaS,
    ...tally, refused: refusalsOf(members),
    bound, whole: wholeLooks(chances, prices, forLooks, settings.burstS).reduce((sum, { worth }) => sum + worth, 0), fixed: fixed.worth, fixedUtilization: (fixed.spent + hearing) / (perS[currency] * mediaS),
    possible: (clairvoyant(chances.map((chance) => ({ ...chance, worth: chance.cost })), forLooks, settings.burstS) + hearing) / (perS[currency] * mediaS),
    seconds: (performance.now() - started) / 1000,
  };
};
