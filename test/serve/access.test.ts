import { expect } from 'chai';
import { Fault } from '../../src/faults.js';
import { bears, hostAllowed, isLoopback, originAllowed, requireToken, Tickets } from '../../src/serve/access.js';

const TOKEN = '0123456789abcdef0123456789abcdef';

describe('serve/access', () => {
  it('knows which addresses are this machine', () => {
    for (const host of ['127.0.0.1', '127.8.8.8:80', 'localhost', 'LOCALHOST:8790', '::1', '[::1]', '[::1]:8790']) expect(isLoopback(host), host).to.equal(true);
    for (const host of ['0.0.0.0', '::', '10.0.0.5', '127.0.0.1.evil.example', 'localhost.evil.example', 'evil-localhost', '1127.0.0.1', '']) expect(isLoopback(host), host).to.equal(false);
  });

  it('demands a token that cannot be guessed where others can reach it', () => {
    for (const [host, token] of [['0.0.0.0', undefined], ['::', undefined], ['10.0.0.5', undefined], ['0.0.0.0', 'short'], ['127.0.0.1', '']] as const) {
      expect(() => { requireToken(host, token); }, host).to.throw(Fault).with.property('kind', 'auth-required');
    }
    requireToken('127.0.0.1', undefined);
    requireToken('0.0.0.0', TOKEN);
  });

  it('takes the token from a bearer header only, and only the whole of it', () => {
    expect(bears(`Bearer ${TOKEN}`, TOKEN)).to.equal(true);
    expect(bears(`bearer  ${TOKEN}`, TOKEN)).to.equal(true);
    for (const header of [undefined, '', TOKEN, `Basic ${TOKEN}`, 'Bearer ', `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, `Bearer ${TOKEN} ${TOKEN}`]) {
      expect(bears(header, TOKEN), header).to.equal(false);
    }
  });

  it('takes a ticket once, while it lives, and keeps only so many', () => {
    let nowMs = 0;
    const tickets = new Tickets({ lifeMs: 100, waiting: 2 }, () => nowMs);
    const [first, second, third] = [tickets.issue(), tickets.issue(), tickets.issue()];
    expect(tickets.redeem(first)).to.equal(false);
    expect(tickets.redeem(second)).to.equal(true);
    expect(tickets.redeem(second)).to.equal(false);
    nowMs = 100;
    expect(tickets.redeem(third)).to.equal(false);
    expect(tickets.redeem('')).to.equal(false);
  });

  it('lets programs in, and pages from this machine, from its own host, and from the list', () => {
    const allowed = ['https://home.example'];
    for (const [origin, host] of [
      [undefined, 'x'], ['http://localhost:5173', 'cam.lan:8790'], ['http://[::1]:80', 'cam.lan'], ['http://127.0.0.1', 'cam.lan'],
      ['http://cam.lan:8790', 'cam.lan:8790'], ['https://home.example', 'cam.lan'],
    ] as const) expect(originAllowed(origin, host, allowed), origin).to.equal(true);
    for (const [origin, host] of [
      ['http://evil.example', 'cam.lan'], ['http://cam.lan:1', 'cam.lan:8790'], ['null', 'null'], ['', ''], ['file://', ''], ['https://home.example.evil.example', 'cam.lan'],
      ['http://evil.example', undefined], ['chrome-extension://localhost', 'cam.lan'],
    ] as const) expect(originAllowed(origin, host, allowed), origin).to.equal(false);
  });

  it('without a token answers to names of this machine only', () => {
    expect(hostAllowed('127.0.0.1:8790', undefined)).to.equal(true);
    expect(hostAllowed('rebound.example:8790', undefined)).to.equal(false);
    expect(hostAllowed(undefined, undefined)).to.equal(false);
    expect(hostAllowed('cam.lan', TOKEN)).to.equal(true);
  });
});
