import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import type { ClipAnswer, FrameAnswer, LazyVideo, Picture, Size } from '../../src/media/types.js';
import { hosts, readAll, sharedHost, totals, videoOf } from '../fixtures/connections.js';
import { isRedBelow, numberOf } from '../fixtures/pictures.js';
import { joined, pictures, recording, tone, withBFrames } from '../fixtures/recordings.js';

const SIZE: Size = { width: 160, height: 96 };
const SMALL: Size = { width: 80, height: 80 };

const look = async (video: LazyVideo, timeUs: number, more: Partial<Parameters<LazyVideo['frameAt']>[0]> = {}): Promise<FrameAnswer> =>
  firstValueFrom(video.frameAt({ timeUs, size: SIZE, toleranceUs: 60_000_000, ...more }));

const watch = async (video: LazyVideo, fromUs: number, toUs: number, count: number, size = SIZE): Promise<ClipAnswer> =>
  firstValueFrom(video.clip({ fromUs, toUs, count, size }));

const pictureOf = (answer: FrameAnswer): Picture => answer.picture ?? expect.fail(`no picture: ${String(answer.reason)}`);
const numbers = ({ pictures: some }: ClipAnswer): number[] => some.map(numberOf);

describe('Two requests into one GOP', () => {
  const host = hosts();
  // Two GOPs of 20 pictures.
  const open = async (path = withBFrames()) => {
    const one = host();
    return { one, video: videoOf(await readAll(one, path, {})) };
  };
  const decoded = async (one: ReturnType<typeof host>): Promise<number> => (await totals(one)).framesDecoded;

  const orders: Record<string, (video: LazyVideo) => Promise<{ cost: { decodedFrames: number } }[]>> = {
    'forwards': async (video) => [await look(video, 0), await look(video, 700_000, { exact: true }), await look(video, 1_900_000, { exact: true })],
    'backwards': async (video) => [await look(video, 1_900_000, { exact: true }), await look(video, 700_000, { exact: true }), await look(video, 0)],
    'in other sizes': async (video) => [await look(video, 1_500_000, { exact: true }), await look(video, 1_500_000, { exact: true, size: SMALL }), await look(video, 1_200_000, { exact: true, size: SMALL })],
    'a frame, then a clip': async (video) => [await look(video, 1_000_000), await watch(video, 0, 1_900_000, 8)],
    'a clip, then a frame': async (video) => [await watch(video, 0, 1_900_000, 8, SMALL), await look(video, 1_700_000, { exact: true })],
    'overlapping clips': async (video) => [await watch(video, 0, 1_000_000, 4), await watch(video, 500_000, 1_500_000, 4), await watch(video, 900_000, 1_900_000, 4)],
  };
  for (const [order, requests] of Object.entries(orders)) {
    it(`decode it once: ${order}`, async function () {
      this.timeout(60_000);
      const { one, video } = await open();
      const answers = await requests(video);
      const total = answers.reduce((sum, { cost }) => sum + cost.decodedFrames, 0);
      expect(total).to.be.within(1, 20);
      expect(await decoded(one)).to.equal(total);
    });
  }

  it('decode nothing the second time', async () => {
    const { video } = await open();
    await look(video, 1_900_000, { exact: true });
    expect((await look(video, 1_300_000, { exact: true })).cost.decodedFrames).to.equal(0);
    expect((await watch(video, 0, 1_900_000, 16)).cost.decodedFrames).to.equal(0);
  });

  it('decode it once also when they come at the same time', async () => {
    const { one, video } = await open();
    await Promise.all([look(video, 1_900_000, { exact: true }), look(video, 800_000, { exact: true }), watch(video, 0, 1_900_000, 4)]);
    expect(await decoded(one)).to.be.within(1, 20);
  });

  it('decode each of two GOPs once for a clip over both', async () => {
    const { one, video } = await open();
    expect(numbers(await watch(video, 0, 3_900_000, 39))).to.deep.equal(Array.from({ length: 39 }, (_, i) => i + 1));
    expect(await decoded(one)).to.equal(40);
  });
});

describe('B-frames', () => {
  const shared = sharedHost();

  it('are shown at their own times: each exact frame is the right picture', async function () {
    this.timeout(60_000);
    const video = videoOf(await readAll(shared.host, withBFrames()));
    for (const number of [39, 0, 7, 8, 9, 21, 38, 19, 20]) {
      expect(numberOf(pictureOf(await look(video, number * 100_000 + 50_000, { exact: true })))).to.equal(number);
    }
  });

  for (const container of ['mp4', 'ts'] as const) {
    it(`are right in ${container} too, where the first frame is not shown at 0`, async function () {
      this.timeout(60_000);
      const path = recording(`b-frames.${container}`, () => ({ video: pictures(4, { gopFrames: 20, bFrames: 2 }), audio: tone(4) }));
      const heard = await readAll(shared.host, path);
      const video = videoOf(heard);
      const first = pictureOf(await look(video, 1_000_000));
      expect(numberOf(first)).to.equal(0);
      const answer = await watch(video, first.timeUs, first.timeUs + 3_900_000, 39);
      expect(numbers(answer).at(-1)).to.be.within(38, 39);
      const exact = pictureOf(await look(video, first.timeUs + 1_350_000, { exact: true }));
      expect(numberOf(exact)).to.equal(13);
      expect(exact.timeUs).to.be.closeTo(first.timeUs + 1_300_000, 100);
    });
  }
});

describe('Other pictures', () => {
  const shared = sharedHost();

  it('VP8 in WebM', async () => {
    const path = recording('vp8.webm', () => ({ video: pictures(3, { codec: 'libvpx', bitsPerSecond: 800_000 }), audio: tone(3, { codec: 'libopus' }) }));
    const heard = await readAll(shared.host, path);
    expect(heard.of('opened')[0]?.info.video).to.include({ codec: 'vp8', width: 160, height: 96 });
    const video = videoOf(heard);
    // Opus begins 6.5 ms before its first sample, so all else comes that much later.
    expect(numberOf(pictureOf(await look(video, 2_050_000)))).to.equal(20);
    expect(numberOf(pictureOf(await look(video, 2_750_000, { exact: true })))).to.equal(27);
  });

  it('MPEG-4 in AVI, where frames have no time of their own', async () => {
    const path = recording('mpeg4.avi', () => ({ video: pictures(3, { codec: 'mpeg4', bitsPerSecond: 800_000 }) }));
    const video = videoOf(await readAll(shared.host, path));
    expect(numberOf(pictureOf(await look(video, 2_950_000, { exact: true })))).to.equal(29);
  });

  it('a picture size that changes in mid-stream', async () => {
    const small = recording('small.ts', () => ({ video: pictures(2), audio: tone(2) }));
    const large = recording('large.ts', () => ({
      video: pictures(2, { width: 320, height: 192, startUs: 2_000_000, frame: (i) => larger(i + 20) }),
      audio: tone(2, { startUs: 2_000_000 }),
    }));
    const video = videoOf(await readAll(shared.host, joined('grows.ts', small, large)));
    const early = pictureOf(await look(video, 1_500_000));
    const late = pictureOf(await look(video, early.timeUs + 2_500_000));
    expect([numberOf(early), numberOf(late)]).to.deep.equal([10, 30]);
    expect(isRedBelow(late)).to.equal(true);
    // Back across the change, and a clip over it.
    expect(numberOf(pictureOf(await look(video, early.timeUs + 500_000, { exact: true })))).to.equal(15);
    expect(numbers(await watch(video, early.timeUs + 500_000, early.timeUs + 1_500_000, 10)).slice(-5)).to.deep.equal([21, 22, 23, 24, 25]);
  });
});

const larger = (index: number): Uint8Array => pictures(1, { width: 320, height: 192 }).frame(index);
