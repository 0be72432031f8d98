import { expect } from 'chai';
import { lastValueFrom, type Observable } from 'rxjs';
import { Fault } from '../../src/faults.js';
import type { ClipSpec } from '../../src/inference/manifest.js';
import { clipToTensor } from '../../src/sense/pixels.js';
import { NO_COST, type NoReading, type Reading } from '../../src/sense/types.js';
import { createWatch } from '../../src/sense/watch.js';
import { CLIP, DECODED, net, NOT_DECODED, picture, PICTURE, segment, session, video } from './scripted.js';

const value = (of: Observable<Reading | NoReading>): Promise<Reading | NoReading> => lastValueFrom(of);
const noFrame = (): never => { throw new Error('asked for a frame'); };
const FIRST = picture(2_000_000, undefined, 0);
const SECOND = picture(3_000_000, undefined, 100);

describe('createWatch', () => {
  it('asks for nothing before it is subscribed, then for the clip that ends with the segment', async () => {
    const scripted = session();
    const eye = video(noFrame, () => ({ pictures: [FIRST, SECOND], cost: { ...DECODED, decodedFrames: 30 } }));
    const watching = createWatch(net(CLIP, scripted))(segment(6, { video: eye }));
    expect([eye.calls, scripted.runs]).to.deep.equal([0, 0]);
    expect(await value(watching)).to.deep.include({
      sense: 'motion', timeUs: 3_855_000, cost: { gmacs: 0.002, ms: 5, decodeMs: 5, decodedFrames: 30, waitMs: 9 },
    });
    expect(eye.requests).to.deep.equal([{ fromUs: 1_855_000, toUs: 3_855_000, count: 2, size: { width: 4, height: 2 } }]);
    expect(scripted.feeds[0]!['clip']!.dims).to.deep.equal([1, 3, 2, 2, 4]);
  });

  it('says why there is no clip', async () => {
    const scripted = session();
    const watch = createWatch(net(CLIP, scripted));
    const closed = video(noFrame, () => ({ pictures: [], reason: 'overloaded', cost: NOT_DECODED }));
    expect(await value(watch(segment(6, { video: closed })))).to.deep.include({ reason: 'overloaded' });
    expect(await value(watch(segment(6)))).to.deep.equal({ sense: 'motion', reason: 'no-video', cost: NO_COST });
    expect(await value(watch(segment(1, { video: closed }))), 'a second after the beginning there are no two seconds').to.deep.include({ reason: 'not-in-ring' });
    expect(await value(createWatch(undefined)(segment(6)))).to.deep.include({ reason: 'not-installed' });
    expect([closed.calls, scripted.runs]).to.deep.equal([1, 0]);
  });

  it('refuses a net that wants a picture', () => {
    expect(() => createWatch(net(PICTURE, session()))).to.throw(Fault).with.property('kind', 'pack-invalid');
  });
});

describe('clipToTensor', () => {
  const at: Record<ClipSpec['layout'], (t: number, c: number, p: number) => number> = {
    ntchw: (t, c, p) => (t * 3 + c) * 8 + p,
    ncthw: (t, c, p) => (c * 2 + t) * 8 + p,
    nthwc: (t, c, p) => (t * 8 + p) * 3 + c,
  };
  for (const layout of ['ntchw', 'ncthw', 'nthwc'] as const) {
    it(`puts every pixel in its place: ${layout}`, () => {
      const spec: ClipSpec = { kind: 'clip', width: 4, height: 2, frames: 2, spanS: 2, layout, scale: 0.5, offset: 1 };
      const tensor = clipToTensor([FIRST, SECOND], spec, new Float32Array(48));
      for (let t = 0; t < 2; t += 1) {
        for (let c = 0; c < 3; c += 1) {
          for (let p = 0; p < 8; p += 1) expect(tensor[at[layout](t, c, p)]).to.equal((t * 100 + p * 3 + c) * 0.5 + 1);
        }
      }
    });
  }
});
