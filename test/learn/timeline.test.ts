import { expect } from 'chai';
import fc from 'fast-check';
import { labelsAt, readTimeline, streamSequence, stretchesOf } from '../../src/learn/timeline.js';
import { faultOf } from '../inference/shared.js';
import { extracted } from './made.js';

const WINDOW_US = 960_000;
const starts = (...s: number[]): Float64Array => Float64Array.from(s, (one) => one * 1e6);
const span = (startS: number, endS: number, label: string) => ({ startUs: startS * 1e6, endUs: endS * 1e6, label });

describe('readTimeline', () => {
  it('takes events, and passes over other lines', () => {
    expect(readTimeline('{"kind":"camera","seed":1}\n\n{"startUs":1,"endUs":2,"label":"dog","more":true}\n', 't')).to.deep.equal([{ startUs: 1, endUs: 2, label: 'dog' }]);
  });

  it('takes only the steps where there are some', () => {
    expect(readTimeline('{"kind":"event","startUs":1,"endUs":9,"label":"dog"}\n{"kind":"step","startUs":0,"endUs":2,"target":"bird"}', 't')).to.deep.equal([{ startUs: 0, endUs: 2, label: 'bird' }]);
  });

  it('names the line that is no JSON', async () => {
    expect((await faultOf('data-unusable', () => readTimeline('{"startUs":0}\nnonsense', 'cam.jsonl'))).message).to.match(/Line 2 of cam\.jsonl/);
  });
});

describe('labelsAt', () => {
  it('takes what fills at least half of the window', () => {
    const spans = [span(1, 3, 'dog')];
    expect(labelsAt(spans, starts(0, 0.48, 0.52, 1, 2.52, 2.53), WINDOW_US)).to.deep.equal([undefined, undefined, 'dog', 'dog', 'dog', undefined]);
  });

  it('takes of two the one that fills more', () => {
    expect(labelsAt([span(0, 2, 'a'), span(1, 9, 'b')], starts(0, 1.5), WINDOW_US)).to.deep.equal(['a', 'b']);
  });

  it('is the same for spans in any order, and as looking at all of them', () => {
    const spans = fc.array(fc.record({ startUs: fc.nat(20_000_000), lengthUs: fc.nat(4_000_000), label: fc.constantFrom('a', 'b', 'c') }))
      .map((all) => all.map(({ startUs, lengthUs, label }) => ({ startUs, endUs: startUs + lengthUs, label })));
    fc.assert(fc.property(spans, (all) => {
      const at = Float64Array.from({ length: 40 }, (_, i) => i * 480_000);
      const found = labelsAt(all, at, WINDOW_US);
      at.forEach((startUs, t) => {
        const fills = all.map(({ label, ...one }) => ({ label, us: Math.min(one.endUs, startUs + WINDOW_US) - Math.max(one.startUs, startUs) })).filter(({ us }) => us >= WINDOW_US / 2);
        const most = Math.max(0, ...fills.map(({ us }) => us));
        if (fills.length === 0) expect(found[t]).to.equal(undefined);
        else expect(fills.filter(({ us }) => us === most).map(({ label }) => label)).to.include(found[t]);
      });
    }));
  });
});

describe('streamSequence and stretchesOf', () => {
  const whole = () => streamSequence('cam', extracted({ steps: 11 }), { spans: [span(0, 2, 'dog')], windowUs: WINDOW_US, labels: ['background', 'dog'], background: 'background' });

  it('gives each step its target', () => {
    expect([...whole().targets]).to.deep.equal([1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('refuses a label that it does not know', async () => {
    await faultOf('data-unusable', () => streamSequence('cam', extracted(), { spans: [span(0, 2, 'cat')], windowUs: WINDOW_US, labels: ['background'], background: 'background' }));
  });

  it('cuts without losing a row, and keeps the source', () => {
    const parts = stretchesOf(whole(), 4);
    expect(parts.map(({ steps }) => steps)).to.deep.equal([4, 4, 3]);
    expect(parts.flatMap(({ features }) => [...features.motion])).to.deep.equal([...whole().features.motion]);
    expect(parts.flatMap(({ targets }) => [...targets])).to.deep.equal([...whole().targets]);
    expect(new Set(parts.map(({ source }) => source))).to.deep.equal(new Set(['cam']));
    expect(new Set(parts.map(({ id }) => id)).size).to.equal(3);
  });

  it('leaves out a rest of less than half, but never all', () => {
    expect(stretchesOf(whole(), 10).map(({ steps }) => steps)).to.deep.equal([10]);
    expect(stretchesOf(whole(), 100).map(({ steps }) => steps)).to.deep.equal([11]);
  });
});
