import { expect } from 'chai';
import fc from 'fast-check';
import { Batch } from '../../src/media/batch.js';
import { Progress } from '../../src/media/progress.js';
import { Windows } from '../../src/segment/windows.js';
import { opened, SPEC } from '../segment/events.js';

const MS = 1_000;
const both = { audio: true, video: true };

/** With both tracks, from media time 0. */
const fresh = (tracks = both): Progress => {
  const progress = new Progress(SPEC, 0);
  progress.begin(tracks);
  return progress;
};
const reachBoth = (progress: Progress, us: number): void => {
  progress.reach('audio', us);
  progress.reach('video', us);
};

describe('The progress of a connection', () => {
  it('completes a segment when all tracks have passed its end, and then waits for the next', () => {
    const progress = fresh();
    progress.reach('audio', 980 * MS);
    expect([progress.complete, progress.endUs]).to.deep.equal([false, 975 * MS]);
    progress.reach('video', 976 * MS);
    expect(progress.complete).to.equal(true);
    progress.told();
    expect([progress.complete, progress.endUs]).to.deep.equal([false, 1_455 * MS]);
  });

  it('waits for no track that there is not', () => {
    const progress = fresh({ audio: true, video: false });
    progress.reach('audio', 980 * MS);
    expect(progress.complete).to.equal(true);
  });

  it('waits for a track that is late as long as the listener does, also for one that never came', () => {
    const progress = fresh();
    progress.reach('video', 1_474 * MS);
    expect(progress.complete).to.equal(false);
    progress.reach('video', 1_476 * MS);
    expect(progress.complete).to.equal(true);
  });

  it('counts from where the listener says that a segment ends', () => {
    const progress = fresh();
    reachBoth(progress, 10_000 * MS);
    progress.align(9_100 * MS);
    expect(progress.endUs).to.equal(10_060 * MS);
    progress.align(10_300 * MS);
    expect(progress.endUs).to.equal(10_300 * MS);
    reachBoth(progress, 10_301 * MS);
    progress.told();
    expect(progress.endUs).to.equal(10_780 * MS);
  });

  it('never takes a segment for complete that the listener does not, whatever the timestamps of sound do', () => {
    // The listener counts samples and believes timestamps only beyond 40 ms: it may be a packet behind what they say.
    const packets = fc.array(fc.record({ samples: fc.integer({ min: 100, max: 1_100 }), errorUs: fc.integer({ min: -60 * MS, max: 60 * MS }) }), { minLength: 30, maxLength: 80 });
    fc.assert(fc.property(packets, (sound) => {
      const [batch, progress, windows] = [new Batch(), fresh({ audio: true, video: false }), new Windows(SPEC, 4_000_000)];
      windows.open(opened());
      let sent = 0;
      for (const { samples, errorUs } of sound) {
        batch.audio(Math.max(0, sent / 0.016 + errorUs), new Float32Array(samples), false);
        progress.reach('audio', batch.heardUs);
        sent += samples;
        if (!progress.complete) continue;
        progress.told();
        for (const chunk of batch.take()?.audio ?? []) {
          const { at, samples: fresh } = windows.place(chunk);
          windows.hear(at, fresh);
        }
        let last: number | undefined;
        for (let cut = windows.take(); cut !== undefined; cut = windows.take()) last = cut.endUs;
        expect(last, 'a segment comes out').to.equal(progress.endUs - SPEC.hopUs);
      }
    }));
  });
});
