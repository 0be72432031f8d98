import { expect } from 'chai';
import fc from 'fast-check';
import { concatMap, from, lastValueFrom, of, toArray } from 'rxjs';
import { causalScan } from '../../src/policy/causal-scan.js';
import { through } from '../../src/policy/through.js';
import type { Belief, Memory, Step } from '../../src/policy/types.js';
import type { Evidence, NoReading, Reading } from '../../src/sense/types.js';
import { evidence, gateOf, heard, LABELS, policyOf, seen, UNHEARD, type Scores } from './evidence.js';

const GATE = gateOf({ heartbeatS: 3 });
const POLICY = policyOf(GATE);

/** What is heard and what would be seen, at each step. */
interface Moment {
  readonly audio: Scores | undefined;
  readonly cat: number;
  readonly era: number;
}

/** Runs the whole of memory, gate and policy over a row of moments. */
const believe = async (row: readonly Moment[]): Promise<Step<Memory, Belief>[]> => {
  const made: Step<Memory, Belief>[] = [];
  const step = (memory: Memory, { index, moment }: { index: number; moment: Moment }): ReturnType<typeof POLICY.remember> => {
    const asked = evidence(index, moment.audio === undefined ? UNHEARD : heard(moment.audio), moment.era);
    return of(asked).pipe(
      through(GATE, memory, () => of<Reading | NoReading>(seen({ cat: moment.cat }, asked.endUs))),
      concatMap((complete) => POLICY.remember(memory, complete)),
      concatMap((done) => {
        made.push(done);
        return of(done);
      }),
    );
  };
  await lastValueFrom(from(row.map((moment, index) => ({ index, moment }))).pipe(
    causalScan(step, POLICY.rest, { waiting: 1, onDrop: () => { throw new Error('dropped'); } }), toArray(),
  ));
  return made;
};

const remember = (memory: Memory, asked: Evidence): Step<Memory, Belief> => {
  let done: Step<Memory, Belief> | undefined;
  POLICY.remember(memory, asked).subscribe((step) => { done = step; });
  return done!;
};

const scoreOf = (belief: Belief, label: string): number => belief.heard.find((each) => each.label === label)?.score ?? 0;

const scores = fc.record(Object.fromEntries(LABELS.map((label) => [label, fc.double({ min: 0, max: 1, noNaN: true })])));
const moments = fc.array(fc.record({
  audio: fc.option(scores, { nil: undefined }),
  cat: fc.double({ min: 0, max: 1, noNaN: true }),
  era: fc.constant(0),
}), { minLength: 1, maxLength: 30 });

describe('fusion', () => {
  it('takes the first reading as it is, then follows over the time constant', () => {
    const first = remember(POLICY.rest, evidence(0, heard({ Bark: 0.8 })));
    expect(scoreOf(first.output, 'Bark')).to.be.closeTo(0.8, 1e-6);
    const second = remember(first.memory, evidence(1, heard({ Speech: 1 })));
    const kept = Math.exp(-0.48);
    expect(scoreOf(second.output, 'Bark')).to.be.closeTo(0.8 * kept, 1e-6);
    expect(scoreOf(second.output, 'Speech')).to.be.closeTo(1 - kept, 1e-6);
  });

  it('fades over a segment that was dropped as over one that was not', () => {
    const first = remember(POLICY.rest, evidence(0, heard({ Bark: 0.8 })));
    expect(scoreOf(remember(first.memory, evidence(3, heard({}))).output, 'Bark')).to.be.closeTo(0.8 * Math.exp(-3 * 0.48), 1e-6);
  });

  it('believes nothing for longer than it was heard, and begins afresh after a beginning without sound', () => {
    const silent = remember(POLICY.rest, evidence(0, UNHEARD));
    expect(silent.output.heard).to.deep.equal([]);
    const first = remember(silent.memory, evidence(1, heard({ Bark: 0.8 })));
    expect(scoreOf(first.output, 'Bark')).to.be.closeTo(0.8, 1e-6);
    let step = first;
    for (let i = 2; i < 14; i += 1) step = remember(step.memory, evidence(i, UNHEARD));
    expect(step.output.heard).to.deep.equal([]);
  });

  it('leaves background out, keeps the best, and the listed ones besides', () => {
    const policy = policyOf(GATE, 1);
    let belief: Belief | undefined;
    policy.remember(policy.rest, evidence(0, heard({ Silence: 0.9, Speech: 0.7, Bark: 0.6, Helicopter: 0.1 })))
      .subscribe(({ output }) => { belief = output; });
    expect(belief?.heard.map(({ label }) => label)).to.deep.equal(['Speech', 'Helicopter']);
  });

  it('lets what was seen fade with its age, tells the age, and forgets it in the end', () => {
    const asked = evidence(0, heard({ Silence: 1 }));
    const looked = remember(POLICY.rest, { ...asked, readings: { ...asked.readings, appearance: seen({ cat: 0.9, wall: 1 }, 475_000) } });
    expect(looked.output.seen).to.deep.include({ timeUs: 475_000, ageUs: 500_000 });
    expect(looked.output.seen!.labels).to.have.length(1);
    expect(looked.output.seen!.labels[0]!.score).to.be.closeTo(0.9 * Math.exp(-0.1), 1e-6);
    const later = remember(looked.memory, evidence(10, heard({ Silence: 1 })));
    expect(later.output.seen!.ageUs).to.equal(5_300_000);
    expect(later.output.seen!.labels[0]!.score).to.be.closeTo(0.9 * Math.exp(-5.3 / 5), 1e-6);
    expect(remember(later.memory, evidence(100, heard({ Silence: 1 }))).output.seen).to.equal(undefined);
    expect(looked.output.watched).to.equal(undefined);
  });

  it('sums the cost of all readings', () => {
    const asked = evidence(0, { ...heard({}), cost: { gmacs: 0.07, ms: 3, decodeMs: 0, decodedFrames: 0 } });
    const { output } = remember(POLICY.rest, { ...asked, readings: { ...asked.readings, appearance: seen({}, 0) } });
    expect(output.cost).to.deep.equal({ gmacs: 0.37, ms: 15, decodeMs: 0, decodedFrames: 0 });
  });

  it('ends its memory with the era, also when the first segment of the new one was dropped', () => {
    const asked = evidence(0, heard({ Bark: 0.8 }));
    const first = remember(POLICY.rest, { ...asked, readings: { ...asked.readings, appearance: seen({ cat: 0.9 }, 0) } });
    const next = remember(first.memory, evidence(2, heard({ Speech: 0.6 }), 1));
    expect(next.output.heard.map(({ label }) => label)).to.deep.equal(['Speech']);
    expect(scoreOf(next.output, 'Speech')).to.be.closeTo(0.6, 1e-6);
    expect(next.output.seen).to.equal(undefined);
    expect(next.memory.gates).to.deep.equal({ appearance: { openedUs: null, missed: false, heldSinceUs: null, closedUs: null } });
  });

  it('goes on the same from a memory that was written down and read again', async () => {
    await fc.assert(fc.asyncProperty(moments, async (row) => {
      for (const { memory } of await believe(row)) expect(JSON.parse(JSON.stringify(memory))).to.deep.equal(memory);
    }), { numRuns: 30 });
  });

  it('is causal: what was said up to a time does not change when all that follows is noise', async () => {
    await fc.assert(fc.asyncProperty(moments, moments, fc.nat(29), async (row, noise, cut) => {
      const until = Math.min(cut, row.length);
      const told = (await believe(row)).slice(0, until);
      const other = (await believe([...row.slice(0, until), ...noise])).slice(0, until);
      expect(other).to.deep.equal(told);
    }), { numRuns: 50 });
  });

  it('is deterministic, bit for bit', async () => {
    await fc.assert(fc.asyncProperty(moments, async (row) => {
      const text = async (): Promise<string> => JSON.stringify((await believe(row)).map(({ memory, output }) => [memory, output]));
      expect(await text()).to.equal(await text());
    }), { numRuns: 30 });
  });
});
