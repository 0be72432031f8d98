import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { hearken, type Ended } from '../fixtures/command.js';
import { bytesIn, cutOff, folder, pictures, recording, tone } from '../fixtures/recordings.js';
import { findRoot } from '../fixtures/root.js';

/** One sentence with its remedy, no stack trace, nothing on stdout. */
const expectSentence = ({ code, stdout, stderr }: Ended, exitCode: number, says: RegExp): void => {
  expect(stderr.join('\n'), `exit code ${String(code)}`).to.match(says);
  expect(stderr, 'one line').to.have.length(1);
  expect(stderr[0]).to.match(/^hearken: .+[.]$/).and.not.match(/\bat .+:\d+:\d+|node:internal|undefined|\[object/);
  expect(stdout).to.deep.equal([]);
  expect(code).to.equal(exitCode);
};

const earAt = (name: string, change: (manifest: string) => string): string => {
  const place = join(folder(), name, 'ear');
  cpSync(join(findRoot(), 'models', 'ear'), place, { recursive: true });
  const manifest = join(place, 'manifest.json');
  writeFileSync(manifest, change(readFileSync(manifest, 'utf8')));
  return place;
};

describe('bad input on the command line', () => {
  const cases: Readonly<Record<string, { args: () => string[]; code: number; says: RegExp }>> = {
    'an unknown command': { args: () => ['wach', 'x'], code: 2, says: /"wach" is not a command/ },
    'an unknown flag': { args: () => ['watch', 'x', '--listn', 'rain'], code: 2, says: /listn/ },
    'no source': { args: () => ['watch'], code: 2, says: /missing required args/ },
    'a flag that is no number': { args: () => ['watch', 'sample', '--for', 'ever'], code: 2, says: /--for needs a number/ },
    'a setting that does not exist': { args: () => ['watch', 'sample', '--set', 'gate.appearance.hold=2'], code: 3, says: /gate\.appearance.*hold/ },
    'settings that contradict each other': { args: () => ['watch', 'sample', '--set', 'gate.appearance.listed.close=0.9'], code: 3, says: /gate\.appearance\.listed\.close: 0\.9 is above/ },
    'a sound that the ear does not know': { args: () => ['watch', 'sample', '--listen', 'unicorn'], code: 3, says: /unicorn/ },
    'an unknown scheme': { args: () => ['watch', 'gopher://x/y'], code: 10, says: /gopher/ },
    'a file that is not there': { args: () => ['watch', 'nowhere.mp4'], code: 11, says: /no file nowhere\.mp4/ },
    'a port where nobody listens': { args: () => ['watch', 'rtsp://me:secret-password@127.0.0.1:1/cam'], code: 12, says: /rtsp:\/\/\*\*\*@127\.0\.0\.1:1\/cam refused the connection/ },
    'a folder': { args: () => ['watch', folder()], code: 14, says: /is a folder/ },
    'an empty file': { args: () => ['watch', bytesIn('empty.mp4', '')], code: 14, says: /is empty/ },
    'a text': { args: () => ['doctor', bytesIn('text.mp4', 'To be or not to be\n'.repeat(500))], code: 14, says: /not sound or video/ },
    'a stream of garbage': { args: () => ['watch', bytesIn('garbage.bin', randomBytes(300_000))], code: 14, says: /not sound or video/ },
    'an mp4 whose index was cut off': {
      args: () => ['watch', cutOff('no-index.mp4', recording('whole.mp4', () => ({ video: pictures(4), audio: tone(4) })), 0.6)], code: 14, says: /not sound or video/,
    },
    'a pack that is not installed': { args: () => ['watch', 'sample', '--audio', 'yamnot'], code: 30, says: /no model pack yamnot/ },
    'a manifest with an unknown key': { args: () => ['watch', 'sample', '--audio', earAt('odd', (m) => m.replace('{', '{"colour":"red",'))], code: 31, says: /colour/ },
    'a net that was changed': { args: () => ['watch', 'sample', '--audio', earAt('changed', (m) => m.replace(/"sha256": ?"[0-9a-f]{6}/, (s) => `${s.slice(0, -6)}000000`))], code: 32, says: /sha-?256|hash|not the one/i },
    'a net of another shape': { args: () => ['watch', 'sample', '--audio', earAt('shape', (m) => m.replace(/"dims": ?\[\s*1,\s*96,\s*64\s*\]/, '"dims":[1,64,96]'))], code: 34, says: /64/ },
    'listening beyond loopback without a token': { args: () => ['serve', 'a=sample', '--host', '0.0.0.0', '--port', '0'], code: 41, says: /token/i },
  };
  for (const [name, { args, code, says }] of Object.entries(cases)) {
    it(`says it of ${name} (exit code ${code})`, async () => {
      const ended = await hearken(args(), { HEARKEN_TOKEN: '' });
      expectSentence(ended, code, says);
      expect(JSON.stringify(ended)).not.to.include('secret-password');
    });
  }

  it('uses what can be read of a recording that was cut off, then says so (exit code 15)', async () => {
    const whole = recording('whole.mkv', () => ({ video: pictures(6), audio: tone(6) }));
    const { code, stdout, stderr } = await hearken(['watch', cutOff('cut.mkv', whole, 0.5), '--json']);
    expect(stdout.filter((line) => line.includes('hearken.segment.v1'))).to.have.length.greaterThan(2);
    expect(stderr.join('\n')).to.match(/cut off or damaged/);
    expect(code).to.equal(15);
  });

  it('leaves nothing half-written when a model cannot be imported (exit code 33)', async () => {
    const into = join(folder(), 'packs');
    const ended = await hearken(['models', 'import', bytesIn('broken.tflite', randomBytes(5_000)), '--sense', 'audio', '--into', into]);
    expectSentence(ended, 33, /broken\.tflite/);
    expect(existsSync(into) ? readdirSync(into) : []).to.deep.equal([]);
  });

  describe('over HTTP', () => {
    let server: Server;
    let address = '';
    before((done) => {
      server = createServer((request, response) => {
        response.statusCode = request.url === '/login' ? 401 : 404;
        response.end();
      }).listen(0, '127.0.0.1', () => {
        const bound = server.address();
        address = typeof bound === 'object' && bound !== null ? `http://127.0.0.1:${bound.port}` : '';
        done();
      });
    });
    after(() => { server.close(); });

    it('says it of a page that does not exist (exit code 11)', async () => {
      expectSentence(await hearken(['watch', `${address}/nothing.mp4`]), 11, /has nothing at this address/);
    });

    it('says it of a refused login (exit code 13)', async () => {
      expectSentence(await hearken(['watch', `${address}/login`]), 13, /refused the login/);
    });
  });
});
