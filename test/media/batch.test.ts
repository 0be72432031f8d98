import { expect } from 'chai';
import fc from 'fast-check';
import { Batch, type ReadPacket } from '../../src/media/batch.js';

const sound = (count: number, from = 0): Float32Array => Float32Array.from({ length: count }, (_, i) => from + i);
const packet = (untilUs: number, more: Partial<ReadPacket> = {}): ReadPacket => ({ untilUs, bytes: 10, dropped: false, discontinuity: false, ...more });

describe('Batch', () => {
  it('joins sound that follows on, and keeps every sample', () => {
    fc.assert(fc.property(fc.array(fc.record({ count: fc.integer({ min: 1, max: 400 }), jitterUs: fc.integer({ min: -9_000, max: 9_000 }) }), { minLength: 1, maxLength: 20 }), (parts) => {
      const batch = new Batch();
      let at = 0;
      for (const { count, jitterUs } of parts) {
        // Against the count of samples, as containers that round and cameras that jitter say it.
        batch.audio(at / 0.016 + (at === 0 ? 0 : jitterUs), sound(count, at), false);
        at += count;
      }
      const taken = batch.take();
      expect(taken?.audio).to.have.length(1);
      expect(taken?.audio[0]?.samples).to.deep.equal(sound(at));
      expect(taken?.audio[0]?.startUs).to.equal(0);
    }));
  });

  it('begins a new chunk at a gap, at an overlap and at a jump', () => {
    const batch = new Batch();
    batch.audio(0, sound(160), false);
    batch.audio(30_000, sound(160), false);
    batch.audio(30_000, sound(160), false);
    batch.audio(40_000, sound(160), true);
    const taken = batch.take();
    expect(taken?.audio.map(({ startUs, discontinuity }) => [startUs, discontinuity])).to.deep.equal([[0, undefined], [30_000, undefined], [30_000, undefined], [40_000, true]]);
  });

  it('adds up what was dropped', () => {
    const batch = new Batch();
    batch.drop(0, 1_600);
    batch.drop(100_000, 1_600);
    batch.drop(500_000, 1_600);
    expect(batch.take()?.dropped).to.deep.equal([{ startUs: 0, endUs: 200_000 }, { startUs: 500_000, endUs: 600_000 }]);
  });

  it('counts packets of pictures, and never goes back in time but at a jump', () => {
    const batch = new Batch();
    batch.video(packet(100, { keyUs: 100 }));
    batch.video(packet(300));
    batch.video(packet(200, { dropped: true }));
    expect(batch.take()?.video).to.deep.equal({ kind: 'video', untilUs: 300, packets: 3, bytes: 30, keyFrames: 1, keyTimesUs: [100], dropped: 1 });
    batch.video(packet(250));
    expect(batch.take()?.video?.untilUs).to.equal(300);
    batch.video(packet(50, { discontinuity: true }));
    expect(batch.take()?.video).to.include({ untilUs: 50, discontinuity: true });
  });

  it('says with the sound how far the pictures are, also when no packet of them came', () => {
    const batch = new Batch();
    batch.audio(0, sound(10), false);
    expect(batch.take()).to.not.have.property('video');
    batch.video(packet(100));
    batch.take();
    batch.audio(1_000, sound(10), false);
    expect(batch.take()?.video).to.include({ packets: 0, untilUs: 100 });
    batch.reach(500);
    batch.audio(2_000, sound(10), false);
    expect(batch.take()?.video?.untilUs).to.equal(500);
  });

  it('has nothing to say when nothing came', () => {
    const batch = new Batch();
    expect(batch.take()).to.equal(undefined);
    batch.video(packet(1));
    batch.take();
    expect(batch.take()).to.equal(undefined);
  });

  it('is full at a second of sound, or at many packets without any', () => {
    const heard = new Batch();
    heard.audio(0, sound(15_999), false);
    expect(heard.full).to.equal(false);
    heard.audio(15_999 / 0.016, sound(1), false);
    expect(heard.full).to.equal(true);
    heard.take();
    expect(heard.full).to.equal(false);
    const seen = new Batch();
    for (let i = 0; i < 31; i += 1) seen.video(packet(i));
    expect(seen.full).to.equal(false);
    seen.video(packet(31));
    expect(seen.full).to.equal(true);
  });
});
