import { queryObjects } from 'node:v8';
import { expect } from 'chai';
import fc from 'fast-check';
import { PublicationLog } from '../../src/serve/log.js';
import { KINDS, type Kind } from '../../src/serve/protocol.js';
import type { Publication } from '../../src/serve/publication.js';
import { Subscription } from '../../src/serve/subscription.js';

const make = (kind: Kind, bytes = 1) => (seq: number): Publication => ({ seq, kind, camera: 'dock', tail: `"seq":${seq}}`, bytes });
/** A message whose instances can be counted on the heap. */
class Counted implements Publication {
  readonly kind = 'segment';
  readonly camera = 'dock';
  readonly tail = '}';
  readonly bytes = 1;
  readonly seq: number;

  constructor(seq: number) {
    this.seq = seq;
  }
}
const seqOf = (text: string | undefined): number | string | undefined => {
  if (text === undefined) return undefined;
  const message = JSON.parse(text) as { seq?: number; dropped?: number };
  return message.dropped === undefined ? message.seq : `-${message.dropped}`;
};
const drain = (subscription: Subscription): unknown[] => {
  const all: unknown[] = [];
  while (subscription.behind) all.push(...[seqOf(subscription.next())].filter((seq) => seq !== undefined));
  return all;
};

describe('serve/log', () => {
  it('keeps no more messages and bytes of a kind than allowed, and the newest in any case', () => {
    const log = new PublicationLog({ messages: 3, bytes: 10 });
    const gone = [3, 3, 3, 3, 9, 50].map((bytes) => log.append(make('event', bytes)).map(({ seq }) => seq));
    expect(gone).to.deep.equal([[], [], [], [1], [2, 3, 4], [5]]);
    expect(log.after(0, ['event'])?.seq).to.equal(6);
  });

  it('holds in memory what it keeps and nothing else', () => {
    const log = new PublicationLog({ messages: 100, bytes: 1e6 });
    for (let i = 0; i < 180; i++) log.append((seq) => new Counted(seq));
    expect(queryObjects(Counted)).to.equal(100);
    expect(log.after(0, ['segment'])?.seq).to.equal(81);
  });

  it('does not let segments push events out', () => {
    const log = new PublicationLog({ messages: 2, bytes: 1e6 });
    log.append(make('event'));
    for (let i = 0; i < 100; i++) log.append(make('segment'));
    expect(log.after(0, ['event', 'segment'])?.seq).to.equal(1);
    expect(log.after(1, ['event', 'segment'])?.seq).to.equal(100);
    expect(log.replay(0, ['event'])).to.deep.equal({ complete: true, oldest_seq: 1 });
    expect(log.replay(0, ['event', 'segment'])).to.deep.equal({ complete: false, oldest_seq: 1 });
    expect(log.replay(99, ['segment'])).to.deep.equal({ complete: true, oldest_seq: 100 });
    expect(log.replay(98, ['segment'])).to.deep.equal({ complete: false, oldest_seq: 100 });
  });

  it('promises nothing about a number it never gave out', () => {
    const log = new PublicationLog({ messages: 2, bytes: 1e6 });
    expect(log.replay(0)).to.deep.equal({ complete: true, oldest_seq: null });
    expect(log.replay(1)).to.deep.equal({ complete: false, oldest_seq: null });
  });
});

describe('serve/subscription', () => {
  it('begins now, or behind since_seq, or at the oldest when that number is of another run', () => {
    const log = new PublicationLog({ messages: 10, bytes: 1e6 });
    for (let i = 0; i < 5; i++) log.append(make('event'));
    expect(drain(new Subscription(1, {}, log))).to.deep.equal([]);
    expect(drain(new Subscription(1, { since_seq: 3 }, log))).to.deep.equal([4, 5]);
    const stranger = new Subscription(1, { since_seq: 99 }, log);
    expect(stranger.subscribed).to.deep.equal({ subscription: 1, seq: 5, replay: { complete: false, oldest_seq: 1 } });
    expect(drain(stranger)).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('says once what was lost, before the next message', () => {
    const log = new PublicationLog({ messages: 2, bytes: 1e6 });
    const subscription = new Subscription(1, {}, log);
    for (let i = 0; i < 5; i++) for (const gone of log.append(make('event'))) subscription.gone(gone);
    expect(drain(subscription)).to.deep.equal(['-3', 4, 5]);
  });

  it('looks at some messages only in one go, so that a long search can be broken off', () => {
    const log = new PublicationLog({ messages: 1000, bytes: 1e6 });
    const subscription = new Subscription(1, { cameras: ['yard'] }, log);
    for (let i = 0; i < 500; i++) log.append(make('event'));
    let goes = 0;
    for (; subscription.behind; goes++) expect(subscription.next()).to.equal(undefined);
    expect(goes).to.be.above(5);
  });

  it('loses nothing without saying so, whatever is published, filtered and read when', () => {
    const step = fc.oneof(fc.constantFrom(...KINDS), fc.constant('read' as const), fc.constant('read all' as const));
    fc.assert(fc.property(fc.array(step, { maxLength: 200 }), fc.uniqueArray(fc.constantFrom(...KINDS), { minLength: 1 }), fc.integer({ min: 1, max: 5 }), (steps, kinds, messages) => {
      const log = new PublicationLog({ messages, bytes: 1e6 });
      const subscription = new Subscription(1, { kinds }, log);
      const got: unknown[] = [];
      const wanted: number[] = [];
      let dropped = 0;
      for (const one of [...steps, 'read all' as const]) {
        if (one === 'read') got.push(...[seqOf(subscription.next())].filter((seq) => seq !== undefined));
        else if (one === 'read all') got.push(...drain(subscription));
        else {
          const gone = log.append(make(one));
          if (kinds.includes(one)) wanted.push(log.seq);
          for (const publication of gone) if (subscription.gone(publication)) dropped += 1;
        }
      }
      const seqs = got.filter((seq) => typeof seq === 'number');
      const said = got.filter((seq) => typeof seq === 'string').reduce((sum, text) => sum - Number(text), 0);
      expect(seqs).to.deep.equal([...seqs].sort((a, b) => a - b));
      expect(said).to.equal(dropped);
      expect(seqs.length + dropped).to.equal(wanted.length);
      expect(seqs.every((seq) => wanted.includes(seq))).to.equal(true);
      expect(subscription.behind).to.equal(false);
    }));
  });
});
