import { defer, map, type OperatorFunction } from 'rxjs';
import type { Belief } from '../policy/types.js';
import type { BudgetNow } from './granted.js';
import { book, EMPTY_BOOKS, withLedger } from './ledger.js';
import type { Settled } from './types.js';

/**
 * Settles up after every segment: each belief leaves with the ledger of all that its stream has cost so far, and what was
 * reserved for it in the budget, if there is one, is settled with what it cost. Each subscription keeps books of its own.
 *
 * @example beliefs.pipe(settle()).subscribe(({ ledger }) => show(ledger.perMinute.gmacs));
 */
export const settle = (budget: BudgetNow = () => undefined): OperatorFunction<Belief, Settled> => (beliefs) =>
  defer(() => {
    let books = EMPTY_BOOKS;
    return beliefs.pipe(map((belief) => {
      books = book(books, belief);
      const figures = budget()?.settle(belief);
      return figures === undefined ? withLedger(belief, books) : { ...withLedger(belief, books), budget: figures };
    }));
  });
