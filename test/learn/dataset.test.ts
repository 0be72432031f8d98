import { expect } from 'chai';
import { Fault } from '../../src/faults.js';
import { makeDataset, partOf, type Dataset } from '../../src/learn/dataset.js';
import { chiSquareTail, dependence } from '../../src/learn/dependence.js';
import type { Outcome } from '../../src/learn/extract-clips.js';
import type { FrozenNets } from '../../src/learn/extract.js';
import type { Net } from '../../src/sense/net.js';
import { faultOf } from '../inference/shared.js';
import { readClip, type Made } from './made.js';

/** Nets of which only the widths matter here: 2, 3 and 4. */
const net = (width: number): Net => ({ session: { macs: width * 1e6 }, labels: [], manifest: { outputs: { features: { name: 'features', dims: [1, width] } } } }) as unknown as Net;
const nets = { audio: net(2), appearance: net(3), motion: net(4) } as unknown as FrozenNets;

const many = (label: string, n: number, made: (i: number) => Made = () => ({})): Outcome[] => Array.from({ length: n }, (_, i) => readClip(label, `${i}`.padStart(3, '0'), made(i)));
const make = (outcomes: readonly Outcome[], more: { heldBack?: number } = {}): Dataset => makeDataset(
  { clips: outcomes.map(({ clip }) => clip), labels: [...new Set(outcomes.map(({ clip }) => clip.label))].sort(), remarks: [] },
  outcomes, { nets, stepUs: 480_000, heldBack: more.heldBack ?? 0.2, seed: 1 },
);
const said = ({ remarks }: Dataset, kind: string) => remarks.filter((remark) => remark.kind === kind);

describe('makeDataset', () => {
  it('labels every step, by the sorted labels, whatever the order of extraction', () => {
    const outcomes = [...many('dog', 5), ...many('bird', 5)];
    const dataset = make(outcomes);
    expect(dataset.set.labels).to.deep.equal(['bird', 'dog']);
    expect(dataset.set.dims).to.deep.equal({ audio: 2, appearance: 3, motion: 4 });
    expect([...dataset.set.sequences.at(-1)!.targets]).to.deep.equal([1, 1, 1]);
    expect(make([...outcomes].reverse())).to.deep.equal(dataset);
    expect(dataset.remarks).to.deep.equal([]);
  });

  it('holds a share back where the folder does not say', () => {
    const dataset = make([...many('a', 10), ...many('b', 10)]);
    expect(partOf(dataset, 'val').sequences).to.have.length(4);
    expect(partOf(dataset, 'train').sequences).to.have.length(16);
  });

  it('leaves the parts as the folder says; without val, some of train is held back, never of test', () => {
    const with3 = make([...many('a', 4, () => ({ part: 'train' })), ...many('b', 4, (i) => ({ part: i < 3 ? 'train' : 'val' }))]);
    expect(partOf(with3, 'val').sequences.map(({ id }) => id)).to.deep.equal(['b/003.mp4']);
    const without = make(['a', 'b'].flatMap((label) => many(label, 10, (i) => ({ part: i < 5 ? 'train' : 'test' }))));
    expect(partOf(without, 'test').sequences).to.have.length(10);
    expect(partOf(without, 'val').sequences).to.have.length(2);
  });

  it('leaves out a class with one clip, keeps and names one with two', () => {
    const dataset = make([...many('a', 5), ...many('b', 5), ...many('one', 1), ...many('two', 2)]);
    expect(dataset.set.labels).to.deep.equal(['a', 'b', 'two']);
    expect(said(dataset, 'class-left-out')[0]?.about).to.deep.equal(['one']);
    expect(said(dataset, 'class-small')[0]?.about).to.deep.equal(['two']);
    expect(said(dataset, 'not-held-back')[0]?.about).to.deep.equal(['two']);
  });

  it('leaves out what cannot be read among a thousand that can, and names it', () => {
    const broken: Outcome = { kind: 'fault', clip: { id: 'a/broken.mp4', path: '', label: 'a', source: '' }, fault: new Fault('media', 'source-not-media', 'It is not media.') };
    const dataset = make([...many('a', 500), broken, ...many('b', 500)]);
    expect(dataset.clips).to.have.length(1000);
    expect(said(dataset, 'dropped-unreadable')[0]).to.deep.include({ about: ['a/broken.mp4'], text: '1 clip could not be read and is left out: a/broken.mp4 (It is not media).' });
  });

  it('leaves out clips without a step', () => {
    const dataset = make([...many('a', 5), ...many('b', 5), readClip('a', 'short', { steps: 0 })]);
    expect(said(dataset, 'dropped-too-short')[0]?.about).to.deep.equal(['a/short.mp4']);
  });

  it('keeps one of two copies, the one that is reported on; none where their labels contradict', () => {
    const parts = (i: number): Made => ({ part: i === 0 ? 'test' : 'train' });
    const dataset = make([
      ...many('a', 5, parts), ...many('b', 5, parts),
      readClip('a', 'copy', { part: 'train', content: 'a/000.mp4' }), readClip('a', 'c', { content: 'same', part: 'train' }), readClip('b', 'c', { content: 'same', part: 'train' }),
    ]);
    expect(said(dataset, 'duplicate')[0]?.about).to.deep.equal(['a/copy.mp4']);
    expect(said(dataset, 'dropped-contradicting')[0]?.about).to.deep.equal(['a/c.mp4', 'b/c.mp4']);
  });

  it('tells clips without sound from silent ones, and both from clips without pictures', () => {
    const dataset = make([...many('a', 5), ...many('b', 5), readClip('a', 'mute', { sound: false, soundTrack: false }), readClip('a', 'quiet', { sound: false }), readClip('b', 'blind', { pictures: false }), readClip('b', 'torn', { damage: 'It is cut off.' })]);
    expect(dataset.remarks.map(({ kind, about }) => [kind, about])).to.have.deep.members([['no-sound', ['a/mute.mp4']], ['silent', ['a/quiet.mp4']], ['no-pictures', ['b/blind.mp4']], ['damaged', ['b/torn.mp4']]]);
  });

  it('says when missing sound tells the label, and not when it is missed alike', () => {
    const missing = (i: number): Made => ({ sound: false, soundTrack: i % 2 === 0 });
    const telling = make([...many('a', 30), ...many('b', 30, (i) => (i < 20 ? missing(i) : {}))]);
    expect(said(telling, 'sound-tells-label')[0]?.text).to.match(/b 67 %, a 0 %/);
    const even = make(['a', 'b'].flatMap((label) => many(label, 30, (i) => (i < 15 ? missing(i) : {}))));
    expect(said(even, 'sound-tells-label')).to.deep.equal([]);
  });

  it('says when length tells the label', () => {
    expect(said(make([...many('a', 30), ...many('b', 30, () => ({ steps: 9 }))]), 'length-tells-label')).to.have.length(1);
  });

  it('refuses a single class, with what went wrong', async () => {
    const fault = await faultOf('data-unusable', () => make([...many('a', 5), ...many('b', 1)]));
    expect(fault.remedy).to.match(/class b is left out/);
  });
});

describe('dependence', () => {
  it('is nothing without a property, and all of the label with one that is the label', () => {
    const items = (has: (target: number) => boolean) => Array.from({ length: 100 }, (_, i) => ({ target: i % 2, has: has(i % 2) }));
    const nothing = dependence(2, items(() => false));
    expect(nothing.information).to.be.closeTo(0, 1e-12);
    expect(nothing.p).to.equal(1);
    const all = dependence(2, items((target) => target === 1));
    expect(all.information).to.be.closeTo(1, 1e-9);
    expect(all.p).to.be.below(1e-9);
    expect(all.shares).to.deep.equal([0, 1]);
  });

  it('has the tail of χ² as tables give it', () => {
    // 5 % and 1 % points: 3.841 and 6.635 of one degree of freedom, 18.307 of ten.
    expect(chiSquareTail(3.841, 1)).to.be.closeTo(0.05, 0.004);
    expect(chiSquareTail(6.635, 1)).to.be.closeTo(0.01, 0.002);
    expect(chiSquareTail(18.307, 10)).to.be.closeTo(0.05, 0.001);
    expect(chiSquareTail(0, 3)).to.equal(1);
  });
});
