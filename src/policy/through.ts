import { concatMap, defaultIfEmpty, defer, map, of, take, type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import { NO_COST, type Evidence, type NoReading, type Reading } from '../sense/types.js';
import type { Gate, Memory } from './types.js';

/**
 * Lets a sense add its reading, if its gate opens. A shut gate costs nothing: `sense` is not even called. The decision
 * goes into the evidence either way. Without a gate there is no such sense, and the evidence goes on as it is.
 *
 * @example hear(segment).pipe(through(gates.appearance, memory, () => see(segment)))
 * @param gate decides; what it worked out on the way goes into the evidence too
 * @param memory what the gate may know of the past
 * @param sense makes the reading: one, or one reason why there is none
 */
export const through = (
  gate: Gate | undefined,
  memory: Memory,
  sense: () => Observable<Reading | NoReading>,
): MonoTypeOperatorFunction<Evidence> => (source) =>
  gate === undefined ? source : source.pipe(concatMap((evidence) => gate.decide(memory, evidence).pipe(
    take(1),
    concatMap(({ decision, thoughts }) => {
      const decided: Evidence = {
        ...evidence,
        gates: { ...evidence.gates, [gate.sense]: decision },
        ...(thoughts === undefined ? {} : { thoughts }),
      };
      if (!decision.open) return of(decided);
      return defer(sense).pipe(
        take(1),
        defaultIfEmpty<Reading | NoReading, NoReading>({ sense: gate.sense, reason: 'closed', cost: NO_COST }),
        map((reading): Evidence => ({ ...decided, readings: { ...decided.readings, [gate.sense]: reading } })),
      );
    }),
  )));
