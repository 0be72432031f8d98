import { expect } from 'chai';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { firstValueFrom, lastValueFrom, take, toArray } from 'rxjs';
import { FeatureCache } from '../../src/learn/cache.js';
import { scanClips } from '../../src/learn/clips.js';
import { makeDataset } from '../../src/learn/dataset.js';
import { extractClips, tellProgress, type ExtractProgress, type Outcome } from '../../src/learn/extract-clips.js';
import { extractClip, patientHost, type ExtractContext } from '../../src/learn/extract.js';
import { silentFeatures } from '../../src/sense/silence.js';
import { readProfile } from '../../src/settings/profile.js';
import { openFrozenNets, type OpenNets } from '../../pipelines/learn/nets.js';
import { totals, until } from '../fixtures/connections.js';
import { cutOff } from '../fixtures/recordings.js';
import { bytesAt, clipAt, plain, toneOf, twoClasses, writeTinyPacks } from './tiny.js';
import { temporary } from './made.js';

describe('extracting features', () => {
  let open: OpenNets;
  let context: ExtractContext;
  const root = temporary();

  before(async () => {
    const packs = temporary();
    await writeTinyPacks(packs);
    open = await openFrozenNets({ audio: join(packs, 'tiny-ear'), appearance: join(packs, 'tiny-eye'), motion: join(packs, 'tiny-stride') }, 1);
    context = { host: patientHost(), nets: open.nets, profile: readProfile(), silence: await firstValueFrom(silentFeatures(open.nets.audio)) };
  });

  after(async () => {
    await context.host.close();
    await open.close();
  });

  const rows = (values: Float32Array, width: number): number[][] => Array.from({ length: values.length / width }, (_, t) => [...values.subarray(t * width, (t + 1) * width)]);

  it('reads every sense at every step that has it, and gives the recording back', async () => {
    const path = clipAt(root, 'both.mkv', { video: plain(5.28, [200, 100, 50]), audio: toneOf(5.28, 440) });
    const { steps, features, present, startsUs, facts } = await firstValueFrom(extractClip(path, context));
    expect(steps).to.equal(10);
    expect([...startsUs]).to.deep.equal(Array.from({ length: 10 }, (_, t) => t * 480_000));
    for (const sense of ['audio', 'appearance', 'motion'] as const) expect([...present[sense]], sense).to.deep.equal(Array(10).fill(1));
    // The means of a plain picture are its colour, within what H.264 and its colour space lose.
    for (const row of [...rows(features.appearance, 3), ...rows(features.motion, 3)]) [200, 100, 50].forEach((value, c) => { expect(row[c]).to.be.closeTo(value / 255, 0.03); });
    expect(features.audio).to.have.length(640);
    expect(facts).to.deep.include({ hasSoundTrack: true, hasPictureTrack: true });
    // It is given back in another process, which may hear of it a little later than the features come.
    await until(async () => {
      const { connections, natives } = await totals(context.host);
      return connections === 0 && natives === 0;
    }, () => 'the recording to be given back');
  });

  it('gives the same features on every run', async () => {
    const path = clipAt(root, 'again.mkv', { video: plain(3, [10, 200, 90]), audio: toneOf(3, 700) });
    expect(await firstValueFrom(extractClip(path, context))).to.deep.equal(await firstValueFrom(extractClip(path, context)));
  });

  it('puts digital silence where there is no sound, and zeros where there are no pictures', async () => {
    const mute = await firstValueFrom(extractClip(clipAt(root, 'mute.mkv', { video: plain(2, [1, 2, 3]) }), context));
    expect(mute.present.audio).to.deep.equal(new Uint8Array(mute.steps));
    for (const row of rows(mute.features.audio, 64)) expect(row).to.deep.equal([...context.silence]);
    expect(mute.facts.hasSoundTrack).to.equal(false);
    const blind = await firstValueFrom(extractClip(clipAt(root, 'blind.mkv', { audio: toneOf(2, 440) }), context));
    expect(blind.present.appearance).to.deep.equal(new Uint8Array(blind.steps));
    expect(blind.features.motion).to.deep.equal(new Float32Array(blind.steps * 3));
    expect([...blind.present.audio]).to.deep.equal(Array(blind.steps).fill(1));
  });

  it('tells a silent track from sound, though it has the features of silence', async () => {
    const { features, present, facts } = await firstValueFrom(extractClip(clipAt(root, 'silent.mkv', { video: plain(2, [9, 9, 9]), audio: toneOf(2, 0) }), context));
    expect(facts.hasSoundTrack).to.equal(true);
    expect(present.audio.includes(1)).to.equal(false);
    expect(rows(features.audio, 64)[0]).to.deep.equal([...context.silence]);
  });

  it('makes one step of a clip that is shorter than a window, and none of a blink', async () => {
    const short = await firstValueFrom(extractClip(clipAt(root, 'short.mkv', { video: plain(0.6, [5, 5, 5]), audio: toneOf(0.6, 440) }), context));
    expect(short.steps).to.equal(1);
    const blink = await firstValueFrom(extractClip(clipAt(root, 'blink.mkv', { audio: { ...toneOf(1, 440), samples: toneOf(1, 440).samples.subarray(0, 1600) } }), context));
    expect(blink.steps).to.equal(0);
  });

  describe('of a folder', () => {
    const data = temporary();
    const extract = (cache: FeatureCache, tell: (progress: ExtractProgress) => void = () => undefined, atMost = Infinity): Promise<Outcome[]> => scanClips(data).then((found) =>
      lastValueFrom(extractClips(found.clips, context, { cache, lanes: 2 }).pipe(tellProgress(found.clips.length, tell), take(atMost), toArray())));

    before(() => {
      twoClasses(data, 3);
      bytesAt(data, 'low/empty.mp4', '');
      bytesAt(data, 'low/words.mp4', 'these are no pictures');
      clipAt(data, 'high/mute.mkv', { video: plain(2, [1, 1, 1]) });
      clipAt(data, 'low/alone.mkv', { audio: toneOf(2, 333) });
      const whole = clipAt(data, 'high/torn.mkv', { video: plain(6, [40, 50, 60]), audio: toneOf(6, 900) });
      renameSync(cutOff('torn-clip.mkv', whole, 0.6), whole);
    });

    it('stops for no clip, and says what became of each', async () => {
      const outcomes = await extract(new FeatureCache(temporary()));
      const faults = outcomes.filter((one) => one.kind === 'fault').map(({ clip }) => clip.id).sort();
      expect(faults).to.deep.equal(['low/empty.mp4', 'low/words.mp4']);
      const { remarks, set } = makeDataset(await scanClips(data), outcomes, { nets: open.nets, stepUs: 480_000, heldBack: 0.3, seed: 1 });
      expect(set.sequences).to.have.length(9);
      expect(Object.fromEntries(remarks.map(({ kind, about }) => [kind, about]))).to.deep.include({ 'dropped-unreadable': faults, 'damaged': ['high/torn.mkv'], 'no-sound': ['high/mute.mkv'], 'no-pictures': ['low/alone.mkv'] });
    });

    it('goes on where it was ended, with the very same features', async () => {
      const cache = new FeatureCache(temporary());
      const begun = await extract(cache, undefined, 4);
      let last: ExtractProgress | undefined;
      const all = await extract(cache, (progress) => { last = progress; });
      expect(last?.done).to.equal(11);
      expect(last?.cached).to.be.at.least(begun.filter(({ kind }) => kind === 'features').length);
      const features = (outcomes: readonly Outcome[]) => new Map(outcomes.flatMap((one) => (one.kind === 'features' ? [[one.clip.id, one.extracted] as const] : [])));
      expect(features(await extract(new FeatureCache(temporary())))).to.deep.equal(new Map([...features(all)]));
    });
  });
});
