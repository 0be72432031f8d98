import { expect } from 'chai';
import { PublicationLog } from '../../src/serve/log.js';
import { DEFAULT_LIMITS, type ServerLimits } from '../../src/serve/options.js';
import type { CloseReason, ServerMessage } from '../../src/serve/protocol.js';
import { publication } from '../../src/serve/publication.js';
import { Session } from '../../src/serve/session.js';
import { event } from './outputs.js';

/** A client whose socket takes as many texts as it is told to, and a clock that stands. */
const scene = (limits: Partial<ServerLimits> = {}) => {
  const log = new PublicationLog({ messages: 5, bytes: 1e6 });
  const sent: ServerMessage[] = [];
  const closed: CloseReason[] = [];
  const waiting: (() => void)[] = [];
  let room = true;
  const outlet = {
    get bufferedBytes() { return room ? 0 : Infinity; },
    send: (text: string, done: () => void) => { sent.push(JSON.parse(text) as ServerMessage); waiting.push(done); },
    close: (reason: CloseReason) => { closed.push(reason); },
  };
  const session = new Session('run', log, outlet, { ...DEFAULT_LIMITS, ...limits }, () => 0);
  return {
    sent, closed, session,
    command: (value: unknown) => { session.receive(JSON.stringify(value)); return sent.at(-1); },
    publish: () => { session.gone(log.append((seq) => publication(seq, 'dock', event()))); session.pump(); },
    stuff: () => { room = false; },
    unstuff: () => { room = true; for (const done of waiting.splice(0)) done(); },
  };
};

const seqs = (sent: readonly ServerMessage[]): (number | string)[] => sent.flatMap<number | string>((one) => one.type === 'event' ? [one.seq] : one.type === 'lagged' ? [`-${one.dropped}`] : []);

describe('serve/session', () => {
  it('says hello, then answers each command under its id', () => {
    const { sent, command } = scene();
    expect(sent).to.deep.equal([{ type: 'hello', protocol: 'hearken.ws.v1', server: 'run', seq: 0 }]);
    expect(command({ id: 3, type: 'ping' })).to.deep.equal({ id: 3, type: 'pong' });
    expect(command({ id: 4, type: 'subscribe' })).to.deep.equal({ id: 4, type: 'result', success: true, result: { subscription: 4, seq: 0, replay: null } });
    expect(command({ id: 4, type: 'subscribe' })).to.have.nested.property('error.code', 'id_in_use');
    expect(command({ id: 5, type: 'unsubscribe', subscription: 9 })).to.have.nested.property('error.code', 'not_found');
    expect(command({ id: 6, type: 'unsubscribe', subscription: 4 })).to.deep.equal({ id: 6, type: 'result', success: true, result: null });
  });

  it('answers the subscription before it replays', () => {
    const { sent, command, publish } = scene();
    publish();
    publish();
    command({ id: 1, type: 'subscribe', since_seq: 0 });
    expect(sent.map(({ type }) => type)).to.deep.equal(['hello', 'result', 'event', 'event']);
  });

  it('sends nothing while the socket is full, and then what is left, the loss first', () => {
    const { sent, command, publish, stuff, unstuff } = scene();
    command({ id: 1, type: 'subscribe' });
    publish();
    stuff();
    for (let i = 0; i < 8; i++) publish();
    expect(seqs(sent)).to.deep.equal([1]);
    unstuff();
    expect(seqs(sent)).to.deep.equal([1, '-3', 5, 6, 7, 8, 9]);
  });

  it('serves several subscriptions in the order of time', () => {
    const { sent, command, publish, stuff, unstuff } = scene();
    command({ id: 1, type: 'subscribe' });
    command({ id: 2, type: 'subscribe', cameras: ['dock'] });
    stuff();
    publish();
    publish();
    unstuff();
    expect(sent.flatMap((one) => one.type === 'event' ? [[one.seq, one.subscription]] : [])).to.deep.equal([[1, 1], [1, 2], [2, 1], [2, 2]]);
  });

  it('gives others their turn during a long replay', async () => {
    const log = new PublicationLog({ messages: 1000, bytes: 1e7 });
    for (let i = 0; i < 200; i++) log.append((seq) => publication(seq, 'dock', event()));
    let sent = 0;
    const session = new Session('run', log, { bufferedBytes: 0, send: (_text, done) => { sent += 1; queueMicrotask(done); }, close: () => undefined }, DEFAULT_LIMITS, () => 0);
    session.receive('{"id":1,"type":"subscribe","since_seq":0}');
    await Promise.resolve();
    expect(sent).to.be.below(100);
    while (sent < 202) await new Promise((resolve) => { setImmediate(resolve); });
    expect(sent).to.equal(202);
  });

  it('closes on too many messages, on too many mistakes, and when answers are not read', () => {
    const fast = scene({ messages: { perSecond: 1, burst: 3 } });
    for (let id = 1; id <= 5; id++) fast.command({ id, type: 'ping' });
    expect(fast.sent.length).to.equal(4);
    expect(fast.closed).to.deep.equal(['too_many_requests']);

    const wrong = scene({ mistakes: 2 });
    for (let i = 0; i < 5; i++) wrong.session.receive('?');
    expect(wrong.closed).to.deep.equal(['malformed']);

    const deaf = scene({ waitingAnswers: 5 });
    deaf.stuff();
    for (let id = 1; id <= 10; id++) deaf.command({ id, type: 'ping' });
    expect(deaf.closed).to.deep.equal(['unresponsive']);
  });

  it('limits subscriptions', () => {
    const { command } = scene({ subscriptions: 1 });
    command({ id: 1, type: 'subscribe' });
    expect(command({ id: 2, type: 'subscribe' })).to.have.nested.property('error.code', 'too_many_subscriptions');
  });

  it('sends nothing once it has ended', () => {
    const { session, sent, command, publish, closed } = scene();
    command({ id: 1, type: 'subscribe' });
    session.end();
    publish();
    session.receive('{"id":2,"type":"ping"}');
    session.close('going_away');
    expect(sent.length).to.equal(2);
    expect(closed).to.deep.equal([]);
  });
});
