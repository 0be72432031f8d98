import { expect } from 'chai';
import * as fc from 'fast-check';
import { problemLine } from '../../src/settings/problem.js';
import { readProfile } from '../../src/settings/profile.js';
import { NO_LAYER, readCamera, readSite, type SiteReading, type SiteSettings } from '../../src/settings/site.js';
import { siteWarnings } from '../../src/settings/site-warnings.js';

const lines = ({ problems }: Pick<SiteReading, 'problems'>): string[] => problems.map((problem) => problemLine('h.yaml', problem));
const good = (text: string, environment = {}): SiteSettings => {
  const reading = readSite(text, environment);
  return reading.settings ?? expect.fail(lines(reading).join('\n'));
};
const mistakes = (text: string, environment = {}): string[] => {
  const reading = readSite(text, environment);
  expect(reading.settings, 'settings').to.equal(undefined);
  return lines(reading);
};

describe('readSite', () => {
  it('finds every mistake at once, each with its line, its column and its path', () => {
    expect(mistakes([
      'serve: { port: 70000 }',
      'gate: { heartbeat_s: soon }',
      'cameras:',
      '  dock:',
      '    source: rtsp://10.0.0.5/sub',
      '    transport: tpc',
      '    emit: { min_duration: 1 }',
      '  yard: { sorce: x }',
      '  "b d": { source: x }',
      '  yard: { source: y }',
    ].join('\n'))).to.deep.equal([
      'h.yaml:1:16 serve.port: must be <=65535',
      'h.yaml:2:22 gate.heartbeat_s: is string, and number is expected',
      'h.yaml:6:16 cameras.dock.transport: must be one of "tcp"|"udp"',
      'h.yaml:7:13 cameras.dock.emit.min_duration: "min_duration" is not known here; did you mean min_duration_s?',
      'h.yaml:8:3 cameras.yard.source: is missing (string expected)',
      'h.yaml:8:11 cameras.yard.sorce: "sorce" is not known here; did you mean source?',
      'h.yaml:9:3 cameras.b d: a camera is named by letters, digits, "_", "." and "-", at most 64, the first a letter or a digit',
      'h.yaml:10:3 cameras.yard: this key is there twice; first in line 8',
    ]);
  });

  it('reads how publishers are reached: for all cameras, or for one', () => {
    const { cameras } = good([
      'whip:',
      '  udp_ports: ["${FIRST:-50000}", 50100]',
      '  ice_servers: [{ url: "turn:turn.example.net?transport=udp", username: me, credential: "${TURN}" }]',
      'cameras:',
      '  a: { source: whip }',
      '  b: { source: whip, whip: { udp_ports: null, key_frame_wait_s: 0 } }',
      '  c: { source: whip, whip: { ice_servers: [{ url: "stun:stun.example.net" }] } }',
    ].join('\n'), { TURN: 'geheimnis' });
    const of = (name: string): unknown => cameras.get(name)?.profile.whip;
    const turn = { url: 'turn:turn.example.net?transport=udp', username: 'me', credential: 'geheimnis' };
    expect(of('a')).to.deep.equal({ iceServers: [turn], udpPorts: [50_000, 50_100], keyFrameWaitS: 1 });
    expect(of('b')).to.deep.equal({ iceServers: [turn], udpPorts: null, keyFrameWaitS: 0 });
    expect(of('c')).to.deep.include({ iceServers: [{ url: 'stun:stun.example.net' }] });
    expect(mistakes('whip: { udp_ports: [50100, 50000], key_frame_wait_s: 6, ice_servers: [{ url: "http://x" }] }\ncameras: { a: { source: whip } }')).to.deep.equal([
      'h.yaml:1:9 whip.udp_ports: 50100 is not below 50000: the first port comes before the last',
      'h.yaml:1:54 whip.key_frame_wait_s: must be <=5',
      'h.yaml:1:78 whip.ice_servers[0].url: must be stun:, stuns:, turn: or turns: with a host, such as stun:stun.example.net',
    ]);
    expect(mistakes('whip: { ice_servers: [{ url: "turn:x" }] }').join()).to.contain('whip.ice_servers[0]: a TURN server needs a username and a credential');
    expect(mistakes('whip: { udp_ports: [50100] }').join()).to.match(/whip\.udp_ports: must have/);
  });

  it('reads what bounds the service, within bounds of its own', () => {
    expect(good('cameras: {}').serve.limits).to.deep.equal({
      clients: 128, subscriptions: 16, requests: { perS: 50, burst: 300 }, messages: { perS: 20, burst: 60 }, messageBytes: 16_384, bodyBytes: 65_536,
      bufferedBytes: 262_144, replay: { messages: 10_000, bytes: 8_388_608 }, heartbeatS: 30,
    });
    expect(good('serve: { limits: { clients: 500, requests: { per_s: 5 }, replay: { messages: 100 } } }').serve.limits).to.deep.include({ clients: 500, requests: { perS: 5, burst: 300 }, replay: { messages: 100, bytes: 8_388_608 } });
    expect(mistakes('serve: { limits: { clients: 0, requests: { burst: 1 }, body_bytes: 100, client: 3 } }')).to.deep.equal([
      'h.yaml:1:29 serve.limits.clients: must be >=1',
      'h.yaml:1:51 serve.limits.requests.burst: must be >=20',
      'h.yaml:1:68 serve.limits.body_bytes: must be >=16384',
      'h.yaml:1:73 serve.limits.client: "client" is not known here; did you mean clients?',
    ]);
  });

  it('says where YAML itself is wrong, and that a key of the program is spelled otherwise in the file', () => {
    expect(mistakes('cameras: { dock: { source: x }\n')).to.match(/^h.yaml:\d+:\d+ this is not YAML: /);
    expect(mistakes('look: { toleranceS: 3 }')).to.deep.equal(['h.yaml:1:9 look.toleranceS: "toleranceS" is not known here; did you mean tolerance_s?']);
    expect(mistakes('cameras: { a: *b }')[0]).to.match(/^h.yaml:1:15 /);
    expect(mistakes('[1, 2]')).to.deep.equal(['h.yaml:1:1 is array, and object is expected']);
  });

  it('is not led astray by an alias inside of what it names, nor by aliases of aliases', () => {
    expect(mistakes('cameras: &all\n  dock: *all\n').join()).to.contain('there is more in this than can be');
    const bomb = ['a: &a [x, x, x, x, x, x, x, x]', ...'bcdefg'.split('').map((name, i) => `${name}: &${name} [${Array.from({ length: 8 }, () => `*${'abcdefg'[i] ?? ''}`).join()}]`)].join('\n');
    expect(mistakes(bomb).join()).to.contain('there is more in this than can be');
  });

  it('takes settings above all cameras for each of them, key by key, and lists whole', () => {
    const { cameras } = good([
      'listen: [siren]',
      'emit: { confidence: 0.7, cooldown_s: 9 }',
      'cameras:',
      '  a: { source: x }',
      '  b: { source: y, transport: udp, listen: [drone], emit: { confidence: 0.6 } }',
    ].join('\n'));
    expect(cameras.get('a')?.profile).to.deep.equal(readProfile({ listen: ['siren'], emit: { confidence: 0.7, cooldownS: 9 } }));
    expect(cameras.get('b')?.profile).to.deep.equal(readProfile({ listen: ['drone'], emit: { confidence: 0.6, cooldownS: 9 } }));
    expect(cameras.get('b')?.source).to.deep.equal({ url: 'y', transport: 'udp' });
  });

  it('lets what stands in gate hold for both gates unless one of them says otherwise, in every layer', () => {
    const { cameras } = good('gate: { heartbeat_s: 10, appearance: { hold_s: 3 } }\ncameras: { a: { source: x, gate: { heartbeat_s: 5, max_blackout_s: 60, motion: { heartbeat_s: null } } } }');
    const { gate } = cameras.get('a')?.profile ?? expect.fail('no camera');
    expect([gate.appearance.heartbeatS, gate.appearance.holdS, gate.motion.heartbeatS, gate.motion.enabled, gate.maxBlackoutS, gate.mode]).to.deep.equal([5, 3, null, false, 60, 'enforce']);
  });

  it('leaves to all gates together what is of all of them', () => {
    const { gate } = good('gate: { mode: shadow, shadow_share: 0.2, hold_s: 4 }\ncameras: { a: { source: x } }').cameras.get('a')?.profile ?? expect.fail('no camera');
    expect([gate.mode, gate.shadowShare, gate.appearance.holdS, gate.motion.holdS]).to.deep.equal(['shadow', 0.2, 4, 4]);
  });

  it('takes model for a learned policy, and not both ways of saying it', () => {
    expect(good('cameras: { a: { source: x, model: airspace } }').cameras.get('a')?.profile.packs.policy).to.equal('airspace');
    expect(mistakes('model: a\npacks: { policy: b }').join()).to.contain('says the same as packs.policy');
  });

  it('says of a camera what is wrong between it and what stands above', () => {
    expect(mistakes('emit: { release: 0.4 }\ncameras:\n  a: { source: x, emit: { confidence: 0.3 } }\n  b: { source: y }')).to.deep.equal([
      'h.yaml:1:18 emit.release: 0.4 is above emit.confidence, which is 0.3 (for the camera a)',
    ]);
  });

  it('takes sections and lists of which all is commented out as empty', () => {
    expect(good('listen:\ngate:\nserve:\ncameras:\n').cameras.size).to.equal(0);
  });
});

describe('variables of the environment', () => {
  const token = 'correct-horse-battery-staple';

  it('are put into values, as numbers where numbers are wanted, and as text where text is', () => {
    const { serve, cameras } = good('serve: { port: "${PORT}", tokens: [{ name: me, token: "${DIGITS}", scopes: [admin] }] }\ncameras: { a: { source: "rtsp://${USER_}:${PASS}@h/${PATH_:-live}$${x}" } }', {
      PORT: '8000', DIGITS: '1234567890123456', USER_: 'u', PASS: 'p',
    });
    expect([serve.port, serve.tokens[0]?.token, cameras.get('a')?.source.url]).to.deep.equal([8000, '1234567890123456', 'rtsp://u:p@h/live${x}']);
  });

  it('are not looked for in keys or comments, nor in what they hold', () => {
    expect(good('# ${NOTHING}\ncameras: { a: { source: "${A}" } }', { A: 'x${B}' }).cameras.get('a')?.source.url).to.equal('x${B}');
    expect(mistakes('"${A}": 1', { A: 'threads' }).join()).to.contain('is not known here');
  });

  it('that are missing are said with their line, once, and nothing that follows from it', () => {
    expect(mistakes('serve:\n  tokens:\n    - { name: me, token: "${TOKEN}", scopes: [admin] }\ncameras: { a: { source: "rtsp://${" } }')).to.deep.equal([
      'h.yaml:3:26 serve.tokens[0].token: the environment variable TOKEN is not set; set it, or give a default: ${TOKEN:-default}',
      'h.yaml:4:25 cameras.a.source: ${ begins a variable, written ${NAME} or ${NAME:-default}; for the text itself write $${',
    ]);
  });

  it('are secrets: hidden in every message and wherever a definition is shown', () => {
    const text = 'serve: { host: "${T}" }\ncameras: { a: { source: "rtsp://u:${T}@h", transport: "${T}" } }';
    const reading = readSite(text, { T: token });
    expect(JSON.stringify(reading.problems)).to.contain('must be one of').and.not.contain(token);
    const settings = good('cameras: { a: { source: "rtsp://u:${T}@h/${D:-live}", listen: ["${T}"] } }', { T: token });
    expect(settings.cameras.get('a')?.shown).to.deep.equal({ source: 'rtsp://u:***@h/live', listen: ['***'] });
    const { secrets } = readSite('cameras: { a: { source: "${T}" } }', { T: 'p@ss "w' });
    expect(secrets.hide('p@ss "w and p%40ss%20%22w and {"x":"p@ss \\"w"}')).to.equal('*** and *** and {"x":"***"}');
  });

  it('never get into a message, whatever the file looks like', () => {
    const value = fc.constantFrom('"${T}"', 'x', '3', '[1]', '{ a: "${T}" }', 'null', '"${T}${T}"', '"${T"');
    const section = fc.constantFrom('serve', 'threads', 'gate', 'emit', 'listen', 'model', 'cameras', 'packs', 'webhooks', 'sources', 'what');
    fc.assert(fc.property(fc.array(fc.tuple(section, value), { maxLength: 8 }), (entries) => {
      const { problems } = readSite(entries.map(([key, of]) => `${key}: ${of}`).join('\n'), { T: token });
      expect(JSON.stringify(problems)).to.not.contain(token);
    }), { numRuns: 300 });
  });
});

describe('readCamera', () => {
  const { base } = good('emit: { confidence: 0.9 }\ncameras: {}');

  it('lays a definition in JSON over what stands above all cameras', () => {
    const { camera } = readCamera('a', { source: 'rtsp://h', gate: { heartbeat_s: 7 } }, base);
    expect(camera?.profile).to.deep.equal(readProfile({ emit: { confidence: 0.9 }, gate: { appearance: { heartbeatS: 7 }, motion: { heartbeatS: 7 } } }));
  });

  it('names every mistake by its path, and does not read the environment', () => {
    expect(lines(readCamera('a', { sorce: 'x', emit: { confidence: 2 } }, base))).to.have.members([
      'sorce: "sorce" is not known here; did you mean source?', 'source: is missing (string expected)', 'emit.confidence: must be <=1',
    ]);
    expect(readCamera('a', { source: '${HOME}' }, NO_LAYER).camera?.source.url).to.equal('${HOME}');
    for (const nonsense of [null, 3, 'x', []]) expect(readCamera('a', nonsense, base).camera, JSON.stringify(nonsense)).to.equal(undefined);
  });
});

describe('siteWarnings', () => {
  const warned = (text: string, environment = {}): string[] => {
    const { settings, tree } = readSite(text, environment);
    return siteWarnings(settings ?? expect.fail('not valid'), tree).map((problem) => problemLine('h.yaml', problem));
  };

  it('tells what is probably not meant, with its line', () => {
    expect(warned([
      'serve: { host: 0.0.0.0, tokens: [{ name: me, token: abcdefghijklmnop, scopes: [admin] }] }',
      'gate: { max_blackout_s: 20 }',
      'packs: { appearance: eye }',
      'cameras:',
      '  a: { source: "rtsp://u:p@h" }',
      '  b: { source: "rtsp://u:p@h" }',
    ].join('\n')).map((line) => line.replace(/warning: (.{30}).*/, '$1'))).to.deep.equal([
      'h.yaml:1:16 serve.host: others can reach this address,',
      'h.yaml:1:53 serve.tokens[0].token: this token stands in the file ',
      'h.yaml:2:25 gate.max_blackout_s: a blackout after 20 s will be ',
      'h.yaml:2:25 gate.max_blackout_s: a blackout after 20 s will be ',
      'h.yaml:5:16 cameras.a.source: this password stands in the fi',
      'h.yaml:6:16 cameras.b.source: this password stands in the fi',
      'h.yaml:6:16 cameras.b.source: is the source of a, too: it wi',
    ]);
  });

  it('tells of too few ports, and of a credential for all to read, once', () => {
    expect(warned('whip: { udp_ports: [50000, 50002], ice_servers: [{ url: "turn:t", username: me, credential: offen }] }\ncameras: { a: { source: whip }, b: { source: whip } }')).to.deep.equal([
      'h.yaml:1:9 whip.udp_ports: warning: 3 ports are too few for 2 publishers: each takes one for every IPv4 address of this machine, loopback too',
      'h.yaml:1:93 whip.ice_servers[0].credential: warning: this credential stands in the file for all to read; better as ${VARIABLE}',
    ]);
  });

  it('says nothing of secrets that come from the environment', () => {
    expect(warned('cameras: { a: { source: "rtsp://u:${P}@h" } }', { P: 'geheim' })).to.deep.equal([]);
  });
});
