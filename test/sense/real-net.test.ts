import { expect } from 'chai';
import { lastValueFrom } from 'rxjs';
import { openSession } from '../../src/inference/session.js';
import type { Session } from '../../src/inference/types.js';
import { createSee } from '../../src/sense/see.js';
import { colourNet } from '../inference/shared.js';
import { DECODED, net, PICTURE, segment, video } from './scripted.js';

describe('createSee with a real net', () => {
  let session: Session;
  before(async () => {
    const model = colourNet(2, 4);
    session = await openSession({ model, sha256: 'sense-test-colour', file: 'colour.onnx', macs: 9 });
  });
  after(() => session.close());

  it('tells a red picture from a green one, through the pixel scale of the manifest', async () => {
    const manifest = {
      ...PICTURE, outputs: { scores: { name: 'scores', dims: [1, 3] }, features: { name: 'features', dims: [1, 3] } },
      input: { tensor: { name: 'input', dims: [1, 2, 4, 3] }, from: { ...PICTURE.input.from, scale: 1 / 255, offset: 0 } as typeof PICTURE.input.from },
    };
    const flat = (rgb: readonly number[], timeUs: number) => video(() => ({
      picture: { timeUs, width: 4, height: 2, data: Uint8Array.from({ length: 24 }, (_, i) => rgb[i % 3]!) }, cost: DECODED,
    }));
    const see = createSee({ ...net(manifest, session), labels: ['red', 'green', 'blue'] }, { toleranceUs: 1e6 });
    const red = await lastValueFrom(see(segment(0, { video: flat([255, 0, 0], 0) })));
    const green = await lastValueFrom(see(segment(1, { video: flat([0, 255, 0], 0) })));
    expect([...red.scores!].map((score) => Math.round(score * 1e3))).to.deep.equal([1000, 0, 0]);
    expect([...green.scores!].map((score) => Math.round(score * 1e3))).to.deep.equal([0, 1000, 0]);
    expect(red.scores === undefined ? undefined : red.features).to.deep.equal(Float32Array.of(1, 0, 0));
    expect(red.cost.gmacs).to.equal(9e-9);
  });
});
