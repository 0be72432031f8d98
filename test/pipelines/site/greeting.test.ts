import { expect } from 'chai';
import { addressLine, camerasLine } from '../../../pipelines/site/greeting.js';
import { settings } from '../../fixtures/sites.js';

describe('what hearken serve says when it begins', () => {
  it('is where people, programs and subscribers find it', () => {
    expect(addressLine({ host: '127.0.0.1', port: 8787 }, false)).to.equal('listening: dashboard http://127.0.0.1:8787/ · WebSocket ws://127.0.0.1:8787/ws · API http://127.0.0.1:8787/api/openapi.json');
    expect(addressLine({ host: '::1', port: 1 }, true)).to.equal('listening: dashboard https://[::1]:1/ · WebSocket wss://[::1]:1/ws · API https://[::1]:1/api/openapi.json');
    expect(addressLine({ host: '0.0.0.0', port: 1 }, true)).to.match(/^listening on all addresses of this machine: dashboard https:\/\/127\.0\.0\.1:1\/ /);
  });

  it('is which cameras there are', () => {
    expect(camerasLine(settings('cameras: {}').cameras)).to.equal('no camera yet');
    expect(camerasLine(settings('cameras: { a: { source: x } }').cameras)).to.equal('1 camera: a (x)');
    expect(camerasLine(settings('cameras: { a: { source: x }, b: { source: whip } }').cameras)).to.equal('2 cameras: a (x), b (whip)');
  });
});
