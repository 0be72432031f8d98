import { expect } from 'chai';
import { defer, firstValueFrom, lastValueFrom, of, type Observable } from 'rxjs';
import { bookAudit, missRate, savedShares, type Audits } from '../../src/budget/audits.js';
import { audited, ungated, type AuditOptions } from '../../src/policy/audit.js';
import type { Belief, Gate, Memory, Step } from '../../src/policy/types.js';
import type { Segment } from '../../src/segment/types.js';
import type { Evidence, GateDecision, NoReading, Reading } from '../../src/sense/types.js';
import { decide, evidence, gateOf, heard, policyOf, seen } from './evidence.js';

const gate = gateOf();
const policy = policyOf(gate);
const segment = {} as Segment;
const NOT_THERE: NoReading = { sense: 'motion', reason: 'not-installed', cost: { gmacs: 0, ms: 0, decodeMs: 0, decodedFrames: 0 } };
const SHUT: GateDecision = { open: false, reason: 'quiet' };

/** A full look that shows a cat, and counts how often it is asked. */
const looking = (share: number): AuditOptions & { looks: number } => {
  const options = {
    share, confidence: 0.5, policy, looks: 0,
    see: (): Observable<Reading | NoReading> => defer(() => {
      options.looks += 1;
      return of(seen({ cat: 0.9 }, 0));
    }),
    watch: () => of(NOT_THERE),
  };
  return options;
};

const stepOn = async (asked: Evidence, memory: Memory = policy.rest): Promise<Step<Memory, Belief>> => firstValueFrom(policy.remember(memory, asked));

const auditOn = async (asked: Evidence, options: AuditOptions): Promise<{ before: Step<Memory, Belief>; after: Step<Memory, Belief> }> => {
  const before = await stepOn(asked);
  return { before, after: await lastValueFrom(of(before).pipe(audited(policy.rest, segment, () => options))) };
};

const behind = (decision: GateDecision, index = 0): Evidence => ({ ...evidence(index, heard({ Silence: 1 })), gates: { appearance: decision } });

describe('audits', () => {
  it('says what a shut gate hid and what looking cost, and leaves the step as it was', async () => {
    const { before, after } = await auditOn(behind(SHUT), looking(1));
    expect(after.output.audit?.missed).to.deep.equal(['cat']);
    expect(after.output.audit?.cost.gmacs).to.equal(0.3);
    const { audit, ...output } = after.output;
    expect(audit).to.not.equal(undefined);
    expect(output).to.deep.equal(before.output);
    expect(after.memory).to.equal(before.memory);
  });

  it('looks only at what was hidden: not behind an open gate, nor where the sense is forbidden or has no pack', async () => {
    for (const decision of [{ open: true, reason: 'listed' }, { open: false, reason: 'off' }, { open: false, reason: 'no-pack' }] as const) {
      const options = looking(1);
      const { after } = await auditOn(behind(decision), options);
      expect(options.looks, decision.reason).to.equal(0);
      expect(after.output.audit, decision.reason).to.deep.equal({ missed: [], cost: { gmacs: 0, ms: 0, decodeMs: 0, decodedFrames: 0 } });
    }
  });

  it('what is believed already is not missed', async () => {
    const asked = { ...behind({ open: true, reason: 'listed' }), readings: { audio: heard({ Silence: 1 }), appearance: seen({ cat: 0.8 }, 0) } };
    const motionShut = { ...asked, gates: { ...asked.gates, motion: SHUT } };
    const { after } = await auditOn(motionShut, looking(1));
    expect(after.output.audit?.missed).to.deep.equal([]);
  });

  it('takes its share of the segments, evenly, and nothing where there is none', async () => {
    const options = looking(0.25);
    const sampled: number[] = [];
    for (let index = 0; index < 20; index += 1) if ((await auditOn(behind(SHUT, index), options)).after.output.audit !== undefined) sampled.push(index);
    expect(sampled).to.deep.equal([3, 7, 11, 15, 19]);
    expect(options.looks).to.equal(5);
    expect((await auditOn(behind(SHUT), looking(0))).after.output.audit).to.equal(undefined);
    const before = await stepOn(behind(SHUT));
    expect(await lastValueFrom(of(before).pipe(audited(policy.rest, segment, undefined)))).to.equal(before);
    expect(await lastValueFrom(of(before).pipe(audited(policy.rest, segment, () => undefined)))).to.equal(before);
  });

  it('are booked apart: how often something was missed, and what shut gates save', async () => {
    let audits: Audits | undefined;
    for (const decision of [SHUT, SHUT, { open: true, reason: 'listed' } as const, SHUT]) {
      const asked = behind(decision);
      const { after } = await auditOn(decision.open ? { ...asked, readings: { ...asked.readings, appearance: seen({ cat: 0.9 }, 0) } } : asked, looking(1));
      audits = bookAudit(audits, after.output);
    }
    expect(audits).to.deep.include({ sampled: 4, missed: 3 });
    expect(missRate(audits!)).to.equal(0.75);
    expect(savedShares(audits!).gmacs).to.be.closeTo(0.75, 1e-9);
    expect(bookAudit(audits, { cost: audits!.gated })).to.equal(audits);
  });
});

describe('ungated', () => {
  const deciding = (decision: GateDecision): Gate => ({ sense: 'appearance', decide: () => of({ decision }), remember: (memory, asked) => gate.remember(memory, asked) });

  it('opens what would be shut, and says so; what is forbidden stays shut; an open gate keeps its reason', () => {
    const asked = evidence(0, heard({ Silence: 1 }));
    const of_ = (decision: GateDecision): GateDecision => decide(ungated(deciding(decision)), policy.rest, asked).decision;
    expect(of_(SHUT)).to.deep.equal({ open: true, reason: 'ungated' });
    expect(of_({ open: false, reason: 'off' })).to.deep.equal({ open: false, reason: 'off' });
    expect(of_({ open: false, reason: 'no-pack' })).to.deep.equal({ open: false, reason: 'no-pack' });
    expect(of_({ open: true, reason: 'learned' })).to.deep.equal({ open: true, reason: 'learned' });
  });
});
