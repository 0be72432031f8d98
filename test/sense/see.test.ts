import { expect } from 'chai';
import { lastValueFrom, NEVER, type Observable } from 'rxjs';
import { Fault } from '../../src/faults.js';
import { createSee } from '../../src/sense/see.js';
import { NO_COST, type NoReading, type Reading } from '../../src/sense/types.js';
import { CLIP, DECODED, net, NOT_DECODED, picture, PICTURE, segment, session, video } from './scripted.js';

const OPTIONS = { toleranceUs: 2_000_000 };
const value = (of: Observable<Reading | NoReading>): Promise<Reading | NoReading> => lastValueFrom(of);

/** A camera with a key frame every 2 s from 0 on, whose frames it knows again. */
const camera = (): ReturnType<typeof video> => video(({ timeUs, knownUs }) => {
  const keyUs = Math.floor(timeUs / 2_000_000) * 2_000_000;
  return keyUs === knownUs ? { unchanged: true, cost: NOT_DECODED } : { picture: picture(keyUs), cost: DECODED };
});

describe('createSee', () => {
  it('asks for nothing before it is subscribed', () => {
    const scripted = session();
    const eye = camera();
    createSee(net(PICTURE, scripted), OPTIONS)(segment(0, { video: eye }));
    expect([eye.calls, scripted.runs]).to.deep.equal([0, 0]);
  });

  it('reads the key frame before the segment\'s end, and nothing later', async () => {
    const scripted = session();
    const eye = camera();
    const reading = await value(createSee(net(PICTURE, scripted), OPTIONS)(segment(4, { video: eye })));
    expect(eye.requests).to.deep.equal([
      { timeUs: 2_895_000, notAfterUs: 2_895_000, size: { width: 4, height: 2 }, toleranceUs: 2_000_000 },
    ]);
    expect(reading).to.deep.equal({
      sense: 'appearance', scores: Float32Array.of(0.1, 0.8, 0.2), features: Float32Array.of(7, 8), labels: ['Silence', 'Speech', 'Bark'],
      background: new Set(['Silence']), timeUs: 2_000_000, cost: { gmacs: 0.002, ms: 5, decodeMs: 5, decodedFrames: 1, waitMs: 9 },
    });
    expect(scripted.feeds[0]!['image']!.data).to.deep.equal(Float32Array.from({ length: 24 }, (_, i) => i * 2 - 1));
  });

  it('holds its reading while the key frame stays the same: no pixels, no run, no cost', async () => {
    const scripted = session();
    const eye = camera();
    const see = createSee(net(PICTURE, scripted), OPTIONS);
    const first = await value(see(segment(0, { video: eye })));
    const second = await value(see(segment(1, { video: eye })));
    expect(second).to.deep.equal({ ...first, reused: true, cost: NO_COST });
    const later = await value(see(segment(3, { video: eye })));
    expect(later).to.deep.include({ timeUs: 2_000_000 }).and.not.to.have.property('reused');
    expect(scripted.runs).to.equal(2);
  });

  it('does not take a frame of an earlier era or connection for known', async () => {
    const see = createSee(net(PICTURE, session()), OPTIONS);
    const eye = camera();
    const other = camera();
    await value(see(segment(0, { video: eye })));
    await value(see(segment(1, { video: eye, era: 1 })));
    await value(see(segment(2, { video: other, era: 1 })));
    expect([...eye.requests, ...other.requests].map((request) => 'knownUs' in request)).to.deep.equal([false, false, false]);
  });

  it('says why there is no picture, with what that cost', async () => {
    const scripted = session();
    const see = createSee(net(PICTURE, scripted), OPTIONS);
    expect(await value(see(segment(0)))).to.deep.equal({ sense: 'appearance', reason: 'no-video', cost: NO_COST });
    const broken = video(() => ({ reason: 'not-decodable', cost: { ...NOT_DECODED, decodeMs: 3 } }));
    expect(await value(see(segment(0, { video: broken })))).to.deep.equal({ sense: 'appearance', reason: 'not-decodable', cost: { ...NO_COST, decodeMs: 3 } });
    expect(scripted.runs).to.equal(0);
    expect(await value(createSee(undefined, OPTIONS)(segment(0, { video: broken })))).to.deep.include({ reason: 'not-installed' });
  });

  it('keeps its last reading when a look is cancelled midway', async () => {
    const stuck = session();
    const see = createSee(net(PICTURE, { ...stuck, run: (feeds) => (stuck.runs === 0 ? stuck.run(feeds) : NEVER) }), OPTIONS);
    const eye = camera();
    await value(see(segment(0, { video: eye })));
    see(segment(3, { video: eye })).subscribe().unsubscribe();
    await value(see(segment(1, { video: eye })));
    expect(eye.requests.at(-1)).to.deep.include({ knownUs: 0 });
  });

  it('lays pixels out by channels for a net that wants nchw', async () => {
    const scripted = session();
    const nchw = { ...PICTURE, input: { ...PICTURE.input, from: { ...PICTURE.input.from, layout: 'nchw' as const } } };
    await value(createSee(net(nchw as typeof PICTURE, scripted), OPTIONS)(segment(0, { video: camera() })));
    const byChannel = Array.from({ length: 24 }, (_, i) => ((i % 8) * 3 + Math.floor(i / 8)) * 2 - 1);
    expect([...scripted.feeds[0]!['image']!.data]).to.deep.equal(byChannel);
  });

  it('refuses a net that wants a clip, and a picture of another size', async () => {
    expect(() => createSee(net(CLIP, session()), OPTIONS)).to.throw(Fault).with.property('kind', 'pack-invalid');
    const large = video(() => ({ picture: picture(0, { width: 8, height: 2 }), cost: DECODED }));
    const message = await value(createSee(net(PICTURE, session()), OPTIONS)(segment(0, { video: large })))
      .then(() => 'accepted', (error: unknown) => (error as Fault).message);
    expect(message).to.equal('A picture of 8×2 came where 4×2 was asked for.');
  });
});
