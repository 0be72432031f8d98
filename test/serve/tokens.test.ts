import { expect } from 'chai';
import { Fault } from '../../src/faults.js';
import { Keyring, requireTokens, type Token } from '../../src/serve/tokens.js';
import { TOKEN } from './sockets.js';

const all = (token: string, name = 'all'): Token => ({ name, token, scopes: ['publish', 'subscribe', 'admin'] });
const OTHER = 'fedcba9876543210fedcba9876543210';

describe('serve/tokens', () => {
  it('demands a token that cannot be guessed where others can reach it', () => {
    const refused: readonly (readonly [string, Token[]])[] = [
      ['0.0.0.0', []], ['::', []], ['10.0.0.5', []], ['0.0.0.0', [all(TOKEN), all('short', 'two')]], ['127.0.0.1', [all('')]],
      ['127.0.0.1', [all('two words')]], ['127.0.0.1', [all(TOKEN), all(TOKEN, 'again')]],
    ];
    for (const [host, tokens] of refused) expect(() => { requireTokens(host, tokens); }, host).to.throw(Fault).with.property('kind', 'auth-required');
    requireTokens('127.0.0.1', []);
    requireTokens('127.0.0.1', [all('short')]);
    requireTokens('0.0.0.0', [all(TOKEN), all(OTHER, 'other')]);
  });

  it('names the token that is wrong, never the token itself', () => {
    expect(() => { requireTokens('0.0.0.0', [all('hunter2', 'door')]); }).to.throw(/"door" is shorter/).with.property('message').that.does.not.contain('hunter2');
  });

  it('takes a token from a bearer header only, and only the whole of it', () => {
    const keyring = new Keyring([all(TOKEN)]);
    expect(keyring.identify(`Bearer ${TOKEN}`)?.name).to.equal('all');
    expect(keyring.identify(`bearer  ${TOKEN}`)?.name).to.equal('all');
    for (const header of [undefined, '', TOKEN, `Basic ${TOKEN}`, 'Bearer ', `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, `Bearer ${TOKEN} ${TOKEN}`]) {
      expect(keyring.identify(header), header).to.equal(undefined);
    }
  });

  it('says whose token it is and what it is good for', () => {
    const keyring = new Keyring([{ name: 'door', token: TOKEN, scopes: ['publish'] }, { name: 'screen', token: OTHER, scopes: ['subscribe'] }]);
    expect([...keyring.identify(`Bearer ${TOKEN}`)?.scopes ?? []]).to.deep.equal(['publish']);
    expect(keyring.identify(`Bearer ${OTHER}`)).to.deep.equal({ name: 'screen', scopes: new Set(['subscribe']) });
    expect(keyring.guarded).to.equal(true);
  });

  it('without tokens lets everybody do everything', () => {
    const keyring = new Keyring([]);
    expect(keyring.guarded).to.equal(false);
    expect(keyring.identify(undefined)?.scopes.has('admin')).to.equal(true);
  });
});
