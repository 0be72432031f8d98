import { defer, EMPTY, expand, map, switchMap, takeLast, timer, type Observable } from 'rxjs';
import type { Outcome, Parcel } from './attempt.js';

/** How patiently a message is delivered. */
export interface Patience {
  /** Attempts, the first included. */
  readonly attempts: number;
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
}

/**
 * Wait before an attempt [ms]: between half and all of `retryFirstMs` · 2^(n−2) for the n-th, so that receivers that come
 * back are not met by everybody at once; never longer than `retryMaxMs`, and not shorter than what the receiver asked for.
 *
 * @param attempt the attempt that comes, from 2
 * @param chance 0…1, evenly distributed
 */
export const waitMs = (attempt: number, { retryFirstMs, retryMaxMs }: Patience, chance: number, askedMs = 0): number => {
  const longest = Math.min(retryMaxMs, retryFirstMs * 2 ** (attempt - 2));
  return Math.min(retryMaxMs, Math.max(askedMs, longest * (0.5 + chance / 2)));
};

interface Tried {
  readonly attempt: number;
  readonly outcome: Outcome;
}

/**
 * Delivers one message: attempt after attempt, until it is delivered or refused or none is left. Cold; emits the last
 * outcome once, with the number of attempts. Time passes by RxJS's scheduler only.
 *
 * @param tryOnce makes one attempt
 * @param chance 0…1 for each wait
 */
export const deliver = (
  parcel: Parcel, patience: Patience, tryOnce: (parcel: Parcel, attempt: number) => Observable<Outcome>, chance: () => number,
): Observable<Tried> => {
  const one = (attempt: number): Observable<Tried> => defer(() => tryOnce(parcel, attempt)).pipe(map((outcome) => ({ attempt, outcome })));
  return one(1).pipe(
    expand(({ attempt, outcome }) => outcome.kind !== 'again' || attempt >= patience.attempts
      ? EMPTY
      : timer(waitMs(attempt + 1, patience, chance(), outcome.afterMs)).pipe(switchMap(() => one(attempt + 1)))),
    takeLast(1),
  );
};
