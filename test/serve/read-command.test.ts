import { expect } from 'chai';
import fc from 'fast-check';
import { readCommand } from '../../src/serve/read-command.js';

const answerTo = (value: unknown): string => {
  const { failure, command } = readCommand(typeof value === 'string' ? value : JSON.stringify(value));
  return failure === undefined ? JSON.stringify(command) : `${String(failure.id)} ${failure.error.code} ${failure.error.message}`;
};

describe('serve/read-command', () => {
  it('reads each command', () => {
    const all = { id: 1, type: 'subscribe', cameras: ['dock'], labels: ['drone'], min_score: 0.5, kinds: ['event', 'segment', 'gate', 'state'], since_seq: 0 };
    expect(readCommand(JSON.stringify(all)).command).to.deep.equal(all);
    for (const one of [{ id: 2, type: 'subscribe' }, { id: 3, type: 'unsubscribe', subscription: 1 }, { id: 4, type: 'ping' }]) {
      expect(readCommand(JSON.stringify(one)).command).to.deep.equal(one);
    }
  });

  it('says under which id it failed, with which code, and where', () => {
    expect(answerTo('{"id":1')).to.equal('null invalid_json The message is not JSON.');
    expect(answerTo('[1]')).to.equal('null invalid_format The message is not a JSON object.');
    expect(answerTo({ type: 'ping' })).to.match(/^null invalid_format id: /);
    expect(answerTo({ id: 0, type: 'ping' })).to.match(/^null invalid_format id: /);
    expect(answerTo({ id: 1.5, type: 'ping' })).to.match(/^null invalid_format id: /);
    expect(answerTo({ id: 7 })).to.match(/^7 invalid_format type: /);
    expect(answerTo({ id: 7, type: 'shutdown' })).to.equal('7 unknown_command There is no command "shutdown"; there are subscribe, unsubscribe, ping.');
    expect(answerTo({ id: 7, type: 'subscribe', kinds: ['video'] })).to.match(/^7 invalid_format kinds\.0: .*"event"/);
    expect(answerTo({ id: 7, type: 'subscribe', min_score: 2 })).to.match(/^7 invalid_format min_score: /);
    expect(answerTo({ id: 7, type: 'subscribe', label: ['drone'] })).to.match(/^7 invalid_format .*"label"/);
    expect(answerTo({ id: 7, type: 'unsubscribe' })).to.match(/^7 invalid_format subscription: /);
  });

  it('does not take names that every object has for commands', () => {
    for (const type of ['constructor', '__proto__', 'toString']) expect(answerTo({ id: 1, type })).to.match(/^1 unknown_command /);
  });

  it('answers whatever comes, shortly', () => {
    const anything = fc.oneof(fc.string({ maxLength: 5000 }), fc.json(), fc.record({ id: fc.anything(), type: fc.constantFrom('subscribe', 'ping', 'x'.repeat(3000)), kinds: fc.anything() }).map((x) => {
      try { return JSON.stringify(x); } catch { return ''; }
    }));
    fc.assert(fc.property(anything, (text) => {
      const { failure, command } = readCommand(text);
      expect((failure === undefined) !== (command === undefined)).to.equal(true);
      expect(JSON.stringify(failure ?? '').length).to.be.below(2500);
    }));
  });
});
