import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../../../tools/pretrain/places.js';
import { draw } from '../../../../tools/world/draw.js';
import { timbresTold } from '../../../../tools/world/scenes/checks.js';
import { MOTION_LABELS } from '../../../../tools/world/scenes/motions.js';
import { drawLook, drawMotion, HUE_LABELS, SHAPE_LABELS } from '../../../../tools/world/scenes/pretraining.js';

const EAR = join(repositoryRoot(), 'models', 'ear');

describe('examples for backbones', () => {
  it('come with every shape, colour and motion, and again the same from the same numbers', () => {
    const size = { width: 24, height: 24 }, random = draw('looks', 5);
    const looks = Array.from({ length: 400 }, () => drawLook(random, size)), motions = Array.from({ length: 300 }, () => drawMotion(random, size, 2));
    expect(new Set(looks.map(({ shape }) => shape))).to.have.property('size', SHAPE_LABELS.length);
    expect(new Set(looks.map(({ hue }) => hue))).to.have.property('size', HUE_LABELS.length);
    expect(new Set(motions.map(({ motion }) => motion))).to.have.property('size', MOTION_LABELS.length);
    expect(looks.every(({ shape, hue }) => (shape === SHAPE_LABELS.length - 1) === (hue === HUE_LABELS.length - 1))).to.equal(true);
    expect(drawLook(draw('looks', 5), size)).to.deep.equal(looks[0]);
  });

  it('move when they act: the pictures of a clip differ, and those of an idle thing hardly', () => {
    const random = draw('motions', 2), idle = MOTION_LABELS.indexOf('idle');
    const change = ({ rgb }: { readonly rgb: Uint8Array }): number => {
      const half = rgb.length / 2;
      let sum = 0;
      for (let i = 0; i < half; i++) sum += Math.abs(rgb[i]! - rgb[half + i]!) > 60 ? 1 : 0;
      return sum / half;
    };
    const examples = Array.from({ length: 300 }, () => drawMotion(random, { width: 32, height: 32 }, 2));
    const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
    expect(mean(examples.filter(({ motion }) => motion !== idle).map(change))).to.be.above(5 * mean(examples.filter(({ motion }) => motion === idle).map(change)));
  });
});

describe('the timbres of classes', () => {
  it('are told apart by a line through the features of a net that learned everyday sounds, also those of a test part', async function () {
    if (!existsSync(join(EAR, 'manifest.json'))) {
      process.stdout.write(`    skipped: ${EAR} is not here\n`);
      this.skip();
    }
    expect((await timbresTold(EAR)).value).to.be.at.least(0.95);
  });
});
