import { expect } from 'chai';
import { readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FeatureCache, cacheFolder, contentOf, recipeOf } from '../../src/learn/cache.js';
import type { FrozenNets } from '../../src/learn/extract.js';
import { readProfile } from '../../src/settings/profile.js';
import { faultOf } from '../inference/shared.js';
import { extracted, folderOf, temporary } from './made.js';

const net = (width: number, sha256: string) => ({ manifest: { sha256, input: {}, outputs: { features: { name: 'features', dims: [1, width] } } } });
const netsWith = (sha256: string): FrozenNets => ({ audio: net(2, sha256), appearance: net(3, 'i'), motion: net(4, 'm'), logMel: {} }) as unknown as FrozenNets;
const nets = netsWith('a');
const [content, recipe] = ['c'.repeat(64), 'r'.repeat(64)];
const filesIn = (folder: string): string[] => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));

describe('FeatureCache', () => {
  it('gives back to the bit what was put in', async () => {
    const cache = new FeatureCache(temporary());
    for (const made of [extracted(), extracted({ steps: 0 }), extracted({ damage: 'It is torn.' })]) {
      await cache.put(content, recipe, made, nets);
      expect(await cache.get(content, recipe)).to.deep.equal(made);
    }
  });

  it('knows nothing of other content or another recipe', async () => {
    const cache = new FeatureCache(temporary());
    await cache.put(content, recipe, extracted(), nets);
    expect(await cache.get('d'.repeat(64), recipe)).to.equal(undefined);
    expect(await cache.get(content, 's'.repeat(64))).to.equal(undefined);
  });

  it('takes a damaged, cut off or empty entry for none', async () => {
    const cache = new FeatureCache(temporary());
    await cache.put(content, recipe, extracted(), nets);
    const [file = ''] = filesIn(cache.folder);
    const whole = readFileSync(file);
    const flipped = Buffer.from(whole);
    flipped.writeUInt8((flipped[60] ?? 0) ^ 1, 60);
    for (const bytes of [flipped, whole.subarray(0, whole.length / 2), Buffer.alloc(0), Buffer.from('HKNF')]) {
      writeFileSync(file, bytes);
      expect(await cache.get(content, recipe)).to.equal(undefined);
    }
    await cache.put(content, recipe, extracted(), nets);
    expect(await cache.get(content, recipe)).to.deep.equal(extracted());
  });

  it('leaves nothing beside its entries, and removes what killed writes left', async () => {
    const cache = new FeatureCache(temporary());
    await cache.put(content, recipe, extracted(), nets);
    const [file = ''] = filesIn(cache.folder);
    expect(filesIn(cache.folder)).to.have.length(1);
    writeFileSync(`${file}.abc.part`, 'half');
    expect(await cache.trim()).to.equal(0);
    expect(await cache.trim(1e9, Date.now() + 4e6)).to.equal(1);
    expect(filesIn(cache.folder)).to.deep.equal([file]);
  });

  it('removes what was not used for longest when it holds too much', async () => {
    const cache = new FeatureCache(temporary());
    for (const name of ['1', '2', '3']) await cache.put(name.repeat(64), recipe, extracted(), nets);
    for (const file of filesIn(cache.folder)) utimesSync(file, 1000, 1000);
    await cache.get('2'.repeat(64), recipe);
    const bytes = readFileSync(filesIn(cache.folder)[0] ?? '').length;
    expect(await cache.trim(bytes)).to.equal(2);
    expect(await cache.get('2'.repeat(64), recipe)).to.not.equal(undefined);
  });

  it('lives where the user says, else with the other caches', () => {
    expect(cacheFolder({ HEARKEN_CACHE: '/x' })).to.equal('/x');
    expect(cacheFolder({ XDG_CACHE_HOME: '/y' })).to.equal('/y/hearken/features');
    expect(cacheFolder({})).to.match(/\.cache\/hearken\/features$/);
  });
});

describe('recipeOf', () => {
  it('changes with the nets, the tolerance and the missing part, and with nothing else', () => {
    const profile = readProfile();
    const own = recipeOf(nets, profile);
    expect(recipeOf(netsWith('a'), readProfile({ ring: { maxMegabytes: 8 }, listen: ['x'] }))).to.equal(own);
    expect(recipeOf(netsWith('b'), profile)).to.not.equal(own);
    expect(recipeOf(nets, readProfile({ look: { toleranceS: 1 } }))).to.not.equal(own);
    expect(recipeOf(nets, readProfile({ hear: { maxMissing: 0.1 } }))).to.not.equal(own);
  });
});

describe('contentOf', () => {
  it('is the sha-256 of the bytes, wherever they are', async () => {
    const root = folderOf('a/abc');
    writeFileSync(join(root, 'a', 'abc'), 'abc');
    expect(await contentOf(join(root, 'a', 'abc'))).to.equal('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    await faultOf('source-not-found', async () => contentOf(join(root, 'nothing')));
  });
});
