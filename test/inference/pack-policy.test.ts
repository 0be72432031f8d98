import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { listPacks } from '../../src/inference/pack-folders.js';
import { describePack, loadPack } from '../../src/inference/pack.js';
import { checkNet, netsOf } from '../../src/inference/pack-policy.js';
import { netOf, writePack, type PackParts, type PolicyParts } from '../../src/inference/write-pack.js';
import { exportHms, sizesOf } from '../../src/learn/export/hms-graphs.js';
import { randomModel } from '../policy/hms/models.js';
import { colourNet, faultOf, inFolder } from './shared.js';

const HEAD = { version: '1', license: 'Apache-2.0', description: 'Made by the test.', origin: 'the test' };

const colour = (name: string, scale = 1): PackParts => ({
  ...HEAD, name,
  senses: { appearance: { onnx: colourNet(4, 4 * scale), from: { kind: 'picture', width: 4 * scale, height: 4, layout: 'nhwc', scale: 1, offset: 0 }, labels: ['r', 'g', 'b'], activation: 'softmax' } },
});

/** A policy for a net of three features; its ear is never asked here. */
const policyParts = (nets: Partial<PolicyParts['nets']> = {}, features = 3): PolicyParts => {
  const model = randomModel(3, { dims: { audio: 5, appearance: features, motion: 1 } });
  return {
    sizes: sizesOf(model.shape), stages: exportHms(model), labels: ['none', 'a', 'b', 'c'], background: ['none'], temperatures: { common: 1.5, ai: 2 },
    nets: { audio: { pack: 'some-ear', sha256: '1'.repeat(64) }, ...nets },
  };
};

const WORTH = { appearance: { bias: -1, odds: 0.2, open: 0.8, doubt: 1, damp: 0.5 }, recording: { stepsLeft: [1, 4], leftGmacs: [0.1, 1], price: [[2, 1], [4, 2]] }, recordings: 100 };

describe('packs with a policy', () => {
  it('are written, listed, described and loaded; each stage opens', () => inFolder(async (folder) => {
    const eye = await loadPack(await writePack(colour('colour'), folder));
    const place = await writePack({ ...HEAD, name: 'mind', senses: {}, policy: policyParts({ appearance: netOf(eye, 'appearance') }) }, folder);
    const pack = await loadPack(place);
    expect(pack.policy!.labels).to.deep.equal(['none', 'a', 'b', 'c']);
    expect(netsOf(pack.policy!)).to.deep.equal([{ sense: 'audio', pack: 'some-ear' }, { sense: 'appearance', pack: 'colour' }]);
    const session = await pack.policy!.open('look');
    expect(session.macs).to.equal(pack.policy!.manifest.stages.look.macs).and.be.greaterThan(0);
    await session.close();
    const described = await describePack(pack);
    expect(described.senses).to.deep.equal([]);
    expect(described.policy).to.deep.include({ kind: 'hms', background: ['none'], temperatures: { common: 1.5, ai: 2 } });
    expect(described.policy!.stages.map(({ stage, macs }) => [stage, macs])).to.deep.equal(Object.entries(pack.policy!.manifest.stages).map(([stage, { macs }]) => [stage, macs]));
    expect((await listPacks([folder])).map(({ manifest }) => manifest?.policy?.kind)).to.deep.equal([undefined, 'hms']);
    expect(described.policy).to.not.have.property('worth');
    expect((await describePack(await loadPack(await writePack({ ...HEAD, name: 'knowing', senses: {}, policy: { ...policyParts(), worth: WORTH } }, folder)))).policy!.worth).to.deep.equal(WORTH);
    checkNet(pack, 'appearance', eye);
    expect((await faultOf('pack-invalid', () => pack.open('audio'))).message).to.include('a policy only');
  }));

  it('may bring a rule for confirming events, with what was shown of it', () => inFolder(async (folder) => {
    const confirmation = { boundary: [0.9, null, 0.7], falseShare: 0.1, confidence: 0.95, streams: 120 };
    const place = await writePack({ ...HEAD, name: 'mind', senses: {}, policy: { ...policyParts(), confirmation } }, folder);
    const pack = await loadPack(place);
    expect(pack.policy!.manifest.confirmation).to.deep.equal(confirmation);
    expect((await describePack(pack)).policy!.confirmation).to.deep.equal(confirmation);
    const file = join(place, 'manifest.json'), text = await readFile(file, 'utf8');
    for (const [wrong, path] of [[{ boundary: [1.2] }, 'policy.confirmation.boundary'], [{ boundary: [] }, 'policy.confirmation.boundary'], [{ streams: 0 }, 'policy.confirmation.streams'], [{ lasts: 3 }, 'policy.confirmation.lasts']] as const) {
      const manifest = JSON.parse(text) as { policy: Record<string, unknown> };
      manifest.policy['confirmation'] = { ...confirmation, ...wrong };
      await writeFile(file, JSON.stringify(manifest));
      expect((await faultOf('pack-invalid', () => loadPack(place))).message).to.include(path);
    }
  }));

  it('may hold senses too', () => inFolder(async (folder) => {
    const pack = await loadPack(await writePack({ ...colour('both'), policy: policyParts() }, folder));
    expect(pack.labels('appearance')).to.deep.equal(['r', 'g', 'b']);
    expect(pack.policy?.manifest.kind).to.equal('hms');
    expect((await describePack(pack)).senses).to.have.length(1);
  }));

  it('refuse a net that they were not trained on: which pack, which version', () => inFolder(async (folder) => {
    const eye = await loadPack(await writePack(colour('colour'), folder));
    const other = await loadPack(await writePack(colour('other', 2), folder));
    const pack = await loadPack(await writePack({ ...HEAD, name: 'mind', senses: {}, policy: policyParts({ appearance: netOf(eye, 'appearance') }) }, folder));
    const fault = await faultOf('pack-hash-mismatch', () => { checkNet(pack, 'appearance', other); });
    expect(fault.message).to.include('mind').and.include('of the pack colour').and.include(eye.sense('appearance').sha256.slice(0, 12)).and.include(other.sense('appearance').sha256.slice(0, 12)).and.include(other.folder);
    expect(fault.remedy).to.include('colour').and.include('hearken learn');
  }));

  it('refuse a net whose features are of another width', () => inFolder(async (folder) => {
    const eye = await loadPack(await writePack(colour('colour'), folder));
    const pack = await loadPack(await writePack({ ...HEAD, name: 'mind', senses: {}, policy: policyParts({ appearance: netOf(eye, 'appearance') }, 4) }, folder));
    expect((await faultOf('pack-invalid', () => { checkNet(pack, 'appearance', eye); })).message).to.include('policy.sizes.dims.appearance is 4').and.include('3 features');
  }));

  it('are not written when a stage is not of their sizes', () => inFolder(async (folder) => {
    const parts = policyParts();
    const sizes = { ...parts.sizes, projected: { ...parts.sizes.projected, audio: 9 } };
    await faultOf('model-wrong-shape', () => writePack({ ...HEAD, name: 'mind', senses: {}, policy: { ...parts, sizes } }, folder));
    expect(await listPacks([folder])).to.deep.equal([]);
    const falling = { ...parts.sizes, hidden: { audio: 9, appearance: 5, motion: 8 } };
    expect((await faultOf('pack-invalid', () => writePack({ ...HEAD, name: 'mind', senses: {}, policy: { ...parts, sizes: falling } }, folder))).message).to.include('must not fall');
  }));

  it('say in which place of the manifest something is wrong', () => inFolder(async (folder) => {
    const place = await writePack({ ...HEAD, name: 'mind', senses: {}, policy: policyParts() }, folder);
    const file = join(place, 'manifest.json');
    const text = await readFile(file, 'utf8');
    const sentence = async (change: (policy: Record<string, unknown>) => void): Promise<string> => {
      const manifest = JSON.parse(text) as { policy: Record<string, unknown> };
      change(manifest.policy);
      await writeFile(file, JSON.stringify(manifest));
      return (await faultOf('pack-invalid', async () => describePack(await loadPack(place)))).message;
    };
    expect(await sentence((policy) => { policy['gamma'] = 1; })).to.include('policy.gamma is not a key');
    expect(await sentence((policy) => { policy['temperatures'] = { common: 0 }; })).to.include('policy.temperatures.common');
    expect(await sentence((policy) => { policy['background'] = ['void']; })).to.include('policy.background names "void"');
    const worth = (change: object): object => ({ recording: { stepsLeft: [1, 4], leftGmacs: [0.1, 1], price: [[2, 1], [4, 2]], ...change }, recordings: 100 });
    for (const change of [{ price: [[1, 2], [4, 2]] }, { price: [[2, 1]] }, { stepsLeft: [4, 1] }, { leftGmacs: [0, 1] }]) {
      expect(await sentence((policy) => { policy['worth'] = worth(change); })).to.include('policy.worth.recording');
    }
    expect(await sentence((policy) => { policy['worth'] = { ...worth({}), motion: { bias: 0, odds: 0, open: -1, doubt: 0, damp: 0 } }; })).to.include('policy.worth.motion.open');
    expect(await sentence((policy) => { (policy['stages'] as { watch: { macs: number } }).watch.macs += 1; })).to.include('policy.stages.watch.macs');
    await writeFile(file, text);
    await writeFile(join(place, 'policy.labels.txt'), 'one\n');
    expect((await faultOf('pack-invalid', () => loadPack(place))).message).to.include('1 labels for 4 scores');
  }));

  it('notice that a stage is another file', () => inFolder(async (folder) => {
    const pack = await loadPack(await writePack({ ...HEAD, name: 'mind', senses: {}, policy: policyParts() }, folder));
    await writeFile(join(pack.folder, 'policy.look.onnx'), colourNet());
    await faultOf('pack-hash-mismatch', () => pack.policy!.open('look'));
    await faultOf('pack-hash-mismatch', () => describePack(pack));
  }));
});
