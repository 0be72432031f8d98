import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { importModel } from '../../src/inference/import-model.js';
import { describePack, loadPack } from '../../src/inference/pack.js';
import { listPacks, packFolders, userPackFolder } from '../../src/inference/pack-folders.js';
import { writePack } from '../../src/inference/write-pack.js';
import type { PackParts } from '../../src/inference/write-pack.js';
import { colourNet, faultOf, inFolder, plainPicture } from './shared.js';
import { tfliteFile } from './tflite-writer.js';

const parts = (rest: Partial<PackParts> = {}, labels = ['red', 'green', 'blue']): PackParts => ({
  name: 'colour', version: '1', license: 'Apache-2.0', description: 'Names the colour.', origin: 'made by the test',
  senses: { appearance: { onnx: colourNet(), from: { kind: 'picture', width: 4, height: 4, layout: 'nhwc', scale: 1 / 255, offset: 0 }, labels, activation: 'softmax', background: ['blue'] } },
  ...rest,
});

/** A manifest that may be wrong in any way. */
interface Loose {
  [key: string]: unknown;
  senses: { appearance: { [key: string]: unknown; input: { tensor: Record<string, unknown>; from: Record<string, unknown> } } };
}

/** Writes the pack, changes its manifest, and gives its folder. */
const changed = async (folder: string, change: (manifest: Loose) => void): Promise<string> => {
  const place = await writePack(parts(), folder);
  const file = join(place, 'manifest.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Loose;
  change(manifest);
  await writeFile(file, JSON.stringify(manifest));
  return place;
};

describe('packs', () => {
  it('are written, listed, described, loaded and run', () => inFolder(async (folder) => {
    const place = await writePack(parts(), folder);
    expect(await readdir(folder)).to.deep.equal(['colour']);
    const pack = await loadPack('colour', { searchPath: [join(folder, 'elsewhere'), folder] });
    expect(pack.folder).to.equal(place);
    expect(pack.labels('appearance')).to.deep.equal(['red', 'green', 'blue']);
    expect(pack.sense('appearance').macs).to.equal(9);
    const described = await describePack(pack);
    expect(described).to.include({ name: 'colour', license: 'Apache-2.0', origin: 'made by the test' });
    expect(described.senses[0]).to.include({ sense: 'appearance', labels: 3, parameters: 9, macs: 9 });
    expect((await listPacks([folder])).map((row) => row.manifest?.name)).to.deep.equal(['colour']);
    const session = await pack.open('appearance');
    const { scores } = await firstValueFrom(session.run({ input: { data: plainPicture([0, 1, 0]), dims: [1, 4, 4, 3] } })) as Record<string, { data: Float32Array }>;
    expect(scores!.data[1]).to.be.greaterThan(0.99);
    await session.close();
  }));

  it('are found by a path too, and the first folder comes first', () => inFolder(async (folder) => {
    const [mine, theirs] = [join(folder, 'mine'), join(folder, 'theirs')];
    await writePack(parts({ version: 'mine' }), mine);
    await writePack(parts({ version: 'theirs' }), theirs);
    expect((await loadPack('colour', { searchPath: [mine, theirs] })).manifest.version).to.equal('mine');
    expect((await loadPack(join(theirs, 'colour'))).manifest.version).to.equal('theirs');
    expect((await listPacks([mine, theirs])).map(({ manifest }) => manifest?.version)).to.deep.equal(['mine']);
  }));

  it('are looked for in HEARKEN_MODELS, else XDG_DATA_HOME, else ~/.local/share', () => {
    expect(userPackFolder({ HEARKEN_MODELS: '/m', XDG_DATA_HOME: '/x' })).to.equal('/m');
    expect(userPackFolder({ XDG_DATA_HOME: '/x' })).to.equal('/x/hearken/models');
    expect(userPackFolder({})).to.match(/\.local\/share\/hearken\/models$/);
    expect(packFolders({ HEARKEN_MODELS: '/m' })[0]).to.match(/models$/).and.not.equal('/m');
    expect(packFolders({ HEARKEN_MODELS: '/m' }).at(-1)).to.equal('/m');
  });

  it('that are not there: what was looked for, where, and what to do', () => inFolder(async (folder) => {
    const fault = await faultOf('pack-not-found', () => loadPack('nothing', { searchPath: [folder] }));
    expect(fault.message).to.include('nothing').and.include(folder);
    expect(fault.remedy).to.include('models list');
    await faultOf('pack-not-found', () => loadPack(join(folder, 'nothing')));
  }));

  it('lack a sense: the senses they have', () => inFolder(async (folder) => {
    const pack = await loadPack(await writePack(parts(), folder));
    expect((await faultOf('pack-invalid', () => pack.open('audio'))).message).to.include('it has appearance');
    await faultOf('pack-invalid', () => pack.labels('motion'));
  }));

  it('with an unknown key, a missing one or a wrong one: the place in the manifest', () => inFolder(async (folder) => {
    const sentence = async (change: Parameters<typeof changed>[1]): Promise<string> => {
      const place = await changed(folder, change);
      return (await faultOf('pack-invalid', () => loadPack(place))).message;
    };
    expect(await sentence((m) => { m['colour'] = 1; })).to.include('colour is not a key');
    expect(await sentence((m) => { m.senses.appearance.input.from['depth'] = 3; })).to.include('senses.appearance.input.from.depth is not a key');
    expect(await sentence((m) => { delete m.senses.appearance['macs']; })).to.include('senses.appearance.macs');
    expect(await sentence((m) => { m.senses.appearance['activation'] = 'relu'; })).to.include('senses.appearance.activation');
    expect(await sentence((m) => { m.senses.appearance['file'] = '../../etc/passwd.onnx'; })).to.include('senses.appearance.file');
    expect(await sentence((m) => { m.senses.appearance.input.from['width'] = 5; })).to.include('senses.appearance.input.tensor.dims [1, 4, 4, 3]');
    expect(await sentence((m) => { m.senses.appearance['background'] = ['mauve']; })).to.include('mauve');
    expect(await sentence((m) => { Object.assign(m, { senses: {} }); })).to.include('senses is empty');
  }));

  it('with a manifest that is no JSON', () => inFolder(async (folder) => {
    await mkdir(join(folder, 'broken'));
    await writeFile(join(folder, 'broken', 'manifest.json'), '{');
    await faultOf('pack-invalid', () => loadPack('broken', { searchPath: [folder] }));
    const [row] = await listPacks([folder]);
    expect(row!.fault!.kind).to.equal('pack-invalid');
  }));

  it('with labels missing or too few', () => inFolder(async (folder) => {
    const place = await writePack(parts(), folder);
    const file = join(place, 'appearance.labels.txt');
    await writeFile(file, 'red\ngreen\n');
    expect((await faultOf('pack-invalid', () => loadPack(place))).message).to.include('2 labels for 3 scores');
    await rm(file);
    expect((await faultOf('pack-invalid', () => loadPack(place))).message).to.include('senses.appearance.labels').and.include('appearance.labels.txt');
  }));

  it('whose net is another file, or none', () => inFolder(async (folder) => {
    const place = await writePack(parts(), folder);
    const pack = await loadPack(place);
    await writeFile(join(place, 'appearance.onnx'), colourNet(8, 8));
    expect((await faultOf('pack-hash-mismatch', () => pack.open('appearance'))).message).to.include('appearance.onnx');
    await faultOf('pack-hash-mismatch', () => describePack(pack));
    await rm(join(place, 'appearance.onnx'));
    expect((await faultOf('pack-invalid', () => pack.open('appearance'))).message).to.include('appearance.onnx');
  }));

  it('whose net has other shapes, or another cost, than the manifest says', () => inFolder(async (folder) => {
    const wrongName = await loadPack(await changed(folder, (m) => { m.senses.appearance.input.tensor['name'] = 'image'; }));
    expect((await faultOf('model-wrong-shape', () => wrongName.open('appearance'))).message).to.include('image').and.include('input [1, 4, 4, 3]');
    const wrongCost = await loadPack(await changed(folder, (m) => { m.senses.appearance['macs'] = 8; }));
    expect((await faultOf('pack-invalid', () => describePack(wrongCost))).message).to.include('senses.appearance.macs is 8').and.include('9');
  }));

  it('are written whole or not at all, and an older one stays until then', () => inFolder(async (folder) => {
    await writePack(parts({ version: '1' }), folder);
    await faultOf('pack-invalid', () => writePack(parts({ version: '2' }, ['red', 'green']), folder));
    expect(await readdir(folder)).to.deep.equal(['colour']);
    expect((await loadPack('colour', { searchPath: [folder] })).manifest.version).to.equal('1');
    await writePack(parts({ version: '3' }), folder);
    expect((await loadPack('colour', { searchPath: [folder] })).manifest.version).to.equal('3');
    expect(await readdir(folder)).to.deep.equal(['colour']);
  }));
});

describe('importModel', () => {
  it('takes an .onnx file: picture size, layout and activation from the net', () => inFolder(async (folder) => {
    const file = join(folder, 'net.onnx');
    await writeFile(file, colourNet(6, 5));
    await writeFile(join(folder, 'labels.txt'), 'red\r\ngreen\r\nblue\r\n');
    const pack = await loadPack(await importModel(file, { name: 'mine', folder, sense: 'appearance', labels: join(folder, 'labels.txt'), license: 'MIT' }));
    expect(pack.sense('appearance').input.from).to.include({ kind: 'picture', width: 5, height: 6, layout: 'nhwc', offset: -1 });
    expect(pack.sense('appearance').activation).to.equal('softmax');
    expect(pack.labels('appearance')).to.deep.equal(['red', 'green', 'blue']);
    expect(pack.manifest).to.include({ license: 'MIT', origin: 'net.onnx' });
  }));

  it('takes a .tflite file, whose 8-bit input says how pixels enter', () => inFolder(async (folder) => {
    const file = join(folder, 'net.tflite');
    const q = { scales: [0.02], zeroPoints: [100], axis: 0 };
    await writeFile(file, tfliteFile({
      tensors: [{ dims: [1, 2, 2, 3], type: 'uint8', quantisation: q }, { dims: [2], type: 'int32', values: [1, 2] }, { dims: [1, 3], type: 'uint8', quantisation: q }, { dims: [1, 3] }],
      operators: [{ code: 40, inputs: [0, 1], outputs: [2] }, { code: 25, inputs: [2], outputs: [3], options: [[0, 'float32', 1]] }], inputs: [0], outputs: [3],
    }));
    const pack = await loadPack(await importModel(file, { name: 'mine', folder, sense: 'appearance' }));
    const { from } = pack.sense('appearance').input;
    expect(from.kind === 'picture' && [from.width, from.scale, from.offset]).to.satisfy(([w, s, o]: number[]) => w === 2 && Math.abs(s! - 0.02) < 1e-8 && Math.abs(o! + 2) < 1e-6);
    expect(pack.labels('appearance')).to.deep.equal(['class 0', 'class 1', 'class 2']);
  }));

  it('says what is missing or wrong, and leaves nothing behind', () => inFolder(async (folder) => {
    const file = join(folder, 'net.onnx');
    await writeFile(file, colourNet());
    const packs = join(folder, 'packs');
    await faultOf('usage', () => importModel(join(folder, 'none.onnx'), { name: 'mine', folder: packs, sense: 'appearance' }));
    await faultOf('usage', () => importModel(file, { name: 'mine', folder: packs, sense: 'appearance', labels: join(folder, 'none.txt') }));
    await faultOf('usage', () => importModel(file, { name: 'mine', folder: packs, sense: 'motion' }));
    await faultOf('pack-invalid', () => importModel(file, { name: 'mine', folder: packs, sense: 'audio' }));
    await faultOf('pack-invalid', () => importModel(file, { name: 'mine', folder: packs, sense: 'appearance', labels: ['one'] }));
    await faultOf('pack-invalid', () => importModel(file, { name: '../mine', folder: packs, sense: 'appearance' }));
    expect(await readdir(packs).catch(() => [])).to.deep.equal([]);
    expect((await readdir(folder)).sort()).to.satisfy((names: string[]) => names.every((name) => ['net.onnx', 'packs'].includes(name)));
  }));
});
