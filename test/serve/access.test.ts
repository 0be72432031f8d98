import { expect } from 'chai';
import { hostAllowed, isForeign, isLoopback, originAllowed } from '../../src/serve/access.js';

describe('serve/access', () => {
  it('knows which addresses are this machine', () => {
    for (const host of ['127.0.0.1', '127.8.8.8:80', 'localhost', 'LOCALHOST:8790', '::1', '[::1]', '[::1]:8790']) expect(isLoopback(host), host).to.equal(true);
    for (const host of ['0.0.0.0', '::', '10.0.0.5', '127.0.0.1.evil.example', 'localhost.evil.example', 'evil-localhost', '1127.0.0.1', '']) expect(isLoopback(host), host).to.equal(false);
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
    expect(hostAllowed('127.0.0.1:8790', false)).to.equal(true);
    expect(hostAllowed('rebound.example:8790', false)).to.equal(false);
    expect(hostAllowed(undefined, false)).to.equal(false);
    expect(hostAllowed('cam.lan', true)).to.equal(true);
  });

  it('knows a call that a foreign page makes without an origin, such as an image, from a link that was followed', () => {
    expect(isForeign({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).to.equal(true);
    expect(isForeign({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).to.equal(false);
    expect(isForeign({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', 'origin': 'https://home.example' })).to.equal(false);
    expect(isForeign({ 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'no-cors' })).to.equal(false);
    expect(isForeign({})).to.equal(false);
  });
});
