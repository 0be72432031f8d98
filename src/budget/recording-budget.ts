import { Fault } from '../faults.js';
import type { RecordingPrice, SenseName } from '../inference/manifest.js';
import type { Belief } from '../policy/types.js';
import type { GraphCosts } from './action-costs.js';
import type { BudgetFigures } from './figures.js';
import { recordingPrice } from './recording-price.js';
import { tooDear } from './refused.js';
import type { StepBudget } from './types.js';

/** What a budget for one recording is made of. */
export interface RecordingBudgetOptions {
  /** All that may be spent on the recording, in 10⁹ multiply-accumulates. */
  readonly gmacs: number;
  readonly graph: GraphCosts;
  /** Steps after which the answer is given at the latest; absent without a stopping rule. */
  readonly horizonSteps?: number | undefined;
  /** What looks must be worth for their cost; heeded only with a horizon. Without it looks are spread evenly. */
  readonly price?: RecordingPrice | undefined;
}

/** Whole multiply-accumulates: they add up without rounding, so that a budget is kept to the last one. */
const macsOf = (gmacs: number): number => Math.round(gmacs * 1e9);

const tooSmall = (gmacs: number, stepMacs: number): Fault =>
  new Fault('budget', 'settings-invalid', `A budget of ${gmacs} GMAC for a recording pays for no step: hearing one costs ${stepMacs / 1e9} GMAC.`, {
    remedy: `Give at least ${stepMacs / 1e9} GMAC for each step that is to be heard.`,
  });

/**
 * The budget for one whole recording, which is spent once and does not come back (HMS §4.2.2). It is counted in
 * multiply-accumulates alone: they are known before a net runs, so that the worst case is reserved and nothing overshoots.
 * Where a stopping rule has a horizon, looks never take what hearing every step up to it needs. What is left for them goes to
 * looks that are worth their price, by what is left and how many steps are to come, whether the gate opens or not. Where no price is known, it
 * comes step by step, in equal parts, to gates that open: spent at once, it would be gone before anything is to be seen. Without a
 * horizon, what is left decides.
 */
export class RecordingBudget implements StepBudget {
  readonly #budgetMacs: number;
  readonly #macs: Readonly<Record<SenseName, number>>;
  /** Steps up to the horizon, 0 without one; and those that were heard or are being heard. */
  readonly #horizonSteps: number;
  readonly #price: RecordingPrice | undefined;
  #heardSteps = 0;
  /** Spent or reserved; and the part of it that is reserved for the step under way. */
  #takenMacs = 0;
  #reservedMacs = 0;
  #refusals: BudgetFigures['refusals'] = {};

  /**
   * @param options what may be spent, and what actions cost
   * @throws Fault `settings-invalid` when it does not even pay for hearing one step
   */
  constructor({ gmacs, graph, horizonSteps = 0, price }: RecordingBudgetOptions) {
    this.#budgetMacs = macsOf(gmacs);
    this.#macs = { audio: macsOf(graph.gmacs.audio), appearance: macsOf(graph.gmacs.appearance), motion: macsOf(graph.gmacs.motion) };
    this.#horizonSteps = horizonSteps;
    this.#price = horizonSteps > 0 ? price : undefined;
    if (this.#budgetMacs < this.#macs.audio) throw tooSmall(gmacs, this.#macs.audio);
  }

  /** A step is there to be heard. False when what is left does not pay for it: then it must not be computed. */
  hear(): boolean {
    // A step that was cut off is not known to have cost less than was reserved for it.
    this.#reservedMacs = 0;
    if (this.#spent) {
      this.#refuse('listening');
      return false;
    }
    this.#heardSteps += 1;
    this.#reserve(this.#macs.audio);
    return true;
  }

  /** A gate wants to look: see {@link StepBudget.look}. Who does not say what it is worth is not asked the price. */
  look(sense: 'appearance' | 'motion', worth = Infinity): string | undefined {
    const macs = this.#macs[sense];
    const lack = this.#lackOf(macs);
    const why = lack ?? this.#tooDear(macs, worth);
    if (why === undefined) this.#reserve(macs);
    else this.#refuse(lack === undefined ? 'price' : 'cap');
    return why;
  }

  /** A gate stays shut: see {@link StepBudget.offer}. */
  offer(sense: 'appearance' | 'motion', worth: number): boolean {
    const macs = this.#macs[sense];
    if (this.#price === undefined || this.#lackOf(macs) !== undefined || this.#tooDear(macs, worth) !== undefined) return false;
    this.#reserve(macs);
    return true;
  }

  #lackOf(macs: number): string | undefined {
    if (macs > this.#leftMacs) return 'not enough is left for this recording';
    if (macs > this.#forLooksMacs) return 'what is left for this recording is kept for listening';
    return this.#price === undefined && macs > this.#accruedMacs ? 'what is left for this recording is kept for later looks' : undefined;
  }

  #tooDear(macs: number, worth: number): string | undefined {
    if (this.#price === undefined || worth === Infinity) return undefined;
    const wanted = (recordingPrice(this.#price, Math.max(1, this.#horizonSteps - this.#heardSteps + 1), this.#forLooksMacs / 1e9) * macs) / 1e9;
    return worth < wanted ? tooDear(worth, wanted).why : undefined;
  }

  /** What is left beside hearing every step to come. */
  get #forLooksMacs(): number {
    return this.#leftMacs - Math.max(0, this.#horizonSteps - this.#heardSteps) * this.#macs.audio;
  }

  /** What looks may have had by now, less what they had. */
  get #accruedMacs(): number {
    if (this.#heardSteps >= this.#horizonSteps) return Infinity;
    const forLooks = this.#budgetMacs - this.#horizonSteps * this.#macs.audio;
    const had = Math.max(0, this.#takenMacs - this.#heardSteps * this.#macs.audio);
    return Math.floor((forLooks * this.#heardSteps) / this.#horizonSteps) - had;
  }

  /** The step is over: what it really cost is spent, the rest of what was reserved for it is free again. */
  settle({ cost }: Pick<Belief, 'cost'>): BudgetFigures {
    this.#takenMacs += macsOf(cost.gmacs) - this.#reservedMacs;
    this.#reservedMacs = 0;
    return this.figures;
  }

  /** How it stands. */
  get figures(): BudgetFigures {
    return {
      own: { gmacs: this.#takenMacs / this.#budgetMacs, ms: null }, site: { gmacs: null, ms: null }, price: 0, debtMs: 0, refusals: this.#refusals,
      recording: { gmacs: this.#budgetMacs / 1e9, spentGmacs: this.#takenMacs / 1e9, spent: this.#spent },
    };
  }

  get #leftMacs(): number {
    return this.#budgetMacs - this.#takenMacs;
  }

  get #spent(): boolean {
    return this.#leftMacs < this.#macs.audio;
  }

  #reserve(macs: number): void {
    this.#takenMacs += macs;
    this.#reservedMacs += macs;
  }

  #refuse(why: 'price' | 'cap' | 'listening'): void {
    this.#refusals = { ...this.#refusals, [why]: (this.#refusals[why] ?? 0) + 1 };
  }
}
