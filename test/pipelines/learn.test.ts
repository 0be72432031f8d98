import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { learnOptionsOf } from '../../pipelines/learn/flags.js';
import { hearken, start, type Running } from '../fixtures/command.js';
import { faultOf } from '../inference/shared.js';
import { temporary } from '../learn/made.js';
import { bytesAt, clipAt, plain, toneOf, twoClasses, writeTinyPacks } from '../learn/tiny.js';

interface Report {
  readonly classes: readonly { readonly label: string; readonly train: number; readonly val: number }[];
  readonly remarks: readonly { readonly kind: string }[];
  readonly confirmation: { readonly why: string };
  readonly figures: { readonly accuracy: { readonly value: number }; readonly cost: { readonly share: number } };
  readonly parts: Readonly<Record<string, string>>;
}

describe('hearken learn', function () {
  this.timeout(300_000);
  const [models, data, cache] = [temporary(), temporary(), temporary()];
  const environment = { HEARKEN_MODELS: models };
  const args = ['learn', '--data', data, '--audio', 'tiny-ear', '--appearance', 'tiny-eye', '--motion', 'tiny-stride', '--to', 'tones', '--cache', cache, '--epochs', '12', '--json'];
  const jsonOf = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as { event: string; done: number; cached: number; epoch: number; report?: Report });

  /** Resolves when the command has said such a line; the test's own time is the limit. */
  const saysThat = async (running: Running, is: (event: ReturnType<typeof jsonOf>[number]) => boolean): Promise<void> => new Promise((resolve) => {
    running.child.stdout?.on('data', () => {
      // The last line may still be on its way.
      if (jsonOf(running.stdout().filter((line) => line.endsWith('}'))).some(is)) resolve();
    });
  });

  before(async () => {
    await writeTinyPacks(models);
    twoClasses(data, 8);
    bytesAt(data, 'low/words.mp4', 'these are no pictures');
    clipAt(data, 'lonely/one.mkv', { video: plain(2, [3, 3, 3]), audio: toneOf(2, 1000) });
  });

  it('goes on after a kill, and leaves a pack that knows its classes and can be watched with', async () => {
    const killed = start(args, environment);
    await saysThat(killed, ({ event, done }) => event === 'extracting' && done >= 5);
    killed.child.kill('SIGKILL');
    await killed.ended;

    const { code, stdout, stderr } = await hearken(args, environment);
    expect(code, stderr.join('\n')).to.equal(0);
    const events = jsonOf(stdout);
    expect(Math.max(...events.filter(({ event }) => event === 'extracting').map(({ cached }) => cached)), 'clips that were known already').to.be.at.least(3);
    expect(events.filter(({ event }) => event === 'epoch').map(({ epoch }) => epoch)).to.deep.equal(Array.from({ length: 12 }, (_, i) => i));

    const report = events.at(-1)?.report ?? expect.fail('there is no report');
    expect(report.classes.map(({ label, train, val }) => [label, train, val])).to.deep.equal([['high', 6, 2], ['low', 6, 2]]);
    expect(report.remarks.map(({ kind }) => kind)).to.have.members(['dropped-unreadable', 'class-left-out']);
    expect(report.figures.accuracy.value).to.equal(1);
    expect(report.confirmation.why).to.include('only be shown on streams');
    expect(readFileSync(join(models, 'tones', 'README.md'), 'utf8')).to.include(report.confirmation.why);
    for (const file of ['manifest.json', 'README.md', 'report.json', 'confusion.svg', 'calibration.svg', 'usage.svg']) expect(existsSync(join(models, 'tones', file)), file).to.equal(true);
    expect(JSON.parse(readFileSync(join(models, 'tones', 'report.json'), 'utf8'))).to.deep.equal(report);

    const watched = await hearken(['watch', join(data, 'high', '3.mkv'), '--policy', 'tones', '--json'], environment);
    expect(watched.code, watched.stderr.join('\n')).to.equal(0);
    expect(watched.stdout.join('\n')).to.match(/"high"/);
  });

  it('makes the same pack again from the same clips and seed', async () => {
    const before = readFileSync(join(models, 'tones', 'policy.believe.onnx'));
    expect((await hearken(args, environment)).code).to.equal(0);
    expect(readFileSync(join(models, 'tones', 'policy.believe.onnx')).equals(before)).to.equal(true);
  });

  it('goes on with the epochs that were done when it was told to stop', async () => {
    const long = [...args, '--seed', '7'].map((arg) => (arg === '12' ? '40' : arg));
    const stopped = start(long, environment);
    await saysThat(stopped, ({ event, epoch }) => event === 'epoch' && epoch >= 2);
    stopped.child.kill('SIGINT');
    const { code, stderr } = await stopped.ended;
    expect(code).to.equal(130);
    expect(stderr.join('\n')).to.match(/The same command goes on/);
    const again = await hearken(long, environment);
    expect(again.code).to.equal(0);
    expect(jsonOf(again.stdout).find(({ event }) => event === 'epoch')?.epoch).to.be.at.least(3);
  });

  it('learns from sound alone where there is no other net', async () => {
    const { code, stderr } = await hearken(['learn', '--data', data, '--audio', 'tiny-ear', '--appearance', 'none', '--motion', 'none', '--to', join(models, 'by-ear'), '--cache', cache, '--epochs', '4'], environment);
    expect(code, stderr.join('\n')).to.equal(0);
    const manifest = JSON.parse(readFileSync(join(models, 'by-ear', 'manifest.json'), 'utf8')) as { policy: { nets: object } };
    expect(Object.keys(manifest.policy.nets)).to.deep.equal(['audio']);
  });

  it('ends with the documented exit codes on what cannot be learned from', async () => {
    expect((await hearken(['learn'])).code).to.equal(2);
    expect((await hearken(['learn', '--data', '/nowhere'])).code).to.equal(11);
    expect((await hearken(['learn', '--data', temporary()])).code).to.equal(50);
  });

  it('refuses flags that mean nothing', async () => {
    for (const wrong of [{ policy: 'adamml' }, { supervise: 'first' }, { skipMotion: 2 }, { seed: 0.5 }, { heldBack: 0.9 }, { sameSource: '(' }, { lanes: 0 }]) {
      await faultOf('usage', () => learnOptionsOf({ data: 'x', ...wrong }));
    }
  });
});
