import { createSocket } from 'node:dgram';
import { expect } from 'chai';
import fc from 'fast-check';
import { readFragment, readOffer } from '../../src/ingest/webrtc/offer.js';
import { Heard, hosts } from '../fixtures/connections.js';
import { publishedCameras, publishers } from '../fixtures/whip.js';

const SECTION = ['a=ice-ufrag:abcd', 'a=ice-pwd:0123456789012345678901', `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`, 'a=setup:actpass', 'a=rtcp-mux', 'a=sendonly'];
const AUDIO = ['m=audio 9 UDP/TLS/RTP/SAVPF 111 63', 'c=IN IP4 0.0.0.0', 'a=mid:0', ...SECTION, 'a=rtpmap:111 opus/48000/2', 'a=fmtp:111 minptime=10;useinbandfec=1', 'a=rtpmap:63 red/48000/2', 'a=fmtp:63 111/111'];
const VIDEO = [
  'm=video 9 UDP/TLS/RTP/SAVPF 98 96 97 103 116', 'c=IN IP4 0.0.0.0', 'a=mid:1', ...SECTION, 'a=rtpmap:98 VP9/90000', 'a=rtpmap:96 VP8/90000', 'a=rtcp-fb:96 nack pli', 'a=rtpmap:97 rtx/90000', 'a=fmtp:97 apt=96',
  'a=rtpmap:103 H264/90000', 'a=fmtp:103 packetization-mode=1;profile-level-id=42e01f', 'a=rtpmap:116 ulpfec/90000', 'a=rid:h send', 'a=rid:l send', 'a=simulcast:send h;l',
];
const sdp = (...sections: readonly (readonly string[])[]): string =>
  ['v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0 1', ...sections.flat(), ''].join('\r\n');
const SDP = { 'content-type': 'application/sdp' };
const FRAGMENT = { 'content-type': 'application/trickle-ice-sdpfrag' };

interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}

describe('An offer', () => {
  it('is trimmed to one codec a track: no RTX, no FEC, no RED, no layers', () => {
    const offer = readOffer(sdp(AUDIO, VIDEO));
    if (offer.refused !== undefined) return expect.fail(offer.sentence);
    expect([offer.audio?.codec, offer.audio?.payloadType, offer.video?.codec, offer.video?.payloadType]).to.deep.equal(['opus', 111, 'vp8', 96]);
    expect(offer.sdp).to.contain('m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n').and.to.contain('m=video 9 UDP/TLS/RTP/SAVPF 96\r\n').and.to.contain('a=rtcp-fb:96 nack pli');
    expect(offer.sdp).to.not.match(/rtx|red\/|ulpfec|simulcast|a=rid|H264|VP9/);
  });

  it('may have port 0 for what is bundle-only, as GStreamer writes it, and is answered whole', () => {
    const offer = readOffer(sdp(VIDEO, AUDIO.flatMap((line) => (line.startsWith('m=') ? [line.replace(' 9 ', ' 0 '), 'a=bundle-only'] : [line]))));
    if (offer.refused !== undefined) return expect.fail(offer.sentence);
    expect(offer.sdp).to.contain('m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n');
  });

  const refused: readonly (readonly [string, string, string])[] = [
    ['is no SDP', 'hello', 'malformed'],
    ['is empty', '', 'malformed'],
    ['names no track', sdp(), 'malformed'],
    ['has a data channel', sdp(AUDIO, ['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'a=mid:1', ...SECTION]), 'not-acceptable'],
    ['has two video tracks', sdp(VIDEO, VIDEO), 'not-acceptable'],
    ['has no codec of ours', sdp(AUDIO, ['m=video 9 UDP/TLS/RTP/SAVPF 98', 'a=mid:1', ...SECTION, 'a=rtpmap:98 VP9/90000']), 'not-acceptable'],
    ['only receives', sdp(AUDIO.map((line) => (line === 'a=sendonly' ? 'a=recvonly' : line))), 'unprocessable'],
    ['is plain RTP', sdp(AUDIO.filter((line) => !line.startsWith('a=fingerprint'))), 'unprocessable'],
    ['is not bundled', sdp(AUDIO, VIDEO).replace('a=group:BUNDLE 0 1\r\n', ''), 'unprocessable'],
  ];
  for (const [called, text, reason] of refused) {
    it(`that ${called} is refused: ${reason}`, () => {
      const offer = readOffer(text);
      expect(offer.refused).to.equal(reason);
      expect(offer.refused === undefined ? '' : offer.sentence).to.match(/^[A-Z].*\.$/);
    });
  }

  it('may be garbage of any kind', () => {
    const line = fc.oneof(fc.constantFrom(...AUDIO, ...VIDEO, 'v=0', 'a=group:BUNDLE 0 1'), fc.string({ maxLength: 40 }));
    fc.assert(fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
      readOffer(['v=0', ...lines].join('\r\n'));
      readFragment(lines.join('\r\n'));
    }));
  });

  it('gives candidates that can be tried: addresses, over UDP, not too many', () => {
    const candidate = (address: string, transport = 'udp'): string => `a=candidate:1 1 ${transport} 2130706431 ${address} 5000 typ host`;
    const lines = [candidate('10.0.0.5'), candidate('fe80::1'), candidate('4f1c.local'), candidate('internal.example.net'), candidate('10.0.0.5', 'tcp')];
    const fragment = readFragment(['a=ice-ufrag:abcd', ...lines, ...Array.from({ length: 100 }, () => candidate('10.0.0.6'))].join('\r\n'));
    if (fragment.refused !== undefined) return expect.fail(fragment.sentence);
    expect(fragment.candidates.slice(0, 3)).to.deep.equal([lines[0], lines[1], candidate('10.0.0.6')].map((text) => text?.slice(2)));
    expect(fragment.candidates.length).to.equal(24);
  });
});

describe('The WHIP endpoint', () => {
  const newHost = hosts();
  const newCamera = publishedCameras();
  const publish = publishers();

  const problemOf = async (response: Response, status: number): Promise<Problem> => {
    expect(response.status).to.equal(status);
    expect(response.headers.get('content-type')).to.equal('application/problem+json');
    const problem = await response.json() as Problem;
    expect(problem.status).to.equal(status);
    expect(problem.detail).to.match(/^[A-Z].*\.$/);
    return problem;
  };

  it('answers a proper offer by 201 with everything that RFC 9725 asks for, and lets the session be ended', async () => {
    const { url } = await newCamera(newHost());
    const response = await fetch(url, { method: 'POST', headers: SDP, body: sdp(AUDIO, VIDEO) });
    const answer = await response.text();
    expect(response.status, answer).to.equal(201);
    expect(response.headers.get('content-type')).to.equal('application/sdp');
    expect(response.headers.get('etag')).to.match(/^"[\w-]{20,}"$/);
    expect(response.headers.get('accept-patch')).to.equal('application/trickle-ice-sdpfrag');
    expect(answer).to.match(/^v=0/).and.to.contain('a=recvonly').and.to.contain('127.0.0.1').and.to.contain('a=end-of-candidates');
    const session = new URL(response.headers.get('location') ?? '', url);
    const second = await fetch(url, { method: 'POST', headers: SDP, body: sdp(AUDIO, VIDEO) });
    expect(second.headers.get('retry-after')).to.match(/^[1-5]$/);
    expect((await problemOf(second, 409)).detail).to.contain('publishes to this camera already');
    expect((await fetch(session, { method: 'DELETE' })).status).to.equal(200);
    await problemOf(await fetch(session, { method: 'DELETE' }), 404);
    expect((await fetch(url, { method: 'POST', headers: SDP, body: sdp(AUDIO, VIDEO) })).status, 'the next publisher').to.equal(201);
  });

  it('receives publishers on the ports that it was given, and says when none of them is free', async () => {
    const { url, door } = await newCamera(newHost());
    door.configure({ iceServers: [], udpPorts: [45_300, 45_339], keyFrameWaitS: 1 });
    const response = await fetch(url, { method: 'POST', headers: SDP, body: sdp(AUDIO, VIDEO) });
    const answer = await response.text();
    const ports = [...answer.matchAll(/^a=candidate:\S+ \d udp \d+ \S+ (\d+)/gm)].map(([, port]) => Number(port));
    expect(ports, answer).to.have.length.greaterThan(0);
    for (const port of ports) expect(port).to.be.within(45_300, 45_339);
    expect((await fetch(new URL(response.headers.get('location') ?? '', url), { method: 'DELETE' })).status).to.equal(200);
    const taken = [createSocket('udp4'), createSocket('udp4')];
    await Promise.all(taken.map(async (socket, i) => new Promise<void>((resolve) => { socket.bind(45_341 + i, resolve); })));
    door.configure({ iceServers: [], udpPorts: [45_341, 45_342], keyFrameWaitS: 1 });
    const refused = await fetch(url, { method: 'POST', headers: SDP, body: sdp(AUDIO, VIDEO) });
    expect((await problemOf(refused, 503)).detail).to.equal('No UDP port of this machine is free for a publisher between 45341 and 45342: widen whip.udp_ports.');
    expect(refused.headers.get('retry-after')).to.equal('10');
    for (const socket of taken) socket.close();
    expect((await fetch(url, { method: 'POST', headers: SDP, body: sdp(AUDIO, VIDEO) })).status, 'when they are free').to.equal(201);
  });

  it('tells publishers of STUN and TURN servers, and a credential only to who was let in', async () => {
    const { url, door } = await newCamera(newHost());
    door.configure({ iceServers: [{ url: 'stun:stun.example.net' }, { url: 'turn:turn.example.net', username: 'me', credential: 'geheim"nis' }], udpPorts: null, keyFrameWaitS: 1 });
    expect((await fetch(url, { method: 'OPTIONS' })).headers.get('link')).to.equal('<stun:stun.example.net>; rel="ice-server"');
    const answer = await fetch(url, { method: 'POST', headers: SDP, body: sdp(AUDIO, VIDEO) });
    expect((await fetch(new URL(answer.headers.get('location') ?? '', url), { method: 'DELETE' })).status).to.equal(200);
    expect(answer.headers.get('link')).to.equal('<stun:stun.example.net>; rel="ice-server", <turn:turn.example.net>; rel="ice-server"; username="me"; credential="geheim\\"nis"; credential-type="password"');
  });

  it('takes trickled candidates under the right condition only', async () => {
    const { url } = await newCamera(newHost());
    const response = await fetch(url, { method: 'POST', headers: SDP, body: sdp(AUDIO, VIDEO) });
    const session = new URL(response.headers.get('location') ?? '', url);
    const etag = response.headers.get('etag') ?? '';
    const patch = async (headers: Record<string, string>, body = 'a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\na=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host\r\n'): Promise<Response> =>
      fetch(session, { method: 'PATCH', headers: { ...FRAGMENT, ...headers }, body });
    expect((await patch({ 'if-match': etag })).status).to.equal(204);
    await problemOf(await patch({}), 428);
    await problemOf(await patch({ 'if-match': '"another"' }), 412);
    expect((await problemOf(await patch({ 'if-match': '*' }), 422)).detail).to.contain('ICE is not restarted here');
    await problemOf(await patch({ 'if-match': etag }, 'nonsense'), 400);
    await problemOf(await fetch(session, { method: 'PATCH', headers: SDP, body: 'a=x' }), 415);
    await problemOf(await fetch(`${url}/none`, { method: 'PATCH', headers: { ...FRAGMENT, 'if-match': etag }, body: 'a=ice-ufrag:abcd' }), 404);
  });

  it('says in words what is wrong with a request', async () => {
    const { url } = await newCamera(newHost());
    await problemOf(await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }), 415);
    await problemOf(await fetch(url, { method: 'POST', headers: SDP, body: 'v=0 this is garbage' }), 400);
    await problemOf(await fetch(url, { method: 'POST', headers: SDP, body: sdp(AUDIO, ['m=video 9 UDP/TLS/RTP/SAVPF 98', 'a=mid:1', ...SECTION, 'a=rtpmap:98 VP9/90000']) }), 406);
    await problemOf(await fetch(url, { method: 'POST', headers: SDP, body: sdp(AUDIO.map((line) => (line === 'a=sendonly' ? 'a=inactive' : line))) }), 422);
    await problemOf(await fetch(url, { method: 'POST', headers: SDP, body: `v=0\r\n${'a=x\r\n'.repeat(20_000)}` }), 413);
    const get = await fetch(url);
    expect(get.headers.get('allow')).to.equal('POST, OPTIONS');
    await problemOf(get, 405);
    const options = await fetch(url, { method: 'OPTIONS' });
    expect([options.status, options.headers.get('accept-post')]).to.deep.equal([204, 'application/sdp']);
  });

  it('survives offers that look right and are not', async () => {
    const { url, heard } = await newCamera(newHost());
    for (const [wrong, status] of [[sdp(AUDIO).replace('sha-256 AB', 'sha-256 ZZ'), [201, 422]], [sdp(AUDIO).replaceAll('UDP/TLS', 'TCP'), [201, 422]], [sdp(AUDIO).replaceAll('a=mid:0', 'a=mid:'), [201, 422]]] as const) {
      const response = await fetch(url, { method: 'POST', headers: SDP, body: wrong });
      expect(response.status, await response.text()).to.be.oneOf([...status]);
      const location = response.headers.get('location');
      if (location !== null) await fetch(new URL(location, url), { method: 'DELETE' });
    }
    expect((await fetch(url, { method: 'POST', headers: SDP, body: sdp(AUDIO, VIDEO) })).status).to.equal(201);
    expect(heard.error).to.equal(undefined);
  });

  it('refuses a second publisher while the first one is there', async () => {
    const { url, heard } = await newCamera(newHost());
    const first = publish(url);
    await first.started;
    await heard.until(({ heardUs }) => heardUs > 5e5, 'the first');
    await problemOf(await fetch(url, { method: 'POST', headers: SDP, body: sdp(AUDIO, VIDEO) }), 409);
    expect(heard).to.be.instanceOf(Heard);
    const beforeUs = heard.heardUs;
    await heard.until(({ heardUs }) => heardUs > beforeUs + 1e6, 'the first to go on');
  });
});
