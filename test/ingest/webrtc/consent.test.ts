import { expect } from 'chai';
import { RTCPeerConnection } from 'werift';
import { withoutConsent } from '../../../src/ingest/webrtc/consent.js';

interface Watched {
  readonly queryConsent: () => void;
  readonly consentFresh: boolean;
  readonly consentExpiryTimer?: unknown;
}

describe('A publisher that is never asked for consent', () => {
  it('is not given up for answering no question: werift\'s own way sets a timer, ours does not', async () => {
    const timers: boolean[] = [];
    for (const without of [false, true]) {
      const peer = new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:9' }] });
      peer.addTransceiver('audio');
      const [transport] = peer.iceTransports;
      if (transport === undefined) return expect.fail('there is no transport');
      if (without) withoutConsent(transport);
      const watched = transport.connection as unknown as Watched;
      watched.queryConsent();
      await Promise.resolve();
      timers.push(watched.consentExpiryTimer !== undefined);
      expect(watched.consentFresh).to.equal(true);
      await peer.close();
    }
    expect(timers).to.deep.equal([true, false]);
  });
});
