import { expect } from 'chai';
import { join } from 'node:path';
import { argmax } from '../../../src/evaluate/order.js';
import { describePack, loadPack } from '../../../src/inference/pack.js';
import { draw } from '../../../tools/world/draw.js';
import { ACTION_NAMES, MOTION_LABELS } from '../../../tools/world/scenes/motions.js';
import { drawLook, drawMotion, HUE_LABELS, SHAPE_LABELS } from '../../../tools/world/scenes/pretraining.js';
import { SHAPE_NAMES } from '../../../tools/world/scenes/shapes.js';
import { EYE_LABELS, FLYERS } from '../../../tools/pretrain/eye-labels.js';
import { openEye, openStride, opposite, type LookingEye, type WatchingEye } from '../../../tools/pretrain/onlookers.js';
import { repositoryRoot } from '../../../tools/pretrain/places.js';

const folder = (name: string): string => join(repositoryRoot(), 'models', name);
const FRAME = 64 * 64 * 3;
const frames = (rgb: Uint8Array): Uint8Array[] => Array.from({ length: 8 }, (_, i) => rgb.subarray(i * FRAME, (i + 1) * FRAME));

describe('the embedded eyes', () => {
  let eye: LookingEye, stride: WatchingEye;
  before(async () => {
    eye = await openEye(folder('eye'));
    stride = await openStride(folder('stride'));
  });
  after(async () => {
    await eye.close();
    await stride.closeWatch();
  });

  it('have the labels, features and costs that policies rely on', async () => {
    const [looking] = (await describePack(await loadPack(folder('eye')))).senses;
    expect(looking?.sense).to.equal('appearance');
    expect((await loadPack(folder('eye'))).labels('appearance')).to.deep.equal(EYE_LABELS);
    expect(looking?.outputs.features?.dims).to.deep.equal([1, 256]);
    expect(looking?.macs).to.be.within(15e6, 30e6);
    const [watching] = (await describePack(await loadPack(folder('stride')))).senses;
    expect(watching?.sense).to.equal('motion');
    expect((await loadPack(folder('stride'))).labels('motion')).to.deep.equal(MOTION_LABELS);
    expect(watching?.outputs.features?.dims).to.deep.equal([1, 256]);
    expect(watching?.macs).to.be.within(80e6, 150e6);
    const wide = await loadPack(folder('eye-wide')), [far] = (await describePack(wide)).senses;
    expect(wide.labels('appearance')).to.deep.equal([...FLYERS, 'nothing']);
    expect(far?.outputs.features?.dims).to.deep.equal([1, 256]);
    // The same net on five times the area.
    expect(far?.macs).to.be.closeTo(5 * (looking?.macs ?? 0), 1e6);
    expect([looking?.notCounted, watching?.notCounted, far?.notCounted]).to.deep.equal([[], [], []]);
  });

  it('see the shape and the colour of a drawn thing', async () => {
    const shapes = SHAPE_NAMES.map((_, i) => i), hues = EYE_LABELS.map((_, i) => i).slice(SHAPE_NAMES.length, -5);
    let right = 0, n = 0;
    for (let i = 0; n < 40; i++) {
      const { rgb, shape, hue } = drawLook(draw('eyes.test', i));
      if (SHAPE_LABELS[shape] === 'nothing') continue;
      const scores = await eye.look(rgb);
      n += 1;
      if (EYE_LABELS[argmax(scores, shapes)] === SHAPE_LABELS[shape] && EYE_LABELS[argmax(scores, hues)] === HUE_LABELS[hue]) right += 1;
    }
    expect(right).to.be.at.least(34);
  });

  it('see what a thing does, and its opposite when time runs backwards', async () => {
    let right = 0, turned = 0, n = 0;
    for (let i = 0; n < 40; i++) {
      const { rgb, motion } = drawMotion(draw('eyes.test motion', i));
      const truth = MOTION_LABELS[motion] ?? '';
      if (truth === 'idle') continue;
      n += 1;
      const said = async (clip: readonly Uint8Array[]): Promise<string | undefined> => MOTION_LABELS[argmax(await stride.watch(clip))];
      if (await said(frames(rgb)) === truth) right += 1;
      if (await said(frames(rgb).reverse()) === opposite(truth)) turned += 1;
    }
    expect(right).to.be.at.least(32);
    expect(turned).to.be.at.least(32);
  });

  it('cannot tell what is done from one picture', async () => {
    let right = 0;
    for (let i = 0; i < 40; i++) {
      const { rgb, motion } = drawMotion(draw('eyes.test one', i));
      const said = MOTION_LABELS[argmax(await stride.watch(frames(rgb).map(() => rgb.subarray(4 * FRAME, 5 * FRAME))))];
      if (said !== 'idle' && said === MOTION_LABELS[motion]) right += 1;
    }
    expect(right).to.be.at.most(40 * 2 / ACTION_NAMES.length);
  });
});
