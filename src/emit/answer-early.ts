import { catchError, concat, defer, from, map, mergeMap, takeWhile, tap, throwError, type Observable, type OperatorFunction } from 'rxjs';
import type { Settled } from '../budget/types.js';
import { answerEnds, answerStep, UNANSWERED, type AnswerSpec } from './answer.js';
import type { Output } from './types.js';

/**
 * Gives one answer for a whole recording, as soon as it is sure or the budget is spent, and completes: then the source is left, and
 * nothing further is read, heard or decoded. Until then each belief leaves as a segment, with the gates that changed; events are
 * not said. Where the source completes or fails first, the answer is what is known by then, and a fault follows it. Where
 * there was not one belief nothing is known, and no answer is made up. Each subscription answers for itself.
 *
 * @param spec whose recording it is, and the rule by which it is sure
 * @example beliefs.pipe(settle(budget), answerEarly({ camera: 'clip', rule: net.stopping }))
 */
export const answerEarly = (spec: AnswerSpec): OperatorFunction<Settled, Output> => (beliefs) =>
  defer(() => {
    let memory = UNANSWERED;
    const ends: Observable<Output> = defer(() => from(answerEnds(spec, memory).outputs));
    return concat(
      beliefs.pipe(
        map((belief) => answerStep(spec, memory, belief)),
        tap((step) => { memory = step.memory; }),
        takeWhile(({ memory: { answered } }) => !answered, true),
        mergeMap(({ outputs }) => from(outputs)),
        catchError((error: unknown) => concat(ends, throwError(() => error))),
      ),
      ends,
    );
  });
