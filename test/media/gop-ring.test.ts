import { expect } from 'chai';
import fc from 'fast-check';
import { GopRing, shownAt, type Gop, type Pushed, type RingBounds, type RingPacket } from '../../src/media/gop-ring.js';

/** A packet that knows its number, for rings that count what they free. */
interface Scripted {
  readonly stepUs: number;
  readonly key: boolean;
  readonly bytes: number;
}

/** A ring of numbers, and the list of what it freed. */
const counted = (bounds: RingBounds): { ring: GopRing<number>; freed: number[] } => {
  const freed: number[] = [];
  return { ring: new GopRing<number>(bounds, (packet) => { freed.push(packet); }), freed };
};

/** Pushes a letter per packet, 100 ms and 10 bytes each: K is a key frame, p is not. */
const fill = (ring: GopRing<number>, letters: string, fromUs = 0): Pushed[] =>
  Array.from(letters).map((letter, i) => ring.push({ ptsUs: fromUs + i * 100_000, key: letter === 'K', bytes: 10, packet: i }));

const WIDE: RingBounds = { maxBytes: 1e9, maxUs: 1e12 };

const stream = fc.array(fc.record({
  stepUs: fc.oneof(fc.integer({ min: 0, max: 200_000 }), fc.constant(5_000_000)),
  key: fc.oneof({ weight: 1, arbitrary: fc.constant(true) }, { weight: 6, arbitrary: fc.constant(false) }),
  bytes: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 100 }) }, { weight: 1, arbitrary: fc.integer({ min: 100, max: 2_000 }) }),
}), { maxLength: 200 });

const bounds = fc.record({ maxBytes: fc.integer({ min: 1, max: 1_500 }), maxUs: fc.integer({ min: 1, max: 3_000_000 }) });

/** Pushes a whole scripted stream and calls back after each packet. */
const play = (ring: GopRing<number>, script: readonly Scripted[], after: (packet: RingPacket<number>, pushed: Pushed) => void): void => {
  let ptsUs = 0;
  script.forEach(({ stepUs, key, bytes }, i) => {
    ptsUs += stepUs;
    const packet = { ptsUs, key, bytes, packet: i };
    after(packet, ring.push(packet));
  });
};

/** All GOPs, found through the ring's own questions. */
const gopsOf = (ring: GopRing<number>, times: readonly number[]): Gop<number>[] =>
  [...new Set(times.flatMap((timeUs) => ring.gopAt(timeUs) ?? []))];

describe('GopRing', () => {
  it('is never above either bound, whatever comes', () => {
    fc.assert(fc.property(stream, bounds, (script, bound) => {
      const { ring } = counted(bound);
      play(ring, script, () => {
        expect(ring.state.bytes).to.be.at.most(bound.maxBytes);
        expect(ring.state.spanUs).to.be.at.most(bound.maxUs);
      });
    }));
  });

  it('frees every packet exactly once, and keeps what it has not freed', () => {
    fc.assert(fc.property(stream, bounds, (script, bound) => {
      const { ring, freed } = counted(bound);
      play(ring, script, (packet, pushed) => {
        expect(freed.includes(packet.packet)).to.equal(pushed !== 'kept');
        expect(ring.state.packets + freed.length).to.equal(packet.packet + 1);
      });
      ring[Symbol.dispose]();
      ring[Symbol.dispose]();
      expect([...freed].sort((a, b) => a - b)).to.deep.equal(script.map((_, i) => i));
    }));
  });

  it('holds GOPs from their key frame on, without gaps, in order', () => {
    fc.assert(fc.property(stream, bounds, (script, bound) => {
      const { ring } = counted(bound);
      const pushed: { packet: RingPacket<number>; key: boolean }[] = [];
      play(ring, script, (packet) => { pushed.push({ packet, key: packet.key }); });
      const gops = gopsOf(ring, pushed.map(({ packet }) => packet.ptsUs));
      for (const gop of gops) {
        const [first] = gop.packets;
        expect(first?.key).to.equal(true);
        expect(gop.keyUs).to.equal(first?.ptsUs);
        const numbers = gop.packets.map(({ packet }) => packet);
        expect(numbers).to.deep.equal(numbers.map((_, i) => numbers[0]! + i));
        expect(gop.packets.slice(1).some(({ key }) => key)).to.equal(false);
      }
      const ids = gops.map(({ id }) => id);
      expect(ids).to.deep.equal([...ids].sort((a, b) => a - b));
    }));
  });

  it('counts its bytes right', () => {
    fc.assert(fc.property(stream, bounds, (script, bound) => {
      const { ring, freed } = counted(bound);
      play(ring, script, (packet) => {
        const kept = script.slice(0, packet.packet + 1).filter((_, i) => !freed.includes(i));
        expect(ring.state.bytes).to.equal(kept.reduce((sum, { bytes }) => sum + bytes, 0));
      });
    }), { numRuns: 50 });
  });

  it('keeps nothing before the first key frame, and nothing at all when none comes', () => {
    const { ring, freed } = counted(WIDE);
    expect(new Set(fill(ring, 'p'.repeat(1_000)))).to.deep.equal(new Set(['before-key-frame']));
    expect(ring.state).to.deep.equal({ gops: 0, packets: 0, bytes: 0, spanUs: 0 });
    expect(freed).to.have.length(1_000);
  });

  it('cuts a GOP of 30 s at its bound of seconds, so that its beginning stays decodable', () => {
    const { ring, freed } = counted({ ...WIDE, maxUs: 10_000_000 });
    const pushed = fill(ring, `K${'p'.repeat(299)}`);
    expect(pushed.slice(0, 101).every((what) => what === 'kept')).to.equal(true);
    expect(pushed.slice(101).every((what) => what === 'beyond-bounds')).to.equal(true);
    expect(ring.state).to.deep.equal({ gops: 1, packets: 101, bytes: 1_010, spanUs: 10_000_000 });
    expect(ring.gopAt(29_000_000)?.truncated).to.equal(true);
    expect(freed).to.have.length(199);
    expect(ring.push({ ptsUs: 30_000_000, key: true, bytes: 10, packet: 300 })).to.equal('kept');
    expect(ring.state).to.deep.equal({ gops: 1, packets: 1, bytes: 10, spanUs: 0 });
    expect(freed).to.have.length(300);
  });

  it('cuts a GOP at its bound of bytes, and drops the rest of it even when single packets would fit', () => {
    const { ring } = counted({ maxBytes: 100, maxUs: 1e12 });
    expect(ring.push({ ptsUs: 0, key: true, bytes: 60, packet: 0 })).to.equal('kept');
    expect(ring.push({ ptsUs: 1, key: false, bytes: 50, packet: 1 })).to.equal('beyond-bounds');
    expect(ring.push({ ptsUs: 2, key: false, bytes: 10, packet: 2 })).to.equal('beyond-bounds');
    expect(ring.state.packets).to.equal(1);
  });

  it('frees whole GOPs, the oldest first', () => {
    const { ring, freed } = counted({ maxBytes: 60, maxUs: 1e12 });
    fill(ring, 'KppKpp');
    expect(freed).to.deep.equal([]);
    ring.push({ ptsUs: 600_000, key: true, bytes: 10, packet: 6 });
    expect(freed).to.deep.equal([0, 1, 2]);
    expect(ring.gopAt(250_000)).to.equal(undefined);
  });

  it('refuses a packet larger than itself, and what depends on it', () => {
    const { ring } = counted({ maxBytes: 100, maxUs: 1e12 });
    fill(ring, 'Kp');
    expect(ring.push({ ptsUs: 200_000, key: false, bytes: 101, packet: 2 })).to.equal('beyond-bounds');
    expect(ring.push({ ptsUs: 300_000, key: false, bytes: 1, packet: 3 })).to.equal('beyond-bounds');
    expect(ring.state.packets).to.equal(2);
  });

  it('does not hang frames onto an older GOP after a key frame that was too large', () => {
    const { ring } = counted({ maxBytes: 100, maxUs: 1e12 });
    fill(ring, 'Kp');
    expect(ring.push({ ptsUs: 200_000, key: true, bytes: 101, packet: 2 })).to.equal('beyond-bounds');
    // It is a difference to the key frame that is not there.
    expect(ring.push({ ptsUs: 300_000, key: false, bytes: 10, packet: 3 })).to.equal('beyond-bounds');
    expect(ring.gopAt(300_000)?.packets.map(({ packet }) => packet)).to.deep.equal([0, 1]);
  });

  it('empties what it evicts, so that a decoder that still holds the GOP finds its end', () => {
    const { ring } = counted(WIDE);
    fill(ring, 'KppKp');
    const held = ring.gopAt(0);
    ring.clear();
    expect(held?.packets).to.deep.equal([]);
    expect(held?.closed).to.equal(true);
    expect(ring.state.gops).to.equal(0);
    expect(ring.push({ ptsUs: 600_000, key: false, bytes: 10, packet: 5 })).to.equal('before-key-frame');
  });

  it('never gives an id twice, also after it was cleared', () => {
    const { ring } = counted(WIDE);
    fill(ring, 'KKK');
    const last = ring.gopAt(200_000)?.id;
    ring.clear();
    fill(ring, 'K', 300_000);
    expect(ring.gopAt(300_000)?.id).to.be.greaterThan(last!);
  });

  describe('jump', () => {
    it('keeps what came before for who looks later, and gives no frame across it', () => {
      const { ring, freed } = counted(WIDE);
      fill(ring, 'KppKp');
      ring.jump(500_000);
      fill(ring, 'Kpp', 500_000);
      expect(freed).to.deep.equal([]);
      expect(ring.nearestKey(400_000, 400_000)?.keyUs, 'before the jump').to.equal(300_000);
      expect(ring.gopAt(450_000)?.keyUs).to.equal(300_000);
      expect(ring.nearestKey(500_000, 500_000)?.keyUs, 'behind it').to.equal(500_000);
    });

    it('waits for a key frame, and until then has nothing behind it', () => {
      const { ring } = counted(WIDE);
      fill(ring, 'Kp');
      ring.jump(200_000);
      expect(ring.push({ ptsUs: 200_000, key: false, bytes: 10, packet: 2 })).to.equal('before-key-frame');
      ring.jump(250_000);
      expect(ring.gopAt(300_000)).to.equal(undefined);
      expect(ring.nearestKey(300_000, 300_000)).to.equal(undefined);
      fill(ring, 'K', 300_000);
      expect(ring.gopAt(310_000)?.keyUs).to.equal(300_000);
      expect(ring.gopAt(100_000)?.keyUs).to.equal(0);
    });
  });

  describe('nearestKey', () => {
    const { ring } = counted(WIDE);
    fill(ring, 'KpppKpppKppp');

    it('finds the nearest key frame on both sides', () => {
      expect(ring.nearestKey(100_000, 1e12)?.keyUs).to.equal(0);
      expect(ring.nearestKey(300_000, 1e12)?.keyUs).to.equal(400_000);
      expect(ring.nearestKey(5_000_000, 1e12)?.keyUs).to.equal(800_000);
    });

    it('takes the later one of two that are as near', () => {
      expect(ring.nearestKey(200_000, 1e12)?.keyUs).to.equal(400_000);
    });

    it('never takes one that is shown after the limit', () => {
      fc.assert(fc.property(fc.integer({ min: -100_000, max: 1_300_000 }), fc.integer({ min: -100_000, max: 1_300_000 }), (timeUs, notAfterUs) => {
        const found = ring.nearestKey(timeUs, notAfterUs);
        const all = [0, 400_000, 800_000].filter((keyUs) => keyUs <= notAfterUs);
        const best = all.reduce<number | undefined>((a, b) => (a === undefined || Math.abs(b - timeUs) <= Math.abs(a - timeUs) ? b : a), undefined);
        expect(found?.keyUs).to.equal(best);
      }));
    });
  });

  describe('shownAt', () => {
    const { ring } = counted(WIDE);
    // Decoding order: B-frames come after the reference that they are shown before.
    [0, 300_000, 100_000, 200_000, 400_000].forEach((ptsUs, i) => ring.push({ ptsUs, key: i === 0, bytes: 1, packet: i }));
    const gop = ring.gopAt(0)!;

    it('finds the frame on screen by the time it is shown, not by its place', () => {
      expect([0, 99_999, 100_000, 250_000, 399_999, 400_000].map((timeUs) => shownAt(gop, timeUs)))
        .to.deep.equal([0, 0, 100_000, 200_000, 300_000, 400_000]);
    });

    it('takes the last frame to stay on screen for two seconds, not for ever', () => {
      expect(shownAt(gop, 2_400_000)).to.equal(400_000);
      expect(shownAt(gop, 2_400_001)).to.equal(undefined);
    });

    it('knows nothing behind the place where a GOP was cut', () => {
      const { ring: small } = counted({ ...WIDE, maxUs: 200_000 });
      fill(small, 'Kpppp');
      const cut = small.gopAt(400_000)!;
      expect(shownAt(cut, 200_000)).to.equal(200_000);
      expect(shownAt(cut, 200_001)).to.equal(undefined);
    });
  });
});
