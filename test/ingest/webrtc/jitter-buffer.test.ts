import { expect } from 'chai';
import fc from 'fast-check';
import { JitterBuffer } from '../../../src/ingest/webrtc/jitter-buffer.js';

const LIMITS = { holdMs: 100, maxPackets: 64 };

/** Feeds packets `{number, atMs}` and lets time pass after them; what came out, in order. */
const feed = (buffer: JitterBuffer<number>, packets: readonly { readonly number: number; readonly atMs: number }[]) => {
  const out: { packet: number; lostBefore: number }[] = [];
  let nowMs = 0;
  for (const { number, atMs } of packets) {
    nowMs = Math.max(nowMs, atMs);
    out.push(...buffer.expire(nowMs), ...buffer.push(number & 0xffff, number, nowMs));
  }
  out.push(...buffer.expire(nowMs + LIMITS.holdMs));
  return out;
};

describe('JitterBuffer', () => {
  it('passes packets that are in order at once, over the wrap of 16 bits', () => {
    const buffer = new JitterBuffer<number>(LIMITS);
    for (let number = 65_530; number < 65_545; number += 1) {
      expect(buffer.push(number & 0xffff, number, 0)).to.deep.equal([{ packet: number, lostBefore: 0 }]);
    }
  });

  it('gives every packet once and in order, however they are shuffled within the hold', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 65_535 }), fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 200 }), (first, delays) => {
      // The first packet sets the beginning, so it comes first.
      const packets = delays.map((delay, i) => ({ number: first + i, atMs: i === 0 ? 0 : i * 5 + delay * 5 }));
      const shuffled = [...packets].sort((a, b) => a.atMs - b.atMs);
      const out = feed(new JitterBuffer(LIMITS), shuffled);
      expect(out.map(({ packet }) => packet)).to.deep.equal(packets.map(({ number }) => number));
      expect(out.every(({ lostBefore }) => lostBefore === 0)).to.equal(true);
    }));
  });

  it('counts exactly what never came, keeps the order, and holds no more than it may', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 65_535 }), fc.array(fc.record({ lost: fc.boolean(), twice: fc.boolean(), delay: fc.integer({ min: 0, max: 30 }) }), { minLength: 2, maxLength: 300 }), (first, fates) => {
      const sent = fates.map((fate, i) => ({ number: first + i, ...fate, lost: fate.lost && i > 0 && i < fates.length - 1 }));
      const packets = sent.flatMap(({ number, lost, twice, delay }, i) => {
        const packet = { number, atMs: i === 0 ? 0 : i * 20 + delay };
        return lost ? [] : twice ? [packet, packet] : [packet];
      }).sort((a, b) => a.atMs - b.atMs);
      const buffer = new JitterBuffer<number>(LIMITS);
      const out = feed(buffer, packets);
      const numbers = out.map(({ packet }) => packet);
      expect(numbers).to.deep.equal([...new Set(numbers)].sort((a, b) => a - b));
      expect(numbers).to.deep.equal(sent.filter(({ lost }) => !lost).map(({ number }) => number));
      expect(out.reduce((sum, { lostBefore }) => sum + lostBefore, 0)).to.equal(sent.filter(({ lost }) => lost).length);
      expect(buffer.waiting).to.be.at.most(LIMITS.maxPackets);
    }));
  });

  it('asks for what is missing a few times, not for what came, and gives up in the end', () => {
    const buffer = new JitterBuffer<number>({ holdMs: 1_000, maxPackets: 64 });
    buffer.push(10, 10, 0);
    buffer.push(13, 13, 0);
    expect(buffer.missing(0), 'reordering is waited for').to.deep.equal([]);
    expect(buffer.missing(10)).to.deep.equal([11, 12]);
    expect(buffer.missing(11), 'not again at once').to.deep.equal([]);
    buffer.push(12, 12, 20);
    let asked = 0;
    for (let nowMs = 40; nowMs < 900; nowMs += 10) {
      const missing = buffer.missing(nowMs);
      asked += missing.length;
      expect(missing).to.satisfy((numbers: number[]) => numbers.every((number) => number === 11));
    }
    expect(asked).to.be.within(3, 8);
    expect(buffer.expire(1_020)).to.deep.equal([{ packet: 12, lostBefore: 1 }, { packet: 13, lostBefore: 0 }]);
  });

  it('gives a gap up when too many wait behind it', () => {
    const buffer = new JitterBuffer<number>({ holdMs: 1e9, maxPackets: 4 });
    buffer.push(0, 0, 0);
    const out = [2, 3, 4, 5, 6].flatMap((number) => buffer.push(number, number, 0));
    expect(out.map(({ packet }) => packet)).to.deep.equal([2, 3, 4, 5, 6]);
    expect(out[0]?.lostBefore).to.equal(1);
  });

  it('begins anew when the sender does', () => {
    const buffer = new JitterBuffer<number>(LIMITS);
    buffer.push(100, 100, 0);
    expect(buffer.push(30_000, 30_000, 1)).to.deep.equal([{ packet: 30_000, lostBefore: 1 }]);
    expect(buffer.push(30_001, 30_001, 2)).to.deep.equal([{ packet: 30_001, lostBefore: 0 }]);
  });
});
