import { expect } from 'chai';
import { seeded } from '../../../tools/pretrain/random.js';
import { closeUp, EYE_LABELS, HEIGHT, make, NOTHING, shrink, whole, WIDTH } from '../../../tools/pretrain/scenes.js';
import { SOURCE } from '../../../tools/pretrain/plates.js';

describe('the pictures that the appearance net learns from', () => {
  it('are scaled by the mean, the right way round', () => {
    const pixels = new Uint8Array(SOURCE.width * SOURCE.height * 3);
    for (let i = 0; i < pixels.length; i += 3) pixels[i] = (i / 3) % SOURCE.width < SOURCE.width / 2 ? (i / 3) % 2 * 200 : 0; // fine stripes on the left
    const all = whole(SOURCE.width, SOURCE.height);
    const plain = shrink(pixels, SOURCE.width, SOURCE.height, all), mirrored = shrink(pixels, SOURCE.width, SOURCE.height, all, true);
    const at = (picture: Uint8Array, x: number, y: number): number => picture[(y * WIDTH + x) * 3]!;
    expect([at(plain, 10, 50), at(plain, 150, 50)]).to.deep.equal([100, 0]);
    expect([at(mirrored, 10, 50), at(mirrored, 150, 50)]).to.deep.equal([0, 100]);
    expect(plain).to.have.lengthOf(WIDTH * HEIGHT * 3);
  });

  it('cut out what moves, never beyond the frame, and hold its middle', () => {
    const random = seeded(1);
    for (let i = 0; i < 500; i++) {
      const box = { x: random.uniform(0, 530), y: random.uniform(0, 400), width: random.uniform(4, 110), height: random.uniform(4, 110) };
      const cut = closeUp(box, random);
      expect(cut.x).to.be.at.least(0);
      expect(cut.y).to.be.at.least(0);
      expect(cut.x + cut.width).to.be.at.most(SOURCE.width + 1e-9);
      expect(cut.y + cut.height).to.be.at.most(SOURCE.height + 1e-9);
      expect(cut.x, 'left').to.be.at.most(box.x + box.width / 2);
      expect(cut.x + cut.width, 'right').to.be.at.least(box.x + box.width / 2);
      expect(cut.y, 'top').to.be.at.most(box.y + box.height / 2);
      expect(cut.y + cut.height, 'bottom').to.be.at.least(box.y + box.height / 2);
    }
  });

  it('show every label, and differ from the bare scene only when something flies', () => {
    const random = seeded(2);
    const plate = new Uint8Array(SOURCE.width * SOURCE.height * 3).fill(128);
    const seen = new Set<number>();
    for (let i = 0; i < 40; i++) {
      const { pixels, target } = make([plate], random);
      seen.add(target);
      const grey = pixels.every((v) => v === 128);
      if (grey) expect(target).to.equal(NOTHING);
    }
    expect([...seen].sort()).to.deep.equal(EYE_LABELS.map((_, i) => i));
  });
});
