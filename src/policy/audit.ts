/** Looking in full at a sample of segments, so that what the gates miss, and what they save, is known and not guessed. */
import { concatMap, concat, defer, identity, map, of, reduce, type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import type { Look as Looking } from '../sense/see.js';
import type { Segment } from '../segment/types.js';
import { addCosts, isForbidden, NO_COST, type Evidence, type NoReading, type Reading } from '../sense/types.js';
import type { Audit, Belief, Gate, Memory, Policy, RankedLabel, Step, Verdict } from './types.js';

/** How segments are audited. */
export interface AuditOptions {
  /** Share of the segments that are looked at in full, 0…1; evenly spread, by their index. */
  readonly share: number;
  /** A label counts as said from this score on, 0…1. */
  readonly confidence: number;
  /** Sensors of the audit's own: what they keep of the last picture must not change what a gated look costs. */
  readonly see: Looking;
  readonly watch: Looking;
  readonly policy: Policy;
}

/** How segments are audited, as it holds for the segment in the step; undefined where none is audited. */
export type AuditNow = () => AuditOptions | undefined;

const isSampled = (index: number, share: number): boolean => Math.floor((index + 1) * share) > Math.floor(index * share);

/** What cannot be opened is not missed. */
const wasShut = ({ gates }: Belief, sense: 'appearance' | 'motion'): boolean => {
  const decision = gates[sense];
  return decision !== undefined && !decision.open && !isForbidden(decision);
};

const saidAt = ({ known, heard, seen, watched }: Belief, confidence: number): ReadonlySet<string> => {
  const lists: readonly (readonly RankedLabel[])[] = known === undefined ? [heard, seen?.labels ?? [], watched?.labels ?? []] : [known.labels];
  return new Set(lists.flat().filter(({ score }) => score >= confidence).map(({ label }) => label));
};

const everythingOf = (evidence: Evidence, readings: readonly (Reading | NoReading)[]): Evidence => ({
  ...evidence,
  readings: { ...evidence.readings, ...Object.fromEntries(readings.map((reading) => [reading.sense, reading])) },
  gates: { ...evidence.gates, ...Object.fromEntries(readings.map(({ sense }) => [sense, { open: true, reason: 'ungated' } as const])) },
});

/** A second opinion on one step, from the memory before it and all senses. */
const opinion = (memory: Memory, segment: Segment, { output: own }: Step<Memory, Belief>, { confidence, see, watch, policy }: AuditOptions): Observable<Audit> => {
  const looks = [...(wasShut(own, 'appearance') ? [see] : []), ...(wasShut(own, 'motion') ? [watch] : [])];
  if (looks.length === 0) return of({ missed: [], cost: NO_COST });
  return concat(...looks.map((look) => look(segment))).pipe(
    reduce((readings, reading) => [...readings, reading], [] as (Reading | NoReading)[]),
    concatMap((readings) => policy.remember(memory, everythingOf(own.evidence, readings)).pipe(map(({ output: full }): Audit => {
      const said = saidAt(own, confidence);
      return { missed: [...saidAt(full, confidence)].filter((label) => !said.has(label)), cost: addCosts(...readings.map(({ cost }) => cost)) };
    }))),
  );
};

/**
 * The gate mode `shadow`: on a sample of segments the senses behind shut gates are read too, after the step, and the
 * same policy says what it would have believed. The step itself, its memory and its cost stay what they are; what the
 * audit found goes with the belief. The options are asked for when the step is done: they are those of its own settings.
 */
export const audited = (memory: Memory, segment: Segment, audit: AuditNow | undefined): MonoTypeOperatorFunction<Step<Memory, Belief>> =>
  audit === undefined ? identity : (steps) => steps.pipe(concatMap((step) => {
    const options = audit();
    if (options === undefined || !isSampled(step.output.index, options.share)) return of(step);
    return defer(() => opinion(memory, segment, step, options)).pipe(
      map((found) => ({ ...step, output: { ...step.output, audit: found } })),
    );
  }));

/**
 * The gate mode `off`: the gate stands open on every segment, but where its sense is forbidden or has no pack. What it
 * would have decided is still worked out, since a learned policy needs it.
 */
export const ungated = (gate: Gate): Gate => ({
  sense: gate.sense,
  decide: (memory, evidence) => gate.decide(memory, evidence).pipe(map((verdict): Verdict => (
    verdict.decision.open || isForbidden(verdict.decision) ? verdict : { ...verdict, decision: { open: true, reason: 'ungated' } }
  ))),
  remember: (memory, evidence) => gate.remember(memory, evidence),
});
