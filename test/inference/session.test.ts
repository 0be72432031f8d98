import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { firstValueFrom, forkJoin } from 'rxjs';
import { onnxBuilder } from '../../src/inference/onnx-builder.js';
import { sha256Of } from '../../src/inference/pack.js';
import { openSession } from '../../src/inference/session.js';
import type { SessionOptions } from '../../src/inference/session.js';
import { colourNet, faultOf, inFolder, plainPicture } from './shared.js';

const model = colourNet();
/** Small nets run here, large ones in a thread of their own: said by their cost, so that one net tries both. */
const HERE = 9;
const IN_A_THREAD = 1e9;
const options = (macs: number, rest: Partial<SessionOptions> = {}): SessionOptions => ({ model, sha256: `${sha256Of(model)}-${macs}`, file: 'colour.onnx', macs, ...rest });
const picture = (rgb: readonly [number, number, number]) => ({ input: { data: plainPicture(rgb), dims: [1, 4, 4, 3] } });

/** A net of 1.2·10⁹ multiply-accumulates: some tens of milliseconds. */
const slowNet = (): Uint8Array => {
  const graph = onnxBuilder('slow');
  graph.input('input', [1, 64, 64, 64]);
  let value = 'input';
  for (let i = 0; i < 8; i++) value = graph.node('Conv', [value, graph.constant(new Float32Array(64 * 64 * 9), [64, 64, 3, 3])], { pads: [1, 1, 1, 1] });
  graph.node('Relu', [value], {}, 'y');
  graph.output('y', [1, 64, 64, 64]);
  return graph.finish();
};

for (const [where, macs] of [['in this thread', HERE], ['in a thread of its own', IN_A_THREAD]] as const) {
  describe(`openSession, ${where}`, () => {
    it('knows its tensors and answers once', async () => {
      const session = await openSession(options(macs));
      expect(session.inputs).to.deep.equal([{ name: 'input', dims: [1, 4, 4, 3] }]);
      expect(session.outputs).to.deep.equal([{ name: 'scores', dims: [1, 3] }, { name: 'features', dims: [1, 3] }]);
      const answers: unknown[] = [];
      await session.run(picture([0, 1, 0])).forEach((answer) => { answers.push(answer); });
      expect(answers).to.have.length(1);
      const { scores, features } = await firstValueFrom(session.run(picture([0.25, 0.5, 0.125]))) as Record<string, { data: Float32Array }>;
      expect([...features!.data]).to.deep.equal([0.25, 0.5, 0.125]);
      expect(scores!.data[1]).to.be.greaterThan(0.9);
      await session.close();
    });

    it('computes nothing before subscription, and takes the feeds as they are then', async () => {
      const session = await openSession(options(macs));
      const feeds = picture([1, 0, 0]);
      const run = session.run(feeds);
      feeds.input.data.set(plainPicture([0, 0, 1]));
      const answer = firstValueFrom(run);
      feeds.input.data.fill(9);
      expect([...(await answer)['features']!.data]).to.deep.equal([0, 0, 1]);
      expect(feeds.input.data.length, 'still the caller\'s own').to.equal(48);
      await session.close();
    });

    it('keeps answers apart: later runs do not write over earlier ones', async () => {
      const session = await openSession(options(macs));
      const [a, b, c] = await firstValueFrom(forkJoin([session.run(picture([1, 0, 0])), session.run(picture([0, 1, 0])), session.run(picture([0, 0, 1]))]));
      expect([a, b, c].map((answer) => [...answer['features']!.data])).to.deep.equal([[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
      await session.close();
    });

    it('drops the result when nobody waits any more', async () => {
      const session = await openSession(options(macs));
      const heard: string[] = [];
      session.run(picture([1, 0, 0])).subscribe({ next: () => heard.push('running'), error: () => heard.push('error') }).unsubscribe();
      session.run(picture([1, 0, 0])).subscribe({ next: () => heard.push('waiting'), error: () => heard.push('error') }).unsubscribe();
      await firstValueFrom(session.run(picture([0, 1, 0])));
      expect(heard).to.deep.equal([]);
      await session.close();
    });

    it('close waits for the run in flight, is idempotent, and refuses later runs', async () => {
      const session = await openSession(options(macs));
      const order: string[] = [];
      session.run(picture([1, 0, 0])).subscribe({ next: () => order.push('answer') });
      await Promise.all([session.close().then(() => order.push('closed')), session.close()]);
      expect(order).to.deep.equal(['answer', 'closed']);
      await faultOf('inference-failed', () => firstValueFrom(session.run(picture([1, 0, 0]))));
    });

    it('is shared: closing one holder leaves the other its net', async () => {
      const [one, two] = await Promise.all([openSession(options(macs)), openSession(options(macs))]);
      await one.close();
      expect([...(await firstValueFrom(two.run(picture([1, 0, 0]))))['features']!.data]).to.deep.equal([1, 0, 0]);
      await two.close();
      const again = await openSession(options(macs));
      await firstValueFrom(again.run(picture([1, 0, 0])));
      await again.close();
    });

    it('refuses feeds that do not fit, by name and dimensions', async () => {
      const session = await openSession(options(macs));
      const wrong = [{}, { input: { data: new Float32Array(48), dims: [1, 3, 4, 4] } }, { input: { data: new Float32Array(47), dims: [1, 4, 4, 3] } }];
      for (const feeds of wrong) expect((await faultOf('model-wrong-shape', () => firstValueFrom(session.run(feeds)))).message).to.include('input [1, 4, 4, 3]');
      await firstValueFrom(session.run(picture([1, 0, 0])));
      await session.close();
    });

    it('refuses a net that is not what the manifest says', async () => {
      const input = { name: 'input', dims: [1, 4, 4, 3] };
      const scores = { name: 'scores', dims: [1, 3] };
      const open = (expectation: SessionOptions['expect']) => () => openSession(options(macs, { expect: expectation! }));
      expect((await faultOf('model-wrong-shape', open({ inputs: [{ ...input, dims: [1, 8, 8, 3] }], outputs: [scores] }))).message).to.match(/\[1, 8, 8, 3\].*\[1, 4, 4, 3\]/);
      expect((await faultOf('model-wrong-shape', open({ inputs: [input], outputs: [{ name: 'scores', dims: [1, 4] }] }))).message).to.include('[1, 4]');
      expect((await faultOf('model-wrong-shape', open({ inputs: [input], outputs: [{ name: 'logits', dims: [1, 3] }] }))).message).to.include('logits');
      await (await openSession(options(macs, { expect: { inputs: [{ ...input, dims: [-1, 4, 4, 3] }], outputs: [scores] } }))).close();
    });

    it('refuses bytes that are no net, and operators nobody has', async () => {
      const open = (bytes: Uint8Array) => () => openSession({ model: bytes, sha256: sha256Of(bytes), file: 'bad.onnx', macs });
      await faultOf('model-unreadable', open(new TextEncoder().encode('not a net')));
      const graph = onnxBuilder('strange');
      graph.input('input', [1]);
      graph.node('NobodyHasThis', ['input'], {}, 'y');
      graph.output('y', [1]);
      expect((await faultOf('model-unsupported', open(graph.finish()))).message).to.include('NobodyHasThis');
    });
  });
}

describe('a net in a thread of its own', () => {
  /** Ends a process of its own somewhere in its work, and gives its exit code. */
  const exitCode = async (folder: string, ending: string): Promise<number | null> => {
    const file = join(folder, 'slow.onnx');
    await writeFile(file, slowNet());
    const script = `
      const { openSession } = await import(${JSON.stringify(new URL('../../src/inference/session.js', import.meta.url).href)});
      const model = (await import('node:fs')).readFileSync(${JSON.stringify(file)});
      const open = openSession({ model, sha256: 'slow', file: 'slow.onnx', macs: 1e9 });
      const run = (session) => session.run({ input: { data: new Float32Array(64 ** 3), dims: [1, 64, 64, 64] } });
      ${ending}`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    return new Promise((resolve) => child.once('exit', resolve));
  };

  it('does not change the exit code of a process that ends while it runs or loads', () => inFolder(async (folder) => {
    expect(await exitCode(folder, 'run(await open).subscribe(); process.exit(3);')).to.equal(3);
    expect(await exitCode(folder, 'run(await open).subscribe(); setTimeout(() => process.exit(4), 10);')).to.equal(4);
    expect(await exitCode(folder, 'setTimeout(() => process.exit(5), 30);')).to.equal(5);
  }));

  it('does not keep a process alive that has nothing else to do, but lets a run end', () => inFolder(async (folder) => {
    expect(await exitCode(folder, 'run(await open).subscribe(() => { process.exitCode = 6; });')).to.equal(6);
  }));

  it('leaves the event loop free while it runs', async () => {
    const slow = slowNet();
    const session = await openSession({ model: slow, sha256: sha256Of(slow), file: 'slow.onnx', macs: 1.2e9 });
    let turns = 0;
    const turn = (): void => {
      turns += 1;
      next = setImmediate(turn);
    };
    let next = setImmediate(turn);
    await firstValueFrom(session.run({ input: { data: new Float32Array(64 ** 3), dims: [1, 64, 64, 64] } }));
    clearImmediate(next);
    await session.close();
    // A run that held the loop would leave it two or three turns.
    expect(turns).to.be.greaterThan(20);
  });
});
