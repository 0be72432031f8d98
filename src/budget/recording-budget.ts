import { Fault } from '../faults.js';
import type { SenseName } from '../inference/manifest.js';
import type { Belief } from '../policy/types.js';
import type { GraphCosts } from './action-costs.js';
import type { BudgetFigures } from './figures.js';
import type { StepBudget } from './types.js';

/** What a budget for one recording is made of. */
export interface RecordingBudgetOptions {
  /** All that may be spent on the recording, in 10⁹ multiply-accumulates. */
  readonly gmacs: number;
  readonly graph: GraphCosts;
  /** Steps after which the answer is given at the latest; absent without a stopping rule. */
  readonly horizonSteps?: number | undefined;
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
 * Where a stopping rule has a horizon, looks never take what hearing every step up to it needs, and what is left for them
 * comes step by step, in equal parts: spent at once, it would be gone before anything is to be seen. Without a horizon, what
 * is left decides.
 */
export class RecordingBudget implements StepBudget {
  readonly #budgetMacs: number;
  readonly #macs: Readonly<Record<SenseName, number>>;
  /** Steps up to the horizon, 0 without one; and those that were heard or are being heard. */
  readonly #horizonSteps: number;
  #heardSteps = 0;
  /** Spent or reserved; and the part of it that is reserved for the step under way. */
  #takenMacs = 0;
  #reservedMacs = 0;
  #refusals: BudgetFigures['refusals'] = {};

  /**
   * @param options what may be spent, and what actions cost
   * @throws Fault `settings-invalid` when it does not even pay for hearing one step
   */
  constructor({ gmacs, graph, horizonSteps = 0 }: RecordingBudgetOptions) {
    this.#budgetMacs = macsOf(gmacs);
    this.#macs = { audio: macsOf(graph.gmacs.audio), appearance: macsOf(graph.gmacs.appearance), motion: macsOf(graph.gmacs.motion) };
    this.#horizonSteps = horizonSteps;
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

  /** A gate wants to look: see {@link StepBudget.look}. What a look is worth is not asked: what is not spent is worth nothing. */
  look(sense: 'appearance' | 'motion'): string | undefined {
    const macs = this.#macs[sense];
    const why = this.#whyNot(macs);
    if (why === undefined) this.#reserve(macs);
    else this.#refuse('cap');
    return why;
  }

  #whyNot(macs: number): string | undefined {
    const ahead = Math.max(0, this.#horizonSteps - this.#heardSteps) * this.#macs.audio;
    if (macs > this.#leftMacs) return 'not enough is left for this recording';
    if (macs > this.#leftMacs - ahead) return 'what is left for this recording is kept for listening';
    return macs > this.#accruedMacs ? 'what is left for this recording is kept for later looks' : undefined;
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

  #refuse(why: 'cap' | 'listening'): void {
    this.#refusals = { ...this.#refusals, [why]: (this.#refusals[why] ?? 0) + 1 };
  }
}
