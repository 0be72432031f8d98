import { expect } from 'chai';
import fc from 'fast-check';
import { SenderTrack, ntpToUs } from '../../../src/ingest/webrtc/sender-clock.js';
import { KeyFrames } from '../../../src/ingest/webrtc/key-frames.js';

const wrapped = (ticks: number): number => Number(BigInt.asUintN(32, BigInt(Math.round(ticks))));

describe('The publisher\'s clock', () => {
  it('puts sound and pictures together by sender reports, wherever the counters begin and whenever things arrive', () => {
    const counter = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(fc.property(counter, counter, fc.integer({ min: -400_000, max: 400_000 }), (audioStart, videoStart, skewUs) => {
      const audio = new SenderTrack(48_000);
      const video = new SenderTrack(90_000, audio);
      let lastUs = -Infinity;
      let apartUs = NaN;
      for (let ms = 0; ms < 6_000; ms += 20) {
        const heardUs = audio.read(wrapped(audioStart + ms * 48), ms * 1000);
        if (ms % 40 === 0) {
          const seenUs = video.read(wrapped(videoStart + ms * 90), ms * 1000 + skewUs);
          expect(seenUs, 'time goes on').to.be.greaterThan(lastUs);
          lastUs = seenUs;
          apartUs = seenUs - heardUs;
        }
        if (ms % 1000 === 500) {
          // Taken at the same moment of the publisher's wall clock.
          audio.report(1e12 + ms * 1000, wrapped(audioStart + ms * 48));
          video.report(1e12 + ms * 1000, wrapped(videoStart + ms * 90));
        }
      }
      expect(Math.abs(apartUs)).to.be.lessThan(3_000);
    }));
  });

  it('does not believe reports that are seconds off', () => {
    const audio = new SenderTrack(48_000);
    const video = new SenderTrack(90_000, audio);
    audio.read(0, 0);
    video.read(0, 0);
    audio.report(1e12, 0);
    video.report(1e12 + 60e6, 0);
    expect(video.read(90_000, 1e6)).to.equal(1e6);
  });

  it('reads NTP time to the microsecond', () => {
    expect(ntpToUs((3_900_000_000n << 32n) | 0x8000_0000n)).to.equal(3_900_000_000_500_000);
  });
});

describe('KeyFrames', () => {
  const made = () => {
    const clock = { ms: 0 };
    const sent: number[] = [];
    const keyFrames = new KeyFrames(() => sent.push(clock.ms), () => clock.ms);
    return { clock, sent, keyFrames };
  };

  it('asks no more than twice a second, however many look', () => {
    const { clock, sent, keyFrames } = made();
    for (; clock.ms < 10_000; clock.ms += 10) keyFrames.request(false);
    expect(sent.length).to.be.within(10, 21);
  });

  it('is not waited for by who has an older frame, once the publisher has not answered three times', () => {
    const { clock, keyFrames } = made();
    for (; clock.ms < 4_000; clock.ms += 600) keyFrames.request(true);
    expect(keyFrames.request(true)).to.equal(0);
    expect(keyFrames.request(false), 'without an older frame it still is').to.equal(1_000);
    keyFrames.came();
    clock.ms += 600;
    expect(keyFrames.request(true), 'an answer brings the patience back').to.equal(1_000);
  });

  it('is waited for as long as was set', () => {
    expect(new KeyFrames(() => undefined, () => 0, 300).request(false)).to.equal(300);
  });

  it('asks every two seconds while clips are being looked at, and then no more', () => {
    const { clock, sent, keyFrames } = made();
    keyFrames.arm();
    for (; clock.ms < 30_000; clock.ms += 100) {
      keyFrames.tick(false);
      if (sent.at(-1) === clock.ms) keyFrames.came();
    }
    expect(sent.length).to.be.within(5, 7);
    expect(sent.at(-1)).to.be.at.most(12_000);
    expect(keyFrames.answeredMs.every((ms) => ms === 0)).to.equal(true);
  });
});
