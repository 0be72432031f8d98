import { expect } from 'chai';
import type { Output } from '../../src/emit/types.js';
import type { Filter } from '../../src/serve/protocol.js';
import { publication, select, textFor } from '../../src/serve/publication.js';
import { answer, event, gate, segment, state } from './outputs.js';

const passes = (filter: Filter, output: Output, camera = 'dock'): boolean => select(filter).matches(publication(1, camera, output));

describe('serve/publication', () => {
  it('is the same text for everybody but for the number of the subscription', () => {
    const output = event('siren');
    const one = publication(124, 'do"ck', output);
    expect(JSON.parse(textFor(1, one))).to.deep.equal({ type: 'event', subscription: 1, seq: 124, camera: 'do"ck', event: output.event });
    expect(textFor(22, one).replace('"subscription":22', '"subscription":1')).to.equal(textFor(1, one));
    expect(one.bytes).to.equal(Buffer.byteLength(one.tail));
  });

  it('puts the body under the name of its kind', () => {
    for (const output of [event(), segment(), gate(), state(), answer()]) {
      expect(JSON.parse(textFor(1, publication(1, 'dock', output)))).to.include({ type: output.kind }).and.to.have.property(output.kind);
    }
  });

  it('lets events pass, of every camera, unless told otherwise', () => {
    expect([event(), segment(), gate(), state(), answer()].map((output) => passes({}, output))).to.deep.equal([true, false, false, false, false]);
  });

  it('filters by kind and by camera', () => {
    expect(passes({ kinds: ['gate', 'state'] }, gate())).to.equal(true);
    expect(passes({ kinds: ['gate', 'state'] }, event())).to.equal(false);
    expect(passes({ cameras: ['yard'] }, event())).to.equal(false);
    expect(passes({ cameras: ['yard'] }, event(), 'yard')).to.equal(true);
  });

  it('filters events by label and top score, so that an end follows its beginning', () => {
    expect(passes({ labels: ['drone'] }, event('siren'))).to.equal(false);
    expect(passes({ labels: ['drone', 'siren'], min_score: 0.9 }, event('siren'))).to.equal(true);
    expect(passes({ min_score: 0.95 }, event('siren'))).to.equal(false);
    expect(passes({ min_score: 0.9 }, event('siren', { type: 'end', score: 0 }))).to.equal(true);
  });

  it('asks of a segment one label that is both listed and high enough', () => {
    const heard = segment({ siren: 0.9, drone: 0.2 });
    const kinds: Filter['kinds'] = ['segment'];
    expect(passes({ kinds, labels: ['drone'] }, heard)).to.equal(true);
    expect(passes({ kinds, labels: ['drone'], min_score: 0.5 }, heard)).to.equal(false);
    expect(passes({ kinds, labels: ['siren'], min_score: 0.5 }, heard)).to.equal(true);
    expect(passes({ kinds, min_score: 0.5 }, segment({}))).to.equal(false);
    const seen: Output = { kind: 'segment', segment: { ...heard.segment, seen: { labels: [{ label: 'truck', score: 0.7 }], time: 0, age_s: 0 } } };
    expect(passes({ kinds, labels: ['truck'], min_score: 0.7 }, seen)).to.equal(true);
  });

  it('filters an answer by its own label; one that is nothing known passes where no label is asked for', () => {
    const kinds: Filter['kinds'] = ['answer'];
    expect([passes({ kinds, labels: ['birch'], min_score: 0.9 }, answer()), passes({ kinds, labels: ['oak'] }, answer())]).to.deep.equal([true, false]);
    expect([passes({ kinds }, answer(null)), passes({ kinds, labels: ['birch'] }, answer(null))]).to.deep.equal([true, false]);
  });

  it('does not apply labels and scores to gates and states', () => {
    expect(passes({ kinds: ['gate', 'state'], labels: ['drone'], min_score: 1 }, gate())).to.equal(true);
    expect(passes({ kinds: ['gate', 'state'], labels: ['drone'], min_score: 1 }, state())).to.equal(true);
  });
});
