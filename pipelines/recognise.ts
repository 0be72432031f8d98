import { concatMap, defer, finalize, type Observable } from 'rxjs';
import { granted, heardWithin, type BudgetNow } from '../src/budget/granted.js';
import { settle } from '../src/budget/settle.js';
import type { AnswerSpec } from '../src/emit/answer.js';
import { answerEarly } from '../src/emit/answer-early.js';
import { emitEarly } from '../src/emit/emit-early.js';
import type { EmitSpec, Output } from '../src/emit/types.js';
import type { SourceEvent } from '../src/ingest/types.js';
import { audited, type AuditNow } from '../src/policy/audit.js';
import { causalScan, type DropReason } from '../src/policy/causal-scan.js';
import { through } from '../src/policy/through.js';
import type { Belief, Gate, Memory, Policy, Step } from '../src/policy/types.js';
import { segmentEvery } from '../src/segment/segment-every.js';
import type { SegmentSpec } from '../src/segment/spec.js';
import type { Segment } from '../src/segment/types.js';
import type { Hear } from '../src/sense/hear.js';
import type { Look } from '../src/sense/see.js';

/** What recognition is made of. The sensors keep a stream's state, so each stream has its own. */
export interface Recognition {
  /** Opens the source; `stop` ends it. */
  readonly open: (source: string, stop: AbortSignal) => Observable<SourceEvent>;
  readonly hear: Hear;
  readonly see: Look;
  readonly watch: Look;
  /** A sense without a gate is never used. */
  readonly gates: { readonly appearance?: Gate; readonly motion?: Gate };
  readonly policy: Policy;
  /** What may be spent, now; without one nothing is limited. */
  readonly budget?: BudgetNow;
  /** How segments are audited, now; absent where none is. */
  readonly audit?: AuditNow;
  readonly profile: {
    readonly segment: SegmentSpec;
    readonly waiting: number;
    readonly emit: EmitSpec | (() => EmitSpec);
    /** One answer for all of the source instead of events. */
    readonly answer?: AnswerSpec;
  };
  /** Told of every segment that was not stepped on: `overtaken` is a loss to be counted, `left` is not. */
  readonly onDrop?: (segment: Segment, reason: DropReason) => void;
}

/**
 * Recognises what happens in one source: hear always, look when the gate opens, remember, say it early. Cold: nothing is
 * opened before subscription. Every segment is released once: after its step, or when it is dropped.
 */
export const recognise = (
  source: string,
  stop: AbortSignal,
  { open, hear, see, watch, gates, policy, budget = () => undefined, audit, profile, onDrop }: Recognition,
): Observable<Output> => {
  const step = (memory: Memory, segment: Segment): Observable<Step<Memory, Belief>> =>
    defer(() => heardWithin(hear, budget)(segment)).pipe(             // always
      through(granted(gates.appearance, budget), memory, () => see(segment)),  // decoded and run only if the gate opens and the budget grants it
      through(granted(gates.motion, budget), memory, () => watch(segment)),
      concatMap((evidence) => policy.remember(memory, evidence)),
      audited(memory, segment, audit),                                // a sample is looked at in full beside it
      finalize(() => { segment.release(); }),
    );
  const drop = (segment: Segment, reason: DropReason): void => {
    segment.release();
    onDrop?.(segment, reason);
  };
  return defer(() => open(source, stop)).pipe(
    segmentEvery(profile.segment, { outstanding: profile.waiting + 1 }),
    causalScan(step, policy.rest, { waiting: profile.waiting, onDrop: drop }),  // one step in flight, newest waits
    settle(budget),
    profile.answer === undefined ? emitEarly(profile.emit) : answerEarly(profile.answer),
  );
};
