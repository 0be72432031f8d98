import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { camerasOf } from '../../../../tools/world/streams/command.js';
import { Pictures } from '../../../../tools/world/streams/pictures.js';
import { timelineOf, writeStretch } from '../../../../tools/world/streams/render.js';
import { serveCameras } from '../../../../tools/world/streams/serve.js';
import { Sounds } from '../../../../tools/world/streams/sounds.js';
import { stepOf, stepsIn } from '../../../../tools/world/streams/targets.js';
import { drawEpisode, EPISODE_S, MOST_LAG_S } from '../../../../tools/world/streams/timeline.js';
import { folder } from '../../../fixtures/recordings.js';

const cameras = camerasOf(1, 'train', 3), SMALL = { width: 32, height: 32 };
const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('a stream', () => {
  it('has its share of background and up to five events a minute', () => {
    for (const camera of cameras) {
      const episodes = Array.from({ length: 200 }, (_, index) => drawEpisode(camera, index));
      const events = episodes.map(({ happenings }) => happenings.filter(({ group }) => group !== 'background'));
      const busy = events.flat().reduce((sum, { startS, endS }) => sum + endS - startS, 0) / (200 * EPISODE_S);
      expect(1 - busy).to.be.closeTo(camera.backgroundShare, 0.04);
      expect(Math.max(...events.map(({ length }) => length))).to.be.at.most(5);
      const steps = Array.from({ length: 2000 }, (_, index) => stepOf(camera, index));
      expect(steps.filter(({ target }) => target === 'background').length / 2000).to.be.closeTo(camera.backgroundShare, 0.1);
    }
  });

  it('keeps what happens apart, lets sound lead and lag within a second, and shows scenes without an action', () => {
    const all = cameras.flatMap((camera) => Array.from({ length: 60 }, (_, index) => drawEpisode(camera, index).happenings));
    for (const happenings of all) {
      happenings.slice(1).forEach(({ startS }, i) => { expect(startS).to.be.above(happenings[i]!.endS); });
      // One thing is seen at a time: the next comes when the last is gone.
      const seen = happenings.flatMap((one) => one.seen ?? []);
      seen.slice(1).forEach(({ startS }, i) => { expect(startS).to.be.above(seen[i]!.endS); });
    }
    const lags = all.flat().flatMap(({ group, heard, startS }) => (heard === undefined || group === 'background' ? [] : [heard.startS - startS]));
    expect(Math.max(...lags.map(Math.abs))).to.be.at.most(MOST_LAG_S);
    expect(lags.filter((lag) => lag < -0.3)).not.to.have.length(0);
    expect(lags.filter((lag) => lag > 0.3)).not.to.have.length(0);
    expect(all.flat().filter(({ seen }) => seen?.kind === 'foil')).not.to.have.length(0);
  });

  it('drifts: the classes of one quarter of an hour are not those of another', () => {
    const counts = [0, 15].map((first) => {
      const labels = Array.from({ length: 15 }, (_, i) => drawEpisode(cameras[1]!, first + i).happenings.map(({ label }) => label)).flat();
      return (label: string): number => labels.filter((one) => one === label).length / labels.length;
    });
    const classes = cameras[1]!.world.classes.map(({ label }) => label).filter((label) => label !== 'background');
    expect(classes.reduce((sum, label) => sum + Math.abs(counts[0]!(label) - counts[1]!(label)), 0)).to.be.above(0.3);
  });

  it('is a function of time: what is asked for in another order, or in other pieces, is the same', () => {
    const [camera] = cameras, times = [3, 61.4, 12, 119.96];
    const forwards = new Pictures(camera!, SMALL), shuffled = new Pictures(camera!, SMALL);
    const once = new Map(times.toSorted((a, b) => a - b).map((timeS) => [timeS, hash(forwards.at(timeS))]));
    for (const timeS of times) expect(hash(shuffled.at(timeS))).to.equal(once.get(timeS));
    const from = 58 * 16_000, whole = new Sounds(camera!).between(from, from + 64_000), pieces = new Sounds(camera!);
    for (let at = 0; at < 64_000; at += 16_000) expect([...pieces.between(from + at, from + at + 16_000)]).to.deep.equal([...whole.subarray(at, at + 16_000)]);
    expect(Math.max(...whole.map(Math.abs))).to.be.above(0);
  });

  it('has no sound, or a still or black picture, where it drops out', () => {
    const outs = cameras.flatMap((camera) => Array.from({ length: 30 }, (_, index) => drawEpisode(camera, index).dropOuts.map((out) => ({ camera, out }))).flat());
    const sound = outs.find(({ out }) => out.of === 'sound')!, black = outs.find(({ out }) => out.of === 'black')!, frozen = outs.find(({ out }) => out.of === 'frozen')!;
    const at = Math.round(sound.out.startS * 16_000);
    expect(new Sounds(sound.camera).between(at, at + 4000).every((v) => v === 0)).to.equal(true);
    expect(new Set(new Pictures(black.camera, SMALL).at(black.out.startS + 0.1))).to.have.property('size', 1);
    const still = new Pictures(frozen.camera, SMALL);
    expect(hash(still.at(frozen.out.startS + 0.1))).to.equal(hash(still.at(frozen.out.endS - 0.01)));
  });

  it('is written the same twice, with a target for each step, and served over RTSP', async () => {
    const stretch = { camera: cameras[1]!, seconds: 8, size: SMALL };
    const hashes = ['one', 'two'].map((name) => hash(readFileSync(writeStretch(join(folder(), name), stretch, () => undefined))));
    expect(hashes[0]).to.equal(hashes[1]);
    const lines = timelineOf(stretch).map((line) => JSON.parse(line) as { kind: string; target?: string });
    expect(lines.filter(({ kind }) => kind === 'step')).to.have.length(stepsIn(8));
    expect(stepsIn(8)).to.equal(15);
    const path = writeStretch(join(folder(), 'one'), stretch, () => undefined);
    const servers = await serveCameras([path, path], 0);
    expect(servers.map((server) => server.url())).to.satisfy((urls: string[]) => urls.every((url, i) => url.endsWith(`/camera-${i}`)) && urls[0] !== urls[1]);
    await Promise.all(servers.map(async (server) => server.close()));
    rmSync(path);
  });
});
