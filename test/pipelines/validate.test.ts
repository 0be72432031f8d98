import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { bytesIn, recording, tone } from '../fixtures/recordings.js';
import { hearken } from '../fixtures/command.js';

describe('hearken validate', function () {
  this.timeout(60_000);

  it('prints every mistake with its place, without secrets, and ends with 3', async () => {
    const file = bytesIn('wrong.yaml', 'cameras:\n  a: { source: "rtsp://u:${PASS}@h", transport: "${PASS}" }\n  b: { source: x, emit: { confidence: 3 } }\n');
    const { code, stdout, stderr } = await hearken(['validate', file], { PASS: 'geheimnis' });
    expect(code).to.equal(3);
    expect(stdout).to.deep.equal([
      `${file}:2:49 cameras.a.transport: must be one of "tcp"|"udp"`,
      `${file}:3:39 cameras.b.emit.confidence: must be <=1`,
      `${file}: 2 mistakes`,
    ]);
    expect(stderr).to.deep.equal([]);
  });

  it('goes as far as serve does: packs are loaded, and what is listened for is held against their labels', async () => {
    const file = bytesIn('packs.yaml', 'cameras:\n  a:\n    source: rtsp://h\n    listen: [Helicopterr]\n  b:\n    source: rtsp://i\n    packs: { audio: no-such-pack }\n  c: { source: rtsp://j }\n');
    const { code, stdout } = await hearken(['validate', file]);
    expect(code).to.equal(3);
    expect(stdout[0]).to.match(/:4:5 cameras.a.listen: .*no sound called "Helicopterr".*Did you mean "helicopter"/);
    expect(stdout[1]).to.match(/:7:5 cameras.b.packs: There is no model pack no-such-pack/);
    expect(stdout.slice(2)).to.deep.equal([`${file}: 2 mistakes`]);
  });

  it('ends with 0 for a good one, also with warnings, and says it in JSON where asked', async () => {
    const file = bytesIn('good.yaml', `cameras:\n  a: { source: ${recording('validate.mkv', () => ({ audio: tone(1) }))} }\n  b: { source: gone.mp4 }\n`);
    const { code, stdout } = await hearken(['validate', file, '--json']);
    expect(code).to.equal(0);
    expect(JSON.parse(stdout.join('\n'))).to.deep.equal({
      file, valid: true, cameras: ['a', 'b'],
      problems: [{ severity: 'warning', line: 3, column: 16, path: 'cameras.b.source', message: 'there is no such file here' }],
    });
  });

  it('finds what serve refuses: each mistake said once, by both', async () => {
    const file = bytesIn('wrong-too.yaml', 'cameras:\n  a: { sorce: x }\n');
    const { code, stderr } = await hearken(['serve', file]);
    expect(code).to.equal(3);
    expect(stderr).to.deep.equal([
      `${file}:2:3 cameras.a.source: is missing (string expected)`,
      `${file}:2:8 cameras.a.sorce: "sorce" is not known here; did you mean source?`,
      `hearken: ${file}: 2 mistakes. Nothing was started; correct what is named above.`,
    ]);
  });

  it('prints the schema that editors are given, the same as the package ships', async () => {
    const { code, stdout } = await hearken(['validate', '--schema']);
    expect(code).to.equal(0);
    expect(JSON.parse(stdout.join('\n'))).to.deep.equal(JSON.parse(readFileSync('schema/hearken.schema.json', 'utf8')));
  });

  it('ends with 3 where there is no such file, and says so in one sentence', async () => {
    const { code, stderr } = await hearken(['validate', '/no/such.yaml']);
    expect(code).to.equal(3);
    expect(stderr).to.deep.equal(['hearken: The configuration file /no/such.yaml cannot be read. Check its path and its permissions.']);
  });
});
