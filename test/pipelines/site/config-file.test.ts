import { appendFileSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { problemLine, Secrets } from '../../../src/settings/problem.js';
import { ConfigFile, readConfiguration } from '../../../pipelines/site/config-file.js';
import type { Configuration, Done } from '../../../pipelines/site/live-site.js';
import { until } from '../../fixtures/connections.js';

/** A site that only writes down what it is given. */
class Taken {
  readonly applied: string[] = [];
  readonly complaints: string[] = [];
  applying = 0;
  most = 0;

  async apply({ cameras }: Configuration): Promise<Done[]> {
    this.applying += 1;
    this.most = Math.max(this.most, this.applying);
    await new Promise((resolve) => setTimeout(resolve, 20));
    this.applying -= 1;
    this.applied.push([...cameras.keys()].join());
    return [...cameras.keys()].map((camera) => ({ camera, line: 'done', refused: camera === 'bad' }));
  }

  complain(file: string, problems: Parameters<typeof problemLine>[1][]): void {
    this.complaints.push(problems.map((problem) => problemLine(file, problem)).join('; '));
  }
}

const cameras = (...names: readonly string[]): string => `cameras: {${names.map((name) => ` ${name}: { source: x }`).join()} }\n`;

describe('the configuration file, followed', () => {
  let folder: string;
  let file: string;
  let taken: Taken;
  let notes: string[];
  let levels: string[];
  let followed: ConfigFile;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hearken-config-'));
    file = join(folder, 'hearken.yaml');
    writeFileSync(file, cameras('a'));
    taken = new Taken();
    notes = [];
    levels = [];
    followed = new ConfigFile({ file, environment: { SECRET: 'geheim' }, first: await readConfiguration(file, {}), site: taken, secrets: new Secrets(), note: (line, { camera = '', level = 'info' } = {}) => {
      notes.push(line);
      levels.push(`${level} ${camera} ${line}`);
    } });
    followed.follow();
  });
  afterEach(() => {
    followed.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const applied = async (names: string): Promise<void> => until(() => taken.applied.at(-1) === names, () => `${names}, but had ${taken.applied.join(' then ')}, ${taken.complaints.join()}`);

  it('is taken over when it is written in place, and when another file takes its name', async () => {
    writeFileSync(file, cameras('a', 'b'));
    await applied('a,b');
    for (const name of ['c', 'd']) {
      writeFileSync(join(folder, '.hearken.yaml.swp'), cameras('a', name));
      renameSync(join(folder, '.hearken.yaml.swp'), file);
      await applied(`a,${name}`);
    }
  });

  it('is taken over when the link to it is led elsewhere, as where files are mounted', async () => {
    unlinkSync(file);
    writeFileSync(join(folder, 'one'), cameras('one'));
    writeFileSync(join(folder, 'two'), cameras('two'));
    symlinkSync('one', file);
    await applied('one');
    symlinkSync('two', join(folder, 'next'));
    renameSync(join(folder, 'next'), file);
    await applied('two');
  });

  it('is read once for a burst of changes, and never twice at a time', async () => {
    for (let i = 0; i < 50; i += 1) appendFileSync(file, `# ${i}\n`);
    await until(() => taken.applied.length > 0, () => 'the change');
    expect(taken.applied.length).to.be.at.most(3);
    await Promise.all(Array.from({ length: 10 }, async () => followed.read(true)));
    expect(taken.most).to.equal(1);
  });

  it('with a mistake in it is not taken over, and the mistake is told with its line', async () => {
    writeFileSync(file, 'cameras:\n  a: { sorce: x }\n');
    await until(() => taken.complaints.length > 0, () => 'the complaint');
    expect(taken.complaints[0]).to.contain(`${file}:2:8 cameras.a.sorce: "sorce" is not known here; did you mean source?`);
    expect(levels).to.deep.equal([
      `error  ${file}:2:3 cameras.a.source: is missing (string expected)`,
      `error  ${file}:2:8 cameras.a.sorce: "sorce" is not known here; did you mean source?`,
      `error  ${file}: 2 mistakes. The configuration before goes on.`,
    ]);
    expect(taken.applied).to.deep.equal([]);
    writeFileSync(file, cameras('a', 'z'));
    await applied('a,z');
  });

  it('says what was done by camera, and what was refused as an error', async () => {
    writeFileSync(file, cameras('a', 'bad'));
    await applied('a,bad');
    await until(() => levels.length >= 2, () => 'both lines');
    expect(levels).to.include.members(['info a done', 'error bad done']);
  });

  it('takes no camera away when it is empty or gone for a moment', async () => {
    writeFileSync(file, '');
    await until(() => taken.complaints.length === 1, () => 'the first complaint');
    unlinkSync(file);
    await until(() => taken.complaints.length >= 2, () => 'the second complaint');
    expect(taken.complaints.at(-1)).to.contain('cannot be read');
    expect(taken.applied).to.deep.equal([]);
    writeFileSync(file, cameras('b'));
    await applied('b');
  });

  it('is missed once, not at every look, and taken over when it comes back as it was', async () => {
    unlinkSync(file);
    await until(() => taken.complaints.length > 0, () => 'the complaint');
    await followed.read(false);
    writeFileSync(join(folder, 'other'), 'x');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(notes).to.have.length(1);
    expect(notes[0]).to.contain('cannot be read. ').and.not.contain('..');
    writeFileSync(file, cameras('a'));
    await applied('a');
  });

  it('warns of what may not be meant, at the start and later, and of each once', async () => {
    const whole = 'cameras: { a: { source: x }, b: { source: x } }\n';
    writeFileSync(file, whole);
    const first = await readConfiguration(file, {});
    const own = new ConfigFile({
      file, environment: {}, first, site: taken, secrets: new Secrets(),
      note: (line, { level = 'info' } = {}) => { levels.push(`${level} ${line}`); },
      further: ({ cameras: { size } }) => Promise.resolve([{ severity: 'warning', line: 1, column: 1, path: 'budget', message: `${size} are many` }]),
    });
    const warnings = (): string[] => levels.filter((line) => line.startsWith('warn ') && !line.startsWith('warn  '));
    followed.close();
    await own.start();
    own.close();
    await until(() => warnings().length === 2, () => warnings().join());
    expect(warnings()).to.deep.equal([`warn ${file}:1:43 cameras.b.source: is the source of a, too: it will be connected to twice`, `warn ${file}:1:1 budget: 2 are many`]);
    writeFileSync(file, `# moved\n${whole}`);
    await own.read(true);
    expect(warnings()).to.have.length(2);
    writeFileSync(file, cameras('a', 'b', 'c'));
    await own.read(true);
    await until(() => warnings().length === 4, () => warnings().join('\n'));
    expect(warnings().slice(2)).to.deep.equal([`warn ${file}:1:61 cameras.c.source: is the source of a, too: it will be connected to twice`, `warn ${file}:1:1 budget: 3 are many`]);
  });

  it('is left alone when another file of its folder changes, and read again on SIGHUP', async () => {
    writeFileSync(join(folder, 'other'), 'x');
    await followed.read(false);
    expect(taken.applied).to.deep.equal([]);
    process.kill(process.pid, 'SIGHUP');
    await applied('a');
  });

  it('says what takes effect at the next start only', async () => {
    writeFileSync(file, `serve: { port: 1234 }\n${cameras('a')}`);
    await applied('a');
    expect(notes).to.include('serve.port: takes effect at the next start');
  });
});
