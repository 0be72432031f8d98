import { expect } from 'chai';
import fc from 'fast-check';
import {
  MediaClock, MICROSECONDS, MPEG_PTS, RTP_AUDIO_48K, RTP_VIDEO, SampleClock, ticksToUs, unwrap, usToTicks,
} from '../../src/media/clock.js';

const bases = fc.constantFrom(RTP_VIDEO, RTP_AUDIO_48K, MPEG_PTS, MICROSECONDS, { num: 1001, den: 30_000 }, { num: 1, den: 44_100 });

describe('ticksToUs', () => {
  it('is exact to half a microsecond for any 33-bit stamp, where floating point is not', () => {
    fc.assert(fc.property(fc.bigInt(0n, (1n << 37n) - 1n), bases, (ticks, base) => {
      const us = BigInt(ticksToUs(ticks, base));
      const twiceError = 2n * (us * BigInt(base.den) - ticks * BigInt(base.num) * 1_000_000n);
      expect(twiceError <= BigInt(base.den) && twiceError >= -BigInt(base.den)).to.equal(true);
    }));
  });

  it('knows the end of the 33-bit clock: 26 h 30 min 43.7 s', () => {
    expect(ticksToUs((1n << 33n) - 1n, MPEG_PTS)).to.equal(95_443_717_678);
  });

  it('comes back through usToTicks for every base coarser than a microsecond', () => {
    fc.assert(fc.property(fc.bigInt(-(1n << 40n), 1n << 40n), bases, (ticks, base) => {
      expect(usToTicks(ticksToUs(ticks, base), base)).to.equal(ticks);
    }));
  });

  it('rounds halves up on both sides of zero', () => {
    const halves = { num: 1, den: 2_000_000 };
    expect([-3n, -2n, -1n, 0n, 1n, 2n].map((t) => ticksToUs(t, halves))).to.deep.equal([-1, -1, 0, 0, 1, 1]);
  });
});

describe('unwrap', () => {
  it('gives back any walk whose steps are under half the counter, forwards and backwards', () => {
    fc.assert(fc.property(
      fc.constantFrom(32, 33), fc.bigInt(0n, (1n << 33n) - 1n), fc.array(fc.bigInt(-(1n << 31n) + 1n, (1n << 31n) - 1n)),
      (bits, start, steps) => {
        let truth = start;
        let read = start;
        for (const step of steps) {
          truth += step;
          read = unwrap(BigInt.asUintN(bits, truth), read, bits);
          expect(read).to.equal(truth);
        }
      }));
  });

  it('leaves a counter alone that does not wrap', () => {
    expect(unwrap(5n, 1n << 40n, undefined)).to.equal(5n);
  });
});

/** Reads a list of true times [ticks] through a wrapped counter. */
const readAll = (clock: MediaClock, base: typeof RTP_VIDEO, ticks: readonly bigint[]): { timeUs: number; discontinuity: boolean }[] => {
  const track = clock.track(base);
  return ticks.map((t) => track.read(base.bits === undefined ? t : BigInt.asUintN(base.bits, t)));
};

describe('MediaClock', () => {
  for (const [name, base] of Object.entries({ RTP_VIDEO, RTP_AUDIO_48K, MPEG_PTS })) {
    it(`goes on through the wrap of ${name}, with reordered packets around it`, () => {
      const wrap = 1n << BigInt(base.bits ?? 0);
      const frame = BigInt(base.den) / 25n;
      const order = [-3n, -1n, -2n, 1n, 0n, 3n, 2n, 4n];
      const times = readAll(new MediaClock(), base, order.map((k) => wrap + k * frame));
      expect(times.map((t) => t.timeUs)).to.deep.equal(order.map((k) => Number(k + 3n) * 40_000));
      expect(times.some((t) => t.discontinuity)).to.equal(false);
    });
  }

  it('takes packets before the first timestamp for no jump (RTSP sends some before it knows its time)', () => {
    const track = new MediaClock().track(MPEG_PTS);
    const times = [track.read(undefined, 0), track.read(1008n, 20_000), track.read(2928n, 41_000)];
    expect(times.map((t) => t.discontinuity)).to.deep.equal([false, false, false]);
    expect(times[2]!.timeUs - times[1]!.timeUs).to.be.closeTo(21_333, 1);
  });

  it('leaves no gap before the first timestamp for how late it was read', () => {
    const track = new MediaClock().track(RTP_AUDIO_48K);
    const times = [track.read(undefined, 0), track.read(1_008n, 240_000), track.read(2_032n, 240_100)];
    expect(times[1]!.timeUs).to.equal(0);
    expect(times[2]!.timeUs).to.be.closeTo(21_333, 1);
  });

  it('does not drift over a day of 33-bit stamps', () => {
    const clock = new MediaClock();
    const track = clock.track(MPEG_PTS);
    let last = 0;
    for (let i = 0n; i < 30n * 3_600n; i += 1n) last = track.read(BigInt.asUintN(33, 8_000_000_000n + i * 90_000n)).timeUs;
    expect(last).to.equal((30 * 3_600 - 1) * 1_000_000);
  });

  it('puts a jump backwards onto the clock: goes on by one step and says so', () => {
    const times = readAll(new MediaClock(), MICROSECONDS, [70n, 40_070n, 80_070n, -5_000_000n, -4_960_000n]);
    expect(times).to.deep.equal([
      { timeUs: 0, discontinuity: false }, { timeUs: 40_000, discontinuity: false }, { timeUs: 80_000, discontinuity: false },
      { timeUs: 120_000, discontinuity: true }, { timeUs: 160_000, discontinuity: false },
    ]);
  });

  it('puts a large jump forwards onto the clock, and leaves a pause under the threshold as it is', () => {
    const times = readAll(new MediaClock({ jumpUs: 2_000_000 }), MICROSECONDS, [0n, 20_000n, 2_020_000n, 4_020_001n]);
    expect(times.map((t) => t.timeUs)).to.deep.equal([0, 20_000, 2_020_000, 4_020_000]);
    expect(times.map((t) => t.discontinuity)).to.deep.equal([false, false, false, true]);
  });

  it('keeps sound and pictures together through a jump: the second track follows the first', () => {
    const clock = new MediaClock();
    const video = clock.track(RTP_VIDEO);
    const audio = clock.track(MICROSECONDS);
    const far = 7_000_000_000;
    video.read(0n);
    audio.read(10_000n);
    expect(video.read(BigInt(far / 1e6 * 90_000))).to.deep.equal({ timeUs: 10_000, discontinuity: true });
    expect(audio.read(30_000n), 'sound from before the jump still has its place').to.deep.equal({ timeUs: 30_000, discontinuity: false });
    expect(audio.read(BigInt(far + 35_000))).to.deep.equal({ timeUs: 45_000, discontinuity: true });
    expect(video.read(BigInt(far / 1e6 * 90_000 + 3_600))).to.deep.equal({ timeUs: 50_000, discontinuity: false });
  });

  it('takes a pause of one track for a pause while the other goes on', () => {
    const clock = new MediaClock();
    const video = clock.track(MICROSECONDS);
    const audio = clock.track(MICROSECONDS);
    audio.read(0n);
    for (let t = 0n; t <= 60_000_000n; t += 1_000_000n) video.read(t);
    expect(audio.read(60_000_000n)).to.deep.equal({ timeUs: 60_000_000, discontinuity: false });
  });

  it('takes an outage that was as long on the wall for an outage, not for a jump', () => {
    const track = new MediaClock().track(MICROSECONDS);
    track.read(0n, 500);
    expect(track.read(60_000_000n, 60_100_500)).to.deep.equal({ timeUs: 60_000_000, discontinuity: false });
  });

  it('lets as much time pass over a jump as passed between the arrivals', () => {
    const track = new MediaClock().track(MICROSECONDS);
    track.read(9_000_000n, 0);
    expect(track.read(0n, 3_000_000)).to.deep.equal({ timeUs: 3_000_000, discontinuity: true });
  });

  it('starts a later connection where it is told, whatever its timestamps say', () => {
    const clock = new MediaClock({ startUs: 5_000_000 });
    expect(clock.track(MPEG_PTS).read(123_456n).timeUs).to.equal(5_000_000);
    expect(clock.highUs).to.equal(5_000_000);
  });

  it('uses the container\'s own start, so that no track begins before zero', () => {
    const clock = new MediaClock({ originUs: 1_400_000 });
    expect(clock.track(MPEG_PTS).read(130_500n).timeUs).to.equal(50_000);
    expect(clock.track(MPEG_PTS).read(126_000n).timeUs).to.equal(0);
  });

  it('unwraps a second track against the first, even when the wrap lies between their beginnings', () => {
    const clock = new MediaClock();
    clock.track(MPEG_PTS).read((1n << 33n) - 9_000n);
    expect(clock.track(MPEG_PTS).read(9_000n)).to.deep.equal({ timeUs: 200_000, discontinuity: false });
  });

  it('anchors a track that counts from elsewhere to the clock (RTSP without sender reports)', () => {
    const clock = new MediaClock();
    clock.track(RTP_VIDEO).read(0n);
    expect(clock.track(RTP_AUDIO_48K).read(2_000_000_000n)).to.deep.equal({ timeUs: 0, discontinuity: false });
  });

  it('puts a packet without a timestamp where the next one is expected', () => {
    const track = new MediaClock().track(MICROSECONDS);
    expect([0n, 20_000n, undefined, undefined, 80_000n].map((t) => track.read(t).timeUs)).to.deep.equal([0, 20_000, 40_000, 60_000, 80_000]);
  });

  it('never runs back by more than the reordering, whatever is read', () => {
    fc.assert(fc.property(fc.array(fc.bigInt(0n, (1n << 33n) - 1n), { maxLength: 60 }), bases, (stamps, base) => {
      const clock = new MediaClock();
      let high = 0;
      for (const { timeUs } of readAll(clock, base, stamps)) {
        expect(timeUs).to.be.at.least(high - clock.reorderUs);
        expect(timeUs).to.be.at.most(high + clock.jumpUs);
        high = Math.max(high, timeUs);
      }
      expect(clock.highUs).to.equal(high);
    }));
  });
});

describe('SampleClock', () => {
  it('neither invents nor loses a sample while timestamps stay within the tolerance', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 4_000 }), fc.integer({ min: -40_000, max: 40_000 }))), (chunks) => {
      const clock = new SampleClock(16_000);
      clock.place(0, 0);
      let total = 0;
      for (const [count, jitterUs] of chunks) {
        expect(clock.place(total * 62.5 + jitterUs, count)).to.deep.equal({ at: total, skip: 0, hole: 0 });
        total += count;
      }
      expect(clock.next).to.equal(total);
    }));
  });

  it('accounts for every sample of any sequence: kept, skipped or missing', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 5_000_000 }), fc.integer({ min: 0, max: 8_000 }))), (chunks) => {
      const clock = new SampleClock(16_000);
      let next = clock.place(0, 0).at;
      for (const [startUs, count] of chunks) {
        const { at, skip, hole } = clock.place(startUs, count);
        expect(at).to.equal(next + hole);
        expect(skip).to.be.within(0, count);
        expect(hole === 0 || skip === 0).to.equal(true);
        next = at + count - skip;
        expect(clock.next).to.equal(next);
      }
    }));
  });

  it('marks a hole, cuts an overlap, and skips what is wholly in the past', () => {
    const clock = new SampleClock(16_000);
    expect(clock.place(0, 1_600)).to.deep.equal({ at: 0, skip: 0, hole: 0 });
    expect(clock.place(200_000, 1_600)).to.deep.equal({ at: 3_200, skip: 0, hole: 1_600 });
    expect(clock.place(250_000, 1_600)).to.deep.equal({ at: 4_800, skip: 800, hole: 0 });
    expect(clock.place(0, 1_600)).to.deep.equal({ at: 5_600, skip: 1_600, hole: 0 });
  });

  it('corrects a crystal that is 100 ppm off in one marked step, not before the tolerance is used up', () => {
    const clock = new SampleClock(16_000);
    const holes: number[] = [];
    for (let i = 0; i < 1_000; i += 1) {
      const { hole } = clock.place(i * 1_000_100, 16_000);
      if (hole > 0) holes.push(i);
    }
    expect(holes[0]).to.equal(401);
    expect(holes).to.have.length(2);
  });

  it('believes the timestamp again after a reset', () => {
    const clock = new SampleClock(16_000);
    clock.place(0, 160);
    clock.reset();
    expect(clock.place(1_000_000, 160)).to.deep.equal({ at: 16_000, skip: 0, hole: 0 });
  });
});
