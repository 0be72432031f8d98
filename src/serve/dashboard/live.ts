/** Joins the server to the board, through the typed client. */
import {
  catchError, defer, EMPTY, exhaustMap, filter, from, merge, Observable, Subscription, tap, throttleTime, timer, type ObservableInput,
} from 'rxjs';
import { asFault, type Fault } from '../../faults.js';
import type { HearkenClient } from '../client.js';
import { showCameras, showMessage, type Board } from './board.js';

/** How often the cameras' figures are asked for [ms]. */
const FIGURES_MS = 2_000;
/** However many changes of state come, the cameras are asked for no more often than this [ms]. */
const SOON_MS = 300;
/** What comes this long after the connection is news [ms]; what comes before is what was missed. */
const CATCHING_UP_MS = 1_500;

const listOf = (client: HearkenClient): Observable<Awaited<ReturnType<HearkenClient['cameras']['list']>>> =>
  new Observable((subscriber) => {
    const left = new AbortController();
    const asked = from(client.cameras.list(left.signal)).subscribe(subscriber);
    return () => {
      asked.unsubscribe();
      left.abort();
    };
  });

/**
 * Shows what the server says for as long as it is subscribed to. It ends when a token is needed.
 *
 * @param client of the server
 * @param board what is shown
 * @param hasToken whether the client was given one
 */
export const follow = (client: HearkenClient, board: Board, hasToken: boolean): Subscription => {
  const all = new Subscription();
  const whenRefused = (fault: Fault): ObservableInput<never> => {
    if (fault.kind === 'auth-required') {
      // Nothing more is tried until another token is given.
      all.unsubscribe();
      board.tokenNeed.value = hasToken ? { complaint: fault.message } : {};
    } else board.trouble.value = fault.sentence;
    return EMPTY;
  };
  const guarded = <T>(source: Observable<T>): Observable<T> => source.pipe(catchError((error: unknown) => whenRefused(asFault(error, 'serve'))));
  let openedAtMs = Infinity;
  const aloud = (): boolean => performance.now() - openedAtMs > CATCHING_UP_MS;
  const opened = client.connection.pipe(
    tap((state) => {
      board.connection.value = state;
      openedAtMs = state === 'open' ? performance.now() : Infinity;
    }),
    filter((state) => state === 'open'),
  );
  const news = client.subscribe({ kinds: ['segment', 'state'] }).pipe(
    tap((message) => { showMessage(board, message, aloud()); }),
    filter(({ type }) => type === 'state'),
  );
  const events = client.subscribe({ kinds: ['event'], since_seq: 0 }).pipe(tap((message) => { showMessage(board, message, aloud()); }));
  const reports = merge(timer(0, FIGURES_MS), merge(opened, guarded(news)).pipe(throttleTime(SOON_MS, undefined, { leading: true, trailing: true }))).pipe(
    exhaustMap(() => guarded(defer(() => listOf(client)))),
    tap((cameras) => {
      board.trouble.value = undefined;
      showCameras(board, cameras);
    }),
  );
  all.add(reports.subscribe());
  all.add(guarded(events).subscribe());
  return all;
};
