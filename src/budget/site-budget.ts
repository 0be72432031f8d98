import type { SiteBudgetSettings } from '../settings/budget.js';
import { openAccount, recapped, utilization, type Account } from './account.js';
import type { GraphCosts } from './action-costs.js';
import { beyond, NOTHING, plus, type Amount } from './amount.js';
import { CameraBudget } from './camera-budget.js';
import { capOf, goesFirst, type CameraBudgetOptions, type Member, type Right, type SiteSide, type Standing } from './site-side.js';
import { pricePerS } from './price.js';
import type { SiteBudgetReport } from './figures.js';
import type { Ahead } from './window.js';

/** A claim that is not made again on the camera's next segment ends: after so many of its hops. */
const CLAIM_HOPS = 1.25;

interface Claim extends Standing {
  readonly amount: Amount;
  readonly untilUs: number;
}

const UNCAPPED: Pick<SiteBudgetSettings, 'gmacsPerS' | 'msPerS' | 'burstS'> = { gmacsPerS: null, msPerS: null, burstS: 10 };

/**
 * What all cameras of a site may spend together, and how they share it: by one price, which a look must be worth. A part of
 * the cap is each camera's own; what it does not use is lent to the others, and given back within a window's length.
 */
export class SiteBudget {
  #account: Account;
  readonly #cameras = new Map<Member, string>();
  readonly #claims = new Map<Member, Claim>();
  readonly #side: SiteSide;

  /** @param settings the site's cap; without one, only the cameras' own caps hold */
  constructor(settings: Pick<SiteBudgetSettings, 'gmacsPerS' | 'msPerS' | 'burstS'> = UNCAPPED) {
    this.#account = openAccount(capOf(settings));
    this.#side = this.#sideOf();
  }

  /** A camera joins. Its budget is to be closed when it leaves. */
  forCamera(name: string, options: CameraBudgetOptions, graph: GraphCosts): CameraBudget {
    const camera = new CameraBudget(this.#side, options, graph);
    this.#cameras.set(camera, name);
    return camera;
  }

  /** Another cap from now on. */
  update(settings: Pick<SiteBudgetSettings, 'gmacsPerS' | 'msPerS' | 'burstS'> = UNCAPPED): void {
    this.#account = recapped(this.#account, capOf(settings));
  }

  /** Whether the site has a cap at all. */
  get capped(): boolean {
    const { perS } = this.#account.cap;
    return perS.gmacs !== Infinity || perS.ms !== Infinity;
  }

  /** The account of the site's cap. */
  get account(): Account {
    return this.#account;
  }

  /** How it stands. */
  get report(): SiteBudgetReport {
    const { price, cap, debt } = this.#account;
    return {
      utilization: utilization(this.#account), price: pricePerS(price, cap.perS), debtMs: debt.ms,
      cameras: Object.fromEntries([...this.#cameras].map(([camera, name]) => [name, camera.figures])),
    };
  }

  #sideOf(): SiteSide {
    const account = (): Account => this.#account;
    const take = (next: Account): void => { this.#account = next; };
    const ahead = (): Ahead => this.#ahead;
    const hearsAll = (): boolean => this.#hearsAll;
    return {
      get account() { return account(); },
      set account(next) { take(next); },
      get ahead() { return ahead(); },
      get hearsAll() { return hearsAll(); },
      hearingShareOf: ({ priority }) => priority / [...this.#cameras.keys()].reduce((sum, one) => sum + one.priority, 0),
      measured: (sense, gmacs) => [...this.#cameras.keys()].flatMap((one) => one.measured(sense, gmacs) ?? []).sort((a, b) => b.worstMs - a.worstMs)[0],
      claimed: (camera, right) => this.#claimed(camera, right),
      claim: (camera, right, amount) => { this.#claim(camera, right, amount); },
      unclaim: (camera) => { this.#claims.delete(camera); },
      leave: (camera) => {
        this.#cameras.delete(camera);
        this.#claims.delete(camera);
      },
    };
  }

  get #ahead(): Ahead {
    if (!this.#hearsAll) return { base: NOTHING, perS: NOTHING };
    let [base, perS] = [NOTHING, NOTHING];
    for (const camera of this.#cameras.keys()) {
      const { ahead } = camera;
      base = plus(base, ahead.base);
      perS = plus(perS, ahead.perS);
    }
    return { base, perS };
  }

  get #hearsAll(): boolean {
    const { perS } = this.#account.cap;
    if (perS.gmacs === Infinity && perS.ms === Infinity) return true;
    let all = NOTHING;
    for (const camera of this.#cameras.keys()) all = plus(all, camera.hearing);
    return beyond(all, perS) === undefined;
  }

  #claim(camera: Member, right: Right, amount: Amount): void {
    const { nowUs } = this.#account;
    const before = this.#claims.get(camera);
    this.#claims.set(camera, { ...right, amount, sinceUs: before?.rank === right.rank ? before.sinceUs : nowUs, untilUs: nowUs + CLAIM_HOPS * camera.hopUs });
  }

  #claimed(camera: Member, right: Right): Amount {
    const own = this.#claims.get(camera);
    const mine = { ...right, sinceUs: own?.rank === right.rank ? own.sinceUs : Infinity };
    let sum = NOTHING;
    for (const [other, claim] of this.#claims) {
      if (claim.untilUs < this.#account.nowUs) this.#claims.delete(other);
      else if (other !== camera && goesFirst(claim, mine)) sum = plus(sum, claim.amount);
    }
    return sum;
  }
}
