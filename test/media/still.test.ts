import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { readAll, sharedHost, totals, videoOf } from '../fixtures/connections.js';
import { pictures, recording, tone } from '../fixtures/recordings.js';

/** Width and height as a JPEG's frame header has them. */
const sizeOf = (jpeg: Uint8Array): { width: number; height: number } => {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  for (let at = 2; at < jpeg.length;) {
    const marker = view.getUint8(at + 1);
    if (marker >= 0xc0 && marker <= 0xc2) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at += 2 + view.getUint16(at + 2);
  }
  return expect.fail('no frame header');
};

describe('pictures for people', () => {
  const shared = sharedHost();
  const still = async (name: string, width: number, height: number, maxWidth: number) => {
    const path = recording(name, () => ({ video: pictures(3, { width, height }), audio: tone(3, { codec: 'flac' }) }));
    const video = videoOf(await readAll(shared.host, path));
    return { video, answer: await firstValueFrom(video.still!({ maxWidth })) };
  };

  it('are the newest key frame, as wide as asked for at most, and of the same shape', async () => {
    const large = await still('still-large.mkv', 320, 192, 160);
    expect(large.answer.timeUs).to.equal(2_000_000);
    expect(sizeOf(large.answer.jpeg!)).to.deep.equal({ width: 160, height: 96 });
    const small = await still('still-small.mkv', 160, 96, 640);
    expect(sizeOf(small.answer.jpeg!)).to.deep.equal({ width: 160, height: 96 });
  });

  it('touch no decoder of the gates, leave nothing behind, and are made once for a key frame', async () => {
    const path = recording('still-twice.mkv', () => ({ video: pictures(3), audio: tone(3, { codec: 'flac' }) }));
    const video = videoOf(await readAll(shared.host, path));
    const before = await totals(shared.host);
    const first = await firstValueFrom(video.still!({ maxWidth: 160 }));
    const second = await firstValueFrom(video.still!({ maxWidth: 160 }));
    expect(first.ms).to.be.greaterThan(0);
    expect(second.ms).to.equal(0);
    expect(second.jpeg).to.deep.equal(first.jpeg);
    expect(await totals(shared.host)).to.deep.equal(before);
    const frame = await firstValueFrom(video.frameAt({ timeUs: 2_000_000, size: { width: 32, height: 32 }, toleranceUs: 1e6 }));
    expect(frame.picture?.timeUs, 'a gate looks as before').to.equal(2_000_000);
  });

  it('are none where there is no video', async () => {
    const heard = await readAll(shared.host, recording('still-none.mkv', () => ({ audio: tone(2, { codec: 'flac' }) })));
    expect(heard.events.find(({ kind }) => kind === 'opened')).to.not.have.property('video');
  });
});
