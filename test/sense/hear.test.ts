import { expect } from 'chai';
import { lastValueFrom, type Observable } from 'rxjs';
import { Fault } from '../../src/faults.js';
import { createHear, missingPart } from '../../src/sense/hear.js';
import { levelDbfs } from '../../src/sense/level.js';
import { createLogMel } from '../../src/sense/log-mel.js';
import { NO_COST } from '../../src/sense/types.js';
import { AUDIO, net, PICTURE, segment, session } from './scripted.js';

const NOISE = Float32Array.from({ length: 40_000 }, (_, i) => Math.sin(i * i) / 3);
const window = (index: number): Float32Array => NOISE.slice(index * 7_680, index * 7_680 + 15_600);
const whole = (index: number): ReturnType<typeof segment> => segment(index, { audio: { samples: window(index), missing: [] } });
const value = <T>(of: Observable<T>): Promise<T> => lastValueFrom(of);
const SPEC = AUDIO.input.from.kind === 'log-mel' ? AUDIO.input.from : expect.fail();

describe('createHear', () => {
  it('computes nothing before it is subscribed', () => {
    const scripted = session();
    createHear(net(AUDIO, scripted))(whole(0));
    expect(scripted.runs).to.equal(0);
  });

  it('gives the scores, features and cost of one run on the log-mel patch of the window', async () => {
    const scripted = session();
    const evidence = await value(createHear(net(AUDIO, scripted))(whole(0)));
    expect(evidence).to.deep.equal({
      index: 0, startUs: 0, endUs: 975_000, startEpochMs: 0, discontinuity: false, era: 0, gates: {}, levelDbfs: levelDbfs(window(0)),
      readings: {
        audio: {
          sense: 'audio', scores: Float32Array.of(0.1, 0.8, 0.2), features: Float32Array.of(7, 8), labels: ['Silence', 'Speech', 'Bark'],
          background: new Set(['Silence']), timeUs: 975_000, cost: { ...NO_COST, gmacs: 0.002, ms: 5 },
        },
      },
    });
    expect(scripted.feeds[0]!['mel']!.dims).to.deep.equal([1, 96, 64]);
    expect(scripted.feeds[0]!['mel']!.data).to.deep.equal(createLogMel(SPEC).patch(window(0)));
  });

  it('feeds overlapping windows as a fresh front end would, over holes and eras too', async () => {
    const scripted = session();
    const hear = createHear(net(AUDIO, scripted));
    for (const each of [whole(0), whole(1), whole(3), { ...whole(2), era: 1 }]) await value(hear(each));
    scripted.feeds.forEach((feed, i) => {
      expect(feed['mel']!.data).to.deep.equal(createLogMel(SPEC).patch(window([0, 1, 3, 2][i]!)));
    });
  });

  it('does not listen to a window without sound, or with more missing than it may, and that costs nothing', async () => {
    const scripted = session();
    const hear = createHear(net(AUDIO, scripted), { maxMissing: 0.5 });
    const half = (ms: number): ReturnType<typeof segment> =>
      segment(0, { audio: { samples: window(0), missing: [{ startUs: 0, endUs: ms * 1_000 }] } });
    const none = { sense: 'audio', reason: 'no-audio', cost: NO_COST };
    expect((await value(hear(segment(0)))).readings.audio).to.deep.equal(none);
    expect((await value(hear(half(488)))).readings.audio).to.deep.equal(none);
    expect(scripted.runs).to.equal(0);
    expect((await value(hear(half(487)))).readings.audio?.scores).to.have.length(3);
  });

  it('says so when no audio net is installed', async () => {
    expect((await value(createHear(undefined)(whole(0)))).readings.audio).to.deep.equal({ sense: 'audio', reason: 'not-installed', cost: NO_COST });
  });

  it('refuses a net that wants pictures, segments of another length, and a net that does not fit its labels', async () => {
    expect(() => createHear(net(PICTURE, session()))).to.throw(Fault).with.property('kind', 'pack-invalid');
    const fault = async (of: Observable<unknown>): Promise<Fault> =>
      value(of).then(() => expect.fail('was accepted'), (error: unknown) => error instanceof Fault ? error : expect.fail(String(error)));
    const short = segment(0, { audio: { samples: new Float32Array(8_000), missing: [] } });
    expect((await fault(createHear(net(AUDIO, session()))(short))).message).to.equal('A segment has 8000 samples, and the audio net wants 15600.');
    expect((await fault(createHear(net(AUDIO, session([0.5])))(whole(0)))).message).to.equal('scripted.onnx gave 1 scores for 3 labels.');
  });

  it('measures what is missing', () => {
    expect(missingPart(segment(0))).to.equal(1);
    expect(missingPart(whole(0))).to.equal(0);
    const missing = [{ startUs: 0, endUs: 97_500 }, { startUs: 500_000, endUs: 597_500 }];
    expect(missingPart(segment(0, { audio: { samples: window(0), missing } }))).to.be.closeTo(0.2, 1e-9);
  });
});
