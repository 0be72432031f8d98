import { expect } from 'chai';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { scanClips } from '../../src/learn/clips.js';
import { backgroundOf, labelRule } from '../../src/learn/labels.js';
import { faultOf } from '../inference/shared.js';
import { folderOf, temporary } from './made.js';

const kindsOf = ({ remarks }: Awaited<ReturnType<typeof scanClips>>): string[] => remarks.map(({ kind }) => kind);

describe('scanClips', () => {
  it('takes one folder a label, in a fixed order', async () => {
    const found = await scanClips(folderOf('dog/b.mp4', 'dog/a.ogg', 'bird/c.WAV'));
    expect(found.clips.map(({ id, label, part }) => [id, label, part])).to.deep.equal([['bird/c.WAV', 'bird', undefined], ['dog/a.ogg', 'dog', undefined], ['dog/b.mp4', 'dog', undefined]]);
    expect(found.labels).to.deep.equal(['bird', 'dog']);
    expect(found.remarks).to.deep.equal([]);
  });

  it('takes train, val and test where the folders are called so, in any case', async () => {
    const found = await scanClips(folderOf('Train/dog/a.mp4', 'validation/dog/b.mp4', 'TEST/bird/c.mp4'));
    expect(found.clips.map(({ label, part }) => [label, part])).to.have.deep.members([['dog', 'train'], ['dog', 'val'], ['bird', 'test']]);
  });

  it('takes train and test for labels where there are others beside them', async () => {
    expect((await scanClips(folderOf('train/a.mp4', 'test/b.mp4', 'car/c.mp4'))).labels).to.deep.equal(['car', 'test', 'train']);
    expect((await scanClips(folderOf('train/a.mp4', 'test/b.mp4'))).labels).to.deep.equal(['test', 'train']);
  });

  it('passes over hidden files, other files, and recordings without a label, and says so', async () => {
    const found = await scanClips(folderOf('dog/a.mp4', 'dog/.DS_Store', '.git/x.mp4', 'dog/notes.txt', 'loose.mp4', 'bird/b.mp4'));
    expect(found.clips.map(({ id }) => id)).to.deep.equal(['bird/b.mp4', 'dog/a.mp4']);
    const said = Object.fromEntries(found.remarks.map(({ kind, about }) => [kind, about]));
    expect(said).to.deep.equal({ 'hidden': ['.git', 'dog/.DS_Store'], 'unknown-ending': ['dog/notes.txt'], 'layout': ['loose.mp4'] });
  });

  it('follows no symbolic link, neither outside nor in a circle', async () => {
    const root = folderOf('dog/a.mp4', 'bird/b.mp4');
    const outside = folderOf('secret.mp4');
    symlinkSync(join(outside, 'secret.mp4'), join(root, 'dog', 'linked.mp4'));
    symlinkSync(root, join(root, 'dog', 'circle'));
    const found = await scanClips(root);
    expect(found.clips.map(({ id }) => id)).to.deep.equal(['bird/b.mp4', 'dog/a.mp4']);
    expect(found.remarks.find(({ kind }) => kind === 'link')?.about).to.deep.equal(['dog/circle', 'dog/linked.mp4']);
  });

  it('makes one class of labels that differ only by case, and names the folders', async () => {
    const found = await scanClips(folderOf('Dog/a.mp4', 'dog/b.mp4', 'dog/c.mp4', 'bird/d.mp4'));
    expect(found.labels).to.deep.equal(['bird', 'dog']);
    expect(found.clips.filter(({ label }) => label === 'dog')).to.have.length(3);
    const merged = found.remarks.find(({ kind }) => kind === 'labels-merged');
    expect(merged?.about).to.deep.equal(['Dog', 'dog']);
    expect(merged?.text).to.match(/"Dog" and "dog"/);
  });

  it('gives clips of one folder inside a label one source, and others their own', async () => {
    const { clips } = await scanClips(folderOf('dog/street/a.mp4', 'dog/street/b.mp4', 'dog/c.mp4', 'bird/d.mp4'));
    expect(Object.fromEntries(clips.map(({ id, source }) => [id, source]))).to.deep.equal({
      'dog/street/a.mp4': 'dog/street', 'dog/street/b.mp4': 'dog/street', 'dog/c.mp4': 'dog/c.mp4', 'bird/d.mp4': 'bird/d.mp4',
    });
  });

  it('takes the source from a pattern, where it matches', async () => {
    const { clips } = await scanClips(folderOf('dog/7-a.mp4', 'bird/7-b.mp4', 'bird/x.mp4'), { sourcePattern: /\/(\d+)-/ });
    expect(clips.map(({ source }) => source)).to.have.members(['7', '7', 'bird/x.mp4']);
  });

  it('refuses a folder that is not there, is a file, is empty, or has no labels', async () => {
    const root = folderOf('a.mp4');
    await faultOf('source-not-found', async () => scanClips(join(root, 'nowhere')));
    await faultOf('data-unusable', async () => scanClips(join(root, 'a.mp4')));
    await faultOf('data-unusable', async () => scanClips(root));
    const empty = temporary();
    mkdirSync(join(empty, 'dog'));
    await faultOf('data-unusable', async () => scanClips(empty));
  });

  it('says nothing of an ordinary folder', async () => {
    expect(kindsOf(await scanClips(folderOf('a/1.mp4', 'b/2.mp4')))).to.deep.equal([]);
  });
});

describe('labelRule', () => {
  it('keeps the name of the larger folder, and of equals the one that sorts first', () => {
    expect(labelRule(['dog', 'DOG', 'DOG']).labels).to.deep.equal(['DOG']);
    expect(labelRule(['dog', 'Dog']).labels).to.deep.equal(['Dog']);
  });

  it('knows one word in two Unicode forms', () => {
    const rule = labelRule(['t\u00fcr', 'tu\u0308r']);
    expect(rule.labels).to.deep.equal(['t\u00fcr']);
    expect(rule.nameOf('tu\u0308r')).to.equal('t\u00fcr');
  });
});

describe('backgroundOf', () => {
  it('knows the usual names, or takes those that are named', () => {
    expect(backgroundOf(['Background', 'dog'])).to.deep.equal(['Background']);
    expect(backgroundOf(['background', 'dog'], ['DOG'])).to.deep.equal(['dog']);
    expect(backgroundOf(['background'], [])).to.deep.equal([]);
  });
});
