/** One camera's work is booked twice: under its own cap, and under that of all cameras together. */
import type { SenseName } from '../inference/manifest.js';
import { advanced, openAccount, priceOf, recapped, reserved, room, roomBesideDebt, settled, wished, type Account, type Cap } from './account.js';
import { least, NOTHING, type Amount } from './amount.js';
import type { Ahead } from './window.js';

/** An action of the segment in the step, reserved in both accounts. */
export interface Ticket {
  readonly sense: SenseName;
  readonly amount: Amount;
  readonly ownSlot: number;
  readonly siteSlot: number;
  /** What of the camera's credit it took. */
  readonly credited: Amount;
}

/** A camera's own account beside that of its site, which others write to as well. */
export class TwoAccounts {
  readonly #site: { account: Account };
  #own: Account;
  #tickets: readonly Ticket[] = [];

  /**
   * @param site holds the account that is shared
   * @param cap the camera's own
   */
  constructor(site: { account: Account }, cap: Cap) {
    this.#site = site;
    this.#own = openAccount(cap);
  }

  /** The account of the camera's own cap. */
  get own(): Account {
    return this.#own;
  }

  /** The account of the site's cap. */
  get site(): Account {
    return this.#site.account;
  }

  /** What may be booked in both. */
  get free(): Amount {
    return least(room(this.#own), room(this.site));
  }

  /** What looks may be booked beside debts and what is sure to come: in each account. */
  freeForLooks(own: Ahead, site: Ahead): { readonly own: Amount; readonly site: Amount } {
    return { own: roomBesideDebt(this.#own, own), site: roomBesideDebt(this.site, site) };
  }

  /** Another cap of the camera's own; what was booked stays booked. */
  recap(cap: Cap): void {
    this.#own = recapped(this.#own, cap);
  }

  /** A segment begins, at its time on each clock [µs]. What was reserved for a step that was cut off stays booked: it is not known to have cost less. */
  begin(ownUs: number, siteUs: number, own: Ahead, site: () => Ahead): void {
    this.#tickets = [];
    this.#own = advanced(this.#own, ownUs, own);
    this.#site.account = advanced(this.site, siteUs, site());
  }

  /** What an amount costs now in both [bit]. */
  priceOf(amount: Amount): number {
    return priceOf(this.#own, amount) + priceOf(this.site, amount);
  }

  /** Something was wished for: both prices rise. */
  wish(amount: Amount): void {
    this.#own = wished(this.#own, amount);
    this.#site.account = wished(this.site, amount);
  }

  /** Books an action in both accounts, as far as there is room: the caller has seen to it that there is enough. */
  reserve(sense: SenseName, wanted: Amount, credited: Amount): void {
    const amount = least(wanted, this.free);
    const own = reserved(this.#own, amount), site = reserved(this.site, amount);
    this.#own = own.account;
    this.#site.account = site.account;
    this.#tickets = [...this.#tickets, { sense, amount, ownSlot: own.slot, siteSlot: site.slot, credited }];
  }

  /** The segment is over: settles each action with what it cost, and says which there were. */
  settle(costs: Readonly<Partial<Record<SenseName, Amount>>>): readonly (Ticket & { readonly cost: Amount })[] {
    const done = this.#tickets.map((ticket) => ({ ...ticket, cost: costs[ticket.sense] ?? NOTHING }));
    for (const { amount, ownSlot, siteSlot, cost } of done) {
      this.#own = settled(this.#own, ownSlot, amount, cost);
      this.#site.account = settled(this.site, siteSlot, amount, cost);
    }
    this.#tickets = [];
    return done;
  }
}
