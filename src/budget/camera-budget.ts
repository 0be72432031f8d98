import type { SenseName } from '../inference/manifest.js';
import type { Belief } from '../policy/types.js';
import { allowance, forLooks, utilization, type Account } from './account.js';
import { afterRun, inTheLongRun, knownFrom, measured, reservation, unknownCost, usual, worst, type ActionCost, type GraphCosts } from './action-costs.js';
import { beyond, least, less, NOTHING, plus, times, type Amount } from './amount.js';
import { charged, covers, earned, returned, used, type Credit } from './credit.js';
import type { Measured } from './estimate.js';
import { pricePerS, secondsOf } from './price.js';
import { actualCosts } from './actual-costs.js';
import { calmer, hastier } from './haste.js';
import { capOf, siteCapOf, type CameraBudgetOptions, type Member, type Rank, type SiteSide } from './site-side.js';
import { firstPosition, moved, type Position } from './site-clock.js';
import type { BudgetFigures, Refusal } from './figures.js';
import { neverFits, noRoom, tooDear, type Refused } from './refused.js';
import { TwoAccounts } from './two-accounts.js';
import type { StepBudget } from './types.js';
import type { Ahead } from './window.js';

const NO_CREDIT: Credit = { amount: NOTHING, atUs: 0 };

/**
 * One camera's budget: its own cap, and its part in that of the site. What it is asked, it decides from media time and
 * from costs that it was told; no clock is read. One segment at a time.
 */
export class CameraBudget implements StepBudget, Member {
  readonly #site: SiteSide;
  readonly #graph: GraphCosts;
  #options: CameraBudgetOptions;
  readonly #accounts: TwoAccounts;
  #position: Position;
  #costs: Readonly<Record<SenseName, ActionCost>>;
  #credit: Credit = NO_CREDIT;
  #hearing: Credit = NO_CREDIT;
  /** When a look was last granted [µs of the site's time]. */
  #lookedUs: number;
  /** How far it is behind real time, as a price [bit for a second of work]; see {@link overtaken}. */
  #haste = 0;
  #refusals: Readonly<Partial<Record<Refusal, number>>> = {};
  #ahead: Ahead;
  #closed = false;

  /**
   * @param site what it shares with other cameras
   * @param options its own cap, and its rank among them
   * @param graph what its nets cost
   */
  constructor(site: SiteSide, options: CameraBudgetOptions, graph: GraphCosts) {
    this.#site = site;
    this.#options = options;
    this.#graph = graph;
    this.#accounts = new TwoAccounts(site, capOf(options));
    this.#position = firstPosition(site.account.nowUs);
    this.#lookedUs = site.account.nowUs;
    const of = (sense: SenseName): ActionCost => unknownCost(sense, graph.gmacs[sense]);
    this.#costs = { audio: of('audio'), appearance: of('appearance'), motion: of('motion') };
    this.#ahead = this.#lookAhead();
  }

  /** Its rank among the cameras. */
  get priority(): number {
    return this.#options.priority;
  }

  /** From one of its segments to the next [µs]. */
  get hopUs(): number {
    return this.#graph.hopUs;
  }

  /** What listening usually costs a second. */
  get hearing(): Amount {
    const { audio } = this.#costs;
    // What was never measured is taken to fit.
    return times({ gmacs: audio.usualGmacs, ms: audio.time.runs === 0 ? 0 : audio.time.meanMs }, 1e6 / this.#graph.hopUs);
  }

  /** Listening that it is sure to do. */
  get ahead(): Ahead {
    return this.#ahead;
  }

  /** What it knows of an action of so many 10⁹ multiply-accumulates; undefined before it did one, and where its own nets are others. */
  measured(sense: SenseName, gmacs: number): Measured | undefined {
    const own = this.#costs[sense];
    return own.gmacs === gmacs ? measured(own, this.#position.ownUs) : undefined;
  }

  #lookAhead(): Ahead {
    if (!this.#hearsAll) return { base: NOTHING, perS: NOTHING };
    const one = inTheLongRun(this.#costs.audio);
    return { base: one, perS: times(one, 1e6 / this.#graph.hopUs) };
  }

  /**
   * What must be free, and saved up, for a segment to be heard where not all can be: what one takes in the mean, since with the worst a
   * camera would be silent for long after each slow moment; and never so much that it could not be had.
   */
  get #turn(): Amount {
    const { gmacs, ms } = inTheLongRun(this.#costs.audio);
    const most = least(allowance(this.account.cap), allowance(this.#site.account.cap));
    return { gmacs, ms: Math.min(ms, most.ms / 2) };
  }

  get #hearsAll(): boolean {
    return beyond(this.hearing, this.account.cap.perS) === undefined;
  }

  /**
   * A segment is there to be listened to. False when not even that fits. Where all listening fits in the long run, a slow
   * moment of this machine does not deafen it: what the worst case lacks becomes a debt, which looking pays.
   * @param endUs end of the segment [µs of its media]
   */
  hear(endUs: number): boolean {
    this.#begin(endUs);
    const one = worst(this.#costs.audio, this.#position.ownUs), mean = this.#turn;
    const site = this.#site;
    const thin = !site.hearsAll;
    if (thin) {
      this.#hearing = earned(this.#hearing, site.account.nowUs, site.account.cap, site.hearingShareOf(this), mean);
      if (!covers(this.#hearing, mean)) return this.#refuse('listening');
    }
    const { free } = this.#accounts;
    // Multiply-accumulates are known beforehand, so they never run on credit.
    if (one.gmacs > free.gmacs || (mean.ms > free.ms && (thin || !this.#hearsAll))) return this.#refuse('listening');
    if (thin) this.#hearing = used(this.#hearing, mean);
    this.#accounts.reserve('audio', one, thin ? mean : NOTHING);
    this.#accounts.wish(usual(this.#costs.audio));
    return true;
  }

  /**
   * A gate wants to look. Undefined when it may, and then the look is reserved; else why not, for people.
   * @param sense what it would look with
   * @param worth what the look is worth [bit]; who does not say is taken to be one bit in doubt
   */
  look(sense: 'appearance' | 'motion', worth = 1): string | undefined {
    const answer = this.#ask(sense, worth, true);
    if (answer === undefined) return undefined;
    this.#refuse(answer.refusal);
    return answer.why;
  }

  /**
   * A gate stays shut: see {@link StepBudget.offer}. Such a look has no rights and keeps no room: it takes what others leave. However empty
   * the window is, it must be worth `unaskedBit`: a cap is no target.
   */
  offer(sense: 'appearance' | 'motion', worth: number): boolean {
    const { unaskedBit = null } = this.#options;
    if (unaskedBit === null || worth < unaskedBit) return false;
    return this.#ask(sense, worth, false) === undefined;
  }

  /** Reserves a look, or says why not. Nothing is counted. */
  #ask(sense: 'appearance' | 'motion', worth: number, wished: boolean): Refused | undefined {
    const site = this.#site;
    const allowed = least(forLooks(this.account, this.ahead), forLooks(site.account, site.ahead));
    const cost = knownFrom(this.#costs[sense], (gmacs) => site.measured(sense, gmacs), this.#position.ownUs), one = usual(cost);
    const wanted = reservation(cost, this.#position.ownUs, allowed);
    if (wanted === undefined) return neverFits(sense);
    const price = this.#accounts.priceOf(one) + (this.#haste * one.ms) / 1000;
    const rank = wished ? this.#rankOf(worth, wanted) : 'priced';
    if (rank === 'priced' && worth * this.#options.priority < price) return tooDear(worth, price / this.#options.priority);
    // The price follows those who heed it.
    if (rank === 'priced') this.#accounts.wish(one);
    const free = this.#accounts.freeForLooks(this.ahead, site.ahead);
    const right = { rank, bitPerS: rank === 'priced' ? (worth * this.#options.priority) / secondsOf(one, site.account.cap.perS) : 0 };
    const ownLack = beyond(wanted, free.own), siteLack = beyond(plus(wanted, site.claimed(this, right)), free.site);
    if (ownLack !== undefined || siteLack !== undefined) {
      // Who is held up by a cap of its own keeps no room from others.
      if (wished && ownLack === undefined) site.claim(this, right, wanted);
      return ownLack === undefined ? noRoom(siteLack, ' at this site') : noRoom(ownLack, '');
    }
    if (rank !== 'priced') this.#accounts.wish(one);
    if (wished) site.unclaim(this);
    this.#lookedUs = site.account.nowUs;
    this.#credit = used(this.#credit, wanted);
    this.#accounts.reserve(sense, wanted, wanted);
    return undefined;
  }

  /** The segment is over: what it cost is settled, and learnt from. */
  settle(belief: Belief): BudgetFigures {
    for (const { sense, credited, cost } of this.#accounts.settle(actualCosts(belief, this.#graph))) {
      if (sense === 'audio') this.#hearing = credited === NOTHING ? this.#hearing : charged(returned(this.#hearing, credited), cost);
      else this.#credit = returned(this.#credit, less(credited, cost));
      if (cost.gmacs > 0 || cost.ms > 0) this.#costs = { ...this.#costs, [sense]: afterRun(this.#costs[sense], cost, this.#position.ownUs) };
    }
    this.#ahead = this.#lookAhead();
    return this.figures;
  }

  /** A segment was dropped since this machine did not follow: looking becomes dearer until it does. Listening does not. */
  overtaken(): void {
    this.#haste = hastier(this.#haste);
  }

  /** Other settings from now on. */
  update(options: CameraBudgetOptions): void {
    this.#options = options;
    this.#accounts.recap(capOf(options));
    this.#ahead = this.#lookAhead();
  }

  /** How it stands. */
  get figures(): BudgetFigures {
    const { own, site } = this.#accounts;
    return {
      own: utilization(own), site: utilization(site), price: pricePerS(own.price, own.cap.perS) + pricePerS(site.price, site.cap.perS) + this.#haste,
      debtMs: own.debt.ms, refusals: this.#refusals, ...siteCapOf(site.cap),
    };
  }

  /** The account of its own cap: for reports and tests. */
  get account(): Account {
    return this.#accounts.own;
  }

  /** It leaves the site; what it had booked stays booked. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#site.leave(this);
  }

  #begin(endUs: number): void {
    const before = this.#position.ownUs;
    this.#position = moved(this.#position, endUs, this.#graph.hopUs, this.#site.account.nowUs);
    this.#haste = calmer(this.#haste, this.#position.ownUs - before);
    this.#ahead = this.#lookAhead();
    this.#accounts.begin(this.#position.ownUs, this.#position.siteUs, this.ahead, () => this.#site.ahead);
  }

  #rankOf(worth: number, wanted: Amount): Rank {
    if (worth === Infinity) return 'asked';
    const { nowUs, cap } = this.#site.account;
    // Who cannot follow has no right to look, and where nothing is shared there are no rights.
    if (this.#haste > 0 || (cap.perS.gmacs === Infinity && cap.perS.ms === Infinity)) return 'priced';
    const { minimumShare } = this.#options;
    if (minimumShare === undefined) return nowUs - this.#lookedUs >= cap.burstS * 1e6 ? 'own' : 'priced';
    this.#credit = earned(this.#credit, nowUs, cap, minimumShare, wanted);
    return covers(this.#credit, wanted) ? 'own' : 'priced';
  }

  #refuse(why: Refusal): false {
    this.#refusals = { ...this.#refusals, [why]: (this.#refusals[why] ?? 0) + 1 };
    return false;
  }
}
