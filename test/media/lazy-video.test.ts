import { expect } from 'chai';
import fc from 'fast-check';
import { firstValueFrom, forkJoin } from 'rxjs';
import { GopDecoder } from '../../src/media/gop-decoder.js';
import { GopRing } from '../../src/media/gop-ring.js';
import { clipGrid, VideoOnDemand } from '../../src/media/lazy-video.js';
import { CodecParameters, freePacket, type Packet } from '../../src/media/native.js';
import { Scaler } from '../../src/media/scaler.js';
import type { ClipAnswer, FrameAnswer, LazyVideo, Picture, Size } from '../../src/media/types.js';
import { hosts, readAll, sharedHost, totals, videoOf } from '../fixtures/connections.js';
import { isRedBelow, numberOf } from '../fixtures/pictures.js';
import { ordinary, pictures, recording, tone } from '../fixtures/recordings.js';

const SIZE: Size = { width: 160, height: 96 };
const SMALL: Size = { width: 80, height: 80 };
const ANY_US = 60_000_000;

const look = async (video: LazyVideo, timeUs: number, more: Partial<Parameters<LazyVideo['frameAt']>[0]> = {}): Promise<FrameAnswer> =>
  firstValueFrom(video.frameAt({ timeUs, size: SIZE, toleranceUs: ANY_US, ...more }));

const watch = async (video: LazyVideo, fromUs: number, toUs: number, count: number, size = SIZE): Promise<ClipAnswer> =>
  firstValueFrom(video.clip({ fromUs, toUs, count, size }));

const pictureOf = (answer: FrameAnswer): Picture => answer.picture ?? expect.fail(`no picture: ${String(answer.reason)}`);
const numbers = ({ pictures: some }: ClipAnswer): number[] => some.map(numberOf);

describe('frameAt', () => {
  const shared = sharedHost();
  let video: LazyVideo;
  before(async () => {
    // A key frame each second, at pictures 0, 10, 20, …
    video = videoOf(await readAll(shared.host, ordinary()));
  });

  it('answers with the nearest key frame that is not later than the time', async () => {
    const answers = await firstValueFrom(forkJoin([2_000_000, 2_900_000, 3_000_000].map((timeUs) => video.frameAt({ timeUs, size: SIZE, toleranceUs: ANY_US }))));
    expect(answers.map((answer) => numberOf(pictureOf(answer)))).to.deep.equal([20, 20, 30]);
    expect(answers.map((answer) => pictureOf(answer).timeUs)).to.deep.equal([2_000_000, 2_000_000, 3_000_000]);
  });

  it('answers with a later key frame if it may and that is nearer', async () => {
    expect(numberOf(pictureOf(await look(video, 2_600_000, { notAfterUs: 3_000_000 })))).to.equal(30);
    expect(numberOf(pictureOf(await look(video, 2_600_000, { notAfterUs: 2_999_999 })))).to.equal(20);
  });

  it('never uses anything later than notAfterUs, also for an exact frame', async () => {
    expect(numberOf(pictureOf(await look(video, 2_750_000, { exact: true, notAfterUs: 2_350_000 })))).to.equal(23);
  });

  it('answers with the frame on screen when an exact one is asked for', async () => {
    for (const [timeUs, number] of [[4_500_000, 45], [4_599_999, 45], [4_600_000, 46], [5_900_000, 59]] as const) {
      expect(numberOf(pictureOf(await look(video, timeUs, { exact: true })))).to.equal(number);
    }
  });

  it('scales to the size that is asked for, in red, green, blue', async () => {
    for (const size of [SIZE, SMALL, { width: 33, height: 17 }, { width: 224, height: 224 }]) {
      const picture = pictureOf(await look(video, 3_000_000, { size }));
      expect([picture.width, picture.height, picture.data.length]).to.deep.equal([size.width, size.height, size.width * size.height * 3]);
      expect(numberOf(picture)).to.equal(30);
      expect(isRedBelow(picture)).to.equal(true);
    }
  });

  it('says what it cost', async () => {
    const fresh = videoOf(await readAll(shared.host, ordinary()));
    const { cost } = await look(fresh, 1_000_000);
    expect(cost.decodedFrames).to.equal(1);
    expect(cost.decodeMs).to.be.greaterThan(0);
    expect(cost.scaleMs).to.be.greaterThan(0);
    expect(cost.waitMs).to.be.at.least(0);
  });

  it('makes no pixels when the caller already has the frame', async () => {
    const answer = await look(video, 2_500_000, { knownUs: 2_000_000 });
    expect(answer.unchanged).to.equal(true);
    expect(answer.picture).to.equal(undefined);
    expect(answer.cost).to.include({ decodedFrames: 0, decodeMs: 0, scaleMs: 0 });
    expect((await look(video, 3_500_000, { knownUs: 2_000_000 })).unchanged).to.equal(undefined);
  });

  it('says when the nearest key frame is too far, and decodes nothing', async () => {
    const answer = await look(video, 2_900_000, { toleranceUs: 800_000 });
    expect(answer).to.deep.include({ reason: 'too-far' });
    expect(answer.cost.decodedFrames).to.equal(0);
    expect(pictureOf(await look(video, 2_900_000, { toleranceUs: 900_000 })).timeUs).to.equal(2_000_000);
  });

  it('says when the time has left the ring', async () => {
    const short = videoOf(await readAll(shared.host, ordinary(), { ring: { maxBytes: 1e9, maxUs: 2_000_000 } }));
    expect((await look(short, 1_000_000)).reason).to.equal('not-in-ring');
    expect((await look(short, 1_000_000, { exact: true })).reason).to.equal('not-in-ring');
    expect((await watch(short, 0, 2_000_000, 4)).reason).to.equal('not-in-ring');
    expect(numberOf(pictureOf(await look(short, 5_500_000)))).to.equal(50);
  });

  it('decodes nothing of a GOP longer than the ring but its beginning', async () => {
    const path = recording('gop-30s.mkv', () => ({ video: pictures(30, { gopFrames: 300, fps: 10 }) }));
    const long = videoOf(await readAll(shared.host, path, { ring: { maxBytes: 1e9, maxUs: 5_000_000 } }));
    expect(numberOf(pictureOf(await look(long, 29_000_000)))).to.equal(0);
    expect((await look(long, 29_000_000, { exact: true })).reason).to.equal('not-in-ring');
    expect(numberOf(pictureOf(await look(long, 4_000_000, { exact: true })))).to.equal(40);
  });
});

describe('A source without key frames or without pictures', () => {
  const shared = sharedHost();

  it('says that there is no key frame when none could be kept', async () => {
    const video = videoOf(await readAll(shared.host, ordinary(), { ring: { maxBytes: 10, maxUs: ANY_US } }));
    expect((await look(video, 1_000_000)).reason).to.equal('no-key-frame');
    expect((await watch(video, 0, 1_000_000, 2)).reason).to.equal('no-key-frame');
  });

  it('has no pictures to ask for when there is only sound', async () => {
    const heard = await readAll(shared.host, recording('sound-only.mkv', () => ({ audio: tone(2) })));
    const [opened] = heard.of('opened');
    expect(opened?.info.video).to.equal(undefined);
    expect(opened?.video).to.equal(undefined);
    expect(heard.progress).to.deep.equal([]);
  });
});

describe('clip', () => {
  const shared = sharedHost();
  let video: LazyVideo;
  before(async () => {
    video = videoOf(await readAll(shared.host, ordinary()));
  });

  it('gives the frames on screen on an even grid, in time order', async () => {
    expect(numbers(await watch(video, 1_000_000, 3_000_000, 4))).to.deep.equal([15, 20, 25, 30]);
    expect(numbers(await watch(video, 1_000_000, 2_000_000, 10))).to.deep.equal([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  });

  it('shares its frames with a clip that overlaps it', async () => {
    const first = await watch(video, 1_000_000, 3_000_000, 8);
    const second = await watch(video, 2_000_000, 4_000_000, 8);
    const times = (answer: ClipAnswer): number[] => answer.pictures.map(({ timeUs }) => timeUs);
    expect(times(second).slice(0, 4)).to.deep.equal(times(first).slice(4));
  });

  it('begins to decode at the key frame before it', async () => {
    const fresh = videoOf(await readAll(shared.host, ordinary()));
    // Pictures 27, 28, 29 need 20 to 29.
    const answer = await watch(fresh, 2_650_000, 2_950_000, 3);
    expect(numbers(answer)).to.deep.equal([27, 28, 29]);
    expect(answer.cost.decodedFrames).to.be.within(9, 10);
  });

  it('repeats a frame that stays on screen, and gives all that were asked for', async () => {
    const answer = await watch(video, 1_000_000, 1_200_000, 8);
    expect(numbers(answer)).to.deep.equal([10, 10, 10, 11, 11, 11, 11, 12]);
  });

  it('scales them', async () => {
    const answer = await watch(video, 4_000_000, 5_000_000, 5, SMALL);
    expect(numbers(answer)).to.deep.equal([42, 44, 46, 48, 50]);
    for (const { width, height, data } of answer.pictures) expect([width, height, data.length]).to.deep.equal([80, 80, 19_200]);
  });

  it('has a grid anchored at 0 that ends in the span', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1e10 }), fc.integer({ min: 1_000, max: 1e7 }), fc.integer({ min: 1, max: 64 }), (fromUs, lengthUs, count) => {
      const grid = clipGrid({ fromUs, toUs: fromUs + lengthUs, count, size: SIZE });
      const stepUs = lengthUs / count;
      expect(grid).to.have.length(count);
      expect(grid[0]).to.be.greaterThan(fromUs - 1);
      expect(grid.at(-1)).to.be.at.most(fromUs + lengthUs + 1);
      for (const timeUs of grid) expect(Math.abs(timeUs / stepUs - Math.round(timeUs / stepUs)) * stepUs).to.be.at.most(1);
    }));
  });
});

describe('Requests that nobody made, or nobody can answer', () => {
  const host = hosts();

  it('are not made before subscription', async () => {
    const one = host();
    const video = videoOf(await readAll(one, ordinary()));
    video.frameAt({ timeUs: 0, size: SIZE, toleranceUs: ANY_US });
    video.clip({ fromUs: 0, toUs: 1_000_000, count: 4, size: SIZE });
    expect((await totals(one)).packetsDecoded).to.equal(0);
  });

  it('are answered as closed when the media process is gone', async () => {
    const one = host();
    const video = videoOf(await readAll(one, ordinary()));
    await one.close();
    expect((await look(video, 0)).reason).to.equal('closed');
    expect((await watch(video, 0, 1_000_000, 2)).reason).to.equal('closed');
  });
});

describe('VideoOnDemand', () => {
  /** A camera without pictures whose clock goes on only when it is told to. */
  const scripted = () => {
    const parameters = new CodecParameters();
    parameters.alloc();
    const asked: number[] = [];
    let goOn: () => void = () => undefined;
    const started = new Promise<void>((resolve) => { goOn = resolve; });
    const demand = new VideoOnDemand({
      ring: new GopRing<Packet>({ maxBytes: 1, maxUs: 1 }, freePacket),
      decoder: new GopDecoder(parameters, 0),
      scaler: new Scaler(),
      clock: { reached: async (timeUs) => { asked.push(timeUs); return started; } },
    });
    return { demand, asked, goOn };
  };
  const frame = async (demand: VideoOnDemand, timeUs: number, cancelled = (): boolean => false) =>
    demand.frameAt({ timeUs, size: SIZE, toleranceUs: 0 }, cancelled);

  it('lets eight requests wait, and refuses the ninth at once', async () => {
    const { demand, goOn } = scripted();
    const waiting = Array.from({ length: 8 }, async (_, i) => frame(demand, i));
    expect((await frame(demand, 8)).reason).to.equal('overloaded');
    expect((await demand.clip({ fromUs: 0, toUs: 1, count: 1, size: SIZE }, () => false)).reason).to.equal('overloaded');
    goOn();
    expect((await Promise.all(waiting)).map(({ reason }) => reason)).to.deep.equal(new Array(8).fill('no-key-frame'));
    expect((await frame(demand, 9)).reason).to.equal('no-key-frame');
  });

  it('serves them in order, one at a time', async () => {
    const { demand, asked, goOn } = scripted();
    const waiting = [3, 1, 2].map(async (timeUs) => frame(demand, timeUs));
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).to.deep.equal([3]);
    goOn();
    await Promise.all(waiting);
    expect(asked).to.deep.equal([3, 1, 2]);
  });

  it('does not begin one that was cancelled while it waited', async () => {
    const { demand, asked, goOn } = scripted();
    let cancelled = false;
    const waiting = [frame(demand, 1), frame(demand, 2, () => cancelled), frame(demand, 3)];
    cancelled = true;
    goOn();
    expect((await Promise.all(waiting)).map(({ reason }) => reason)).to.deep.equal(['no-key-frame', 'closed', 'no-key-frame']);
    expect(asked).to.deep.equal([1, 3]);
  });

  it('waits for nothing later than notAfterUs', async () => {
    const { demand, asked, goOn } = scripted();
    goOn();
    await demand.frameAt({ timeUs: 5, notAfterUs: 3, size: SIZE, toleranceUs: 0 }, () => false);
    expect(asked).to.deep.equal([3]);
  });
});
