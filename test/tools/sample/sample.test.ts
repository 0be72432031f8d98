import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { firstValueFrom } from 'rxjs';
import { loadPack } from '../../../src/inference/pack.js';
import { createLogMel } from '../../../src/sense/log-mel.js';
import { repositoryRoot } from '../../../tools/pretrain/places.js';
import { pictures } from '../../../tools/sample/picture.js';
import { soundtrack } from '../../../tools/sample/soundtrack.js';
import { SAMPLE_S, TIMELINE, flight, sceneAt } from '../../../tools/sample/timeline.js';

const EAR = join(repositoryRoot(), 'models', 'ear');

describe('the sample', () => {
  it('has a timeline without gaps, from its start to its end', () => {
    expect(TIMELINE[0]?.startS).to.equal(0);
    expect(TIMELINE.at(-1)?.endS).to.equal(SAMPLE_S);
    TIMELINE.slice(1).forEach((scene, i) => { expect(scene.startS).to.equal(TIMELINE[i]?.endS); });
    expect(sceneAt(8).heard).to.equal('helicopter');
    expect(sceneAt(99)).to.equal(TIMELINE.at(-1));
  });

  it('draws the helicopter while it flies, and nothing moves in its sky before', () => {
    const frame = pictures();
    const darkInTheSky = (index: number): number => {
      const pixels = frame(index);
      let dark = 0;
      for (let at = 0; at < 640 * 180 * 3; at += 3) if (pixels[at]! + pixels[at + 1]! + pixels[at + 2]! < 260) dark++;
      return dark;
    };
    expect(darkInTheSky(50)).to.equal(0);
    expect(darkInTheSky(Math.round(8.5 * 25))).to.be.above(1000);
    expect(flight(8.5).near).to.equal(1);
  });

  it('sounds as its timeline says, to the net that comes with it', async function () {
    if (!existsSync(join(EAR, 'manifest.json'))) {
      process.stdout.write(`    skipped: ${EAR} is not here\n`);
      this.skip();
    }
    const pack = await loadPack(EAR);
    const { from } = pack.sense('audio').input;
    if (from.kind !== 'log-mel') throw new Error('the audio net takes no log-mel');
    const session = await pack.open('audio');
    const labels = pack.labels('audio'), front = createLogMel(from), track = soundtrack();
    const heard = new Map<number, Float32Array>();
    for (let at = 0; at + front.windowSamples <= track.length; at += from.patchHopFrames * from.hopSamples) {
      const { scores } = await firstValueFrom(session.run({ [session.inputs[0]!.name]: { data: front.patch(track.subarray(at, at + front.windowSamples)), dims: [1, 96, 64] } }));
      heard.set(at / 16_000, scores!.data);
    }
    await session.close();
    for (const { startS, endS, heard: label } of TIMELINE) {
      const inside = [...heard].filter(([at]) => at >= startS && at + 0.975 <= endS).map(([, scores]) => scores);
      const own = inside.map((scores) => scores[labels.indexOf(label)]!);
      expect(Math.max(...own), `${label} from ${startS} s`).to.be.at.least(0.6);
      const best = inside.map((scores) => labels[scores.indexOf(Math.max(...scores))]);
      expect(best.filter((name) => name === label).length, `${label} from ${startS} s: ${best.join(' ')}`).to.be.above(inside.length / 2);
    }
  });
});
