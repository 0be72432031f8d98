import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { ALL_US, Heard, hosts, readAll, spec, totals, until, videoOf } from '../fixtures/connections.js';
import { camera, ordinary, pictures, recording } from '../fixtures/recordings.js';
import { holesIn, soundOf } from '../fixtures/sounds.js';

const pause = async (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const MS = 1_000;
const S = 1_000_000;

describe('A connection', () => {
  const host = hosts();

  it('says what the recording carries before anything else', async () => {
    const heard = await readAll(host(), camera());
    const [opened] = heard.events;
    if (opened?.kind !== 'opened') return expect.fail('it was not opened first');
    const { durationUs, ...info } = opened.info;
    expect(info).to.deep.equal({
      container: 'matroska,webm',
      live: false,
      audio: { codec: 'aac', sampleRateHz: 48_000, channels: 1 },
      video: { codec: 'h264', width: 160, height: 96 },
    });
    expect(durationUs).to.be.closeTo(8_000_000, 50_000);
    expect(heard.events.at(-1)).to.deep.equal({ kind: 'ended' });
  });

  it('gives no picture to the decoder while nobody asks', async () => {
    const one = host();
    const heard = await readAll(one, camera());
    const { packetsDecoded, framesDecoded, natives } = await totals(one);
    expect([packetsDecoded, framesDecoded]).to.deep.equal([0, 0]);
    // Nothing was missed, either: the pictures are there, compressed.
    expect(heard.progress.reduce((sum, { packets }) => sum + packets, 0)).to.equal(160);
    expect(natives).to.be.at.least(160);
  });

  it('counts packets, bytes and key frames, and says when those are shown', async () => {
    const heard = await readAll(host(), ordinary());
    const sum = (of: (progress: (typeof heard.progress)[number]) => number): number => heard.progress.reduce((total, progress) => total + of(progress), 0);
    expect([sum(({ packets }) => packets), sum(({ keyFrames }) => keyFrames), sum(({ dropped }) => dropped)]).to.deep.equal([60, 6, 0]);
    expect(heard.progress.flatMap(({ keyTimesUs }) => keyTimesUs ?? [])).to.deep.equal([0, 1, 2, 3, 4, 5].map((s) => s * S));
    expect(sum(({ bytes }) => bytes)).to.be.greaterThan(1_000);
  });

  it('begins at the media time that it is told', async () => {
    const heard = await readAll(host(), ordinary(), { startUs: 100 * S });
    expect(heard.sound[0]?.startUs).to.equal(100 * S);
    expect(heard.seenUs).to.be.closeTo(106 * S, 120 * MS);
  });

  it('gives the same sound and the same times on every run', async () => {
    const one = host();
    const [first, second] = [await readAll(one, camera()), await readAll(one, camera())];
    const whole = ({ sound }: typeof first): Float32Array => soundOf(sound, 0, 9 * S);
    expect(Buffer.from(whole(first).buffer).equals(Buffer.from(whole(second).buffer))).to.equal(true);
  });
});

describe('A recording', () => {
  const host = hosts();

  it('is not read before the first permit', async () => {
    const heard = new Heard(host().connect(spec(camera())));
    await heard.until(({ events }) => events.length > 0, 'the opening');
    await pause(300);
    expect(heard.events.map(({ kind }) => kind)).to.deep.equal(['opened']);
  });

  it('stops at its permit, and goes on at the next without losing a sample', async () => {
    const one = host();
    const whole = await readAll(one, camera());
    const steps = new Heard(one.connect(spec(camera())));
    await steps.until(({ events }) => events.length > 0, 'the opening');
    const [opened] = steps.of('opened');
    for (let permitS = 1; permitS <= 9; permitS += 1) {
      opened?.permit(permitS * S);
      await steps.until(({ heardUs, over }) => over || heardUs >= Math.min(permitS, 7) * S, `sound up to ${permitS} s`);
      await pause(50);
      // Two seconds that one track may run ahead of the other, and the packet that says so.
      expect(steps.heardUs).to.be.at.most((permitS + 2.6) * S);
    }
    await steps.untilOver();
    expect(steps.of('audio-dropped')).to.deep.equal([]);
    const [wanted, got] = [soundOf(whole.sound, 0, 9 * S), soundOf(steps.sound, 0, 9 * S)];
    expect(holesIn(got)).to.equal(holesIn(wanted));
    expect(Buffer.from(got.buffer).equals(Buffer.from(wanted.buffer))).to.equal(true);
  });

  it('waits at its permit for pictures too, when it has no sound', async () => {
    const path = recording('silent.mkv', () => ({ video: pictures(30, { fps: 5 }) }));
    const heard = new Heard(host().connect(spec(path)), (event) => {
      if (event.kind === 'opened') event.permit(2 * S);
    });
    await heard.until(({ seenUs }) => seenUs >= 2 * S, 'pictures');
    await pause(200);
    expect(heard.seenUs).to.be.at.most(10 * S);
    expect(heard.over).to.equal(false);
  });

  it('that waits for a permit still shows its pictures', async () => {
    const heard = new Heard(host().connect(spec(ordinary())), (event) => {
      if (event.kind === 'opened') event.permit(2 * S);
    });
    await heard.until(({ heardUs }) => heardUs >= 2 * S, 'sound');
    const answer = await firstValueFrom(videoOf(heard).frameAt({ timeUs: 1_500 * MS, size: { width: 80, height: 48 }, toleranceUs: S }));
    expect(answer.picture?.timeUs).to.equal(S);
  });
});

describe('A live source', () => {
  const host = hosts();

  it('goes on without permits; what nobody permitted is dropped and counted', async () => {
    // A recording read as if it were live, which has 8 s; 5 s may come before anybody answers.
    const heard = new Heard(host().connect(spec(camera(), { live: true })));
    await heard.untilOver();
    expect(heard.heardUs).to.be.closeTo(5 * S, 100 * MS);
    const dropped = heard.of('audio-dropped');
    expect(dropped[0]?.startUs).to.be.closeTo(heard.heardUs, 2 * MS);
    expect(dropped.at(-1)?.endUs).to.be.closeTo(8 * S, 100 * MS);
    const sum = dropped.reduce((total, { startUs, endUs }) => total + endUs - startUs, 0);
    expect(sum + 5 * S).to.be.closeTo(8 * S, 200 * MS);
    // Its pictures cost nothing and are all kept.
    expect(heard.progress.reduce((total, { packets }) => total + packets, 0)).to.equal(160);
  });

  it('drops nothing that is permitted', async () => {
    const heard = new Heard(host().connect(spec(camera(), { live: true })), (event) => {
      if (event.kind === 'opened') event.permit(ALL_US);
    });
    await heard.untilOver();
    expect(heard.of('audio-dropped')).to.deep.equal([]);
    expect(heard.heardUs).to.be.closeTo(8 * S, 100 * MS);
  });

  it('that ends was lost', async () => {
    const heard = new Heard(host().connect(spec(camera(), { live: true })));
    await heard.untilOver();
    expect(heard.fault.kind).to.equal('source-lost');
  });
});

describe('Native objects', () => {
  const host = hosts();
  const size = { width: 80, height: 48 };
  const freed = async (one: ReturnType<typeof host>): Promise<void> => {
    let last = await totals(one);
    await until(async () => {
      last = await totals(one);
      return last.connections === 0 && last.natives === 0;
    }, () => `nothing to be left, but there is ${JSON.stringify(last)}`);
  };

  it('are all freed after the end of a recording', async () => {
    const one = host();
    const heard = await readAll(one, camera());
    await firstValueFrom(videoOf(heard).frameAt({ timeUs: 5 * S, size, toleranceUs: S, exact: true })).catch(() => undefined);
    await freed(one);
  });

  it('are all freed when a connection is closed in the middle', async () => {
    const one = host();
    const heard = new Heard(one.connect(spec(camera())), (event) => {
      if (event.kind === 'opened') event.permit(3 * S);
    });
    await heard.until(({ heardUs }) => heardUs >= 3 * S, 'sound');
    expect((await totals(one)).natives).to.be.greaterThan(60);
    heard.subscription.unsubscribe();
    await freed(one);
  });

  it('are all freed when it is closed while it decodes', async () => {
    const one = host();
    for (let round = 0; round < 5; round += 1) {
      const heard = new Heard(one.connect(spec(camera())), (event) => {
        if (event.kind === 'opened') event.permit(4 * S);
      });
      await heard.until(({ heardUs }) => heardUs >= 3 * S, 'sound');
      for (let i = 0; i < 6; i += 1) videoOf(heard).clip({ fromUs: i * 400 * MS, toUs: i * 400 * MS + S, count: 8, size }).subscribe();
      heard.subscription.unsubscribe();
    }
    await freed(one);
  });

  it('are all freed after an opening that failed', async () => {
    const one = host();
    const heard = new Heard(one.connect(spec('/there/is/nothing.mkv')));
    await heard.untilOver();
    expect(heard.fault.kind).to.equal('source-not-found');
    await freed(one);
  });

  it('do not pile up over connections', async () => {
    const one = host();
    for (let round = 0; round < 8; round += 1) await readAll(one, ordinary());
    await freed(one);
  });
});
