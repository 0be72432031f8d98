import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Context } from 'mocha';
import { Fault } from '../../src/faults.js';
import type { FaultKind } from '../../src/faults.js';
import { onnxBuilder } from '../../src/inference/onnx-builder.js';

/** What the tests of this room share: the public weights, a folder of their own, and tiny nets. */

const rootFolder = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
};

/** A file of ../shared/weights; the test skips aloud when it is not there. */
export const weights = (test: Context, name: string): Uint8Array => {
  const file = join(process.env['HEARKEN_SHARED'] ?? resolve(rootFolder(), '..', 'shared'), 'weights', name);
  if (existsSync(file)) return readFileSync(file);
  process.stdout.write(`    skipped: ${file} is not there\n`);
  return test.skip();
};

/** A folder that is gone after the work. */
export const inFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'hearken-inference-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** The fault of a piece of work; fails when there is none or it is another kind. */
export const faultOf = async (kind: FaultKind, work: () => unknown): Promise<Fault> => {
  try {
    await work();
  } catch (error) {
    expect(error, String(error)).to.be.instanceOf(Fault);
    expect((error as Fault).kind).to.equal(kind);
    // One sentence for the user: one line, ended, without a stack trace.
    expect((error as Fault).message).to.match(/^[^\n]+\.$/).and.not.match(/\bat .*:\d+:\d+/);
    return error as Fault;
  }
  return expect.fail(`there was no ${kind}`);
};

/** A net that scores a picture `[1, height, width, 3]`: the means of its colours through a softmax; the means are the features. */
export const colourNet = (height = 4, width = 4): Uint8Array => {
  const graph = onnxBuilder('colour');
  graph.input('input', [1, height, width, 3]);
  graph.node('ReduceMean', ['input'], { axes: [1, 2], keepdims: 0 }, 'features');
  const weightsName = graph.constant(Float32Array.of(10, 0, 0, 0, 10, 0, 0, 0, 10), [3, 3]);
  graph.node('Softmax', [graph.node('Gemm', ['features', weightsName], { transB: 1 })], { axis: -1 }, 'scores');
  graph.output('scores', [1, 3]);
  graph.output('features', [1, 3]);
  return graph.finish();
};

/** A picture of one colour, `[1, height, width, 3]`. */
export const plainPicture = (rgb: readonly [number, number, number], height = 4, width = 4): Float32Array =>
  Float32Array.from({ length: height * width * 3 }, (_, i) => rgb[i % 3]!);
