import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { getBackend, setBackend } from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { Fault } from '../../faults.js';
import { registerGradients } from './gradients.js';
import { registerCells } from './wasm-cells.js';
import { cutInPlace } from './wasm-kernels.js';

/** What training runs on. */
export interface Engine {
  readonly kind: 'gpu' | 'wasm';
  /** Said to the user before training: "trains on WASM SIMD, one thread". */
  readonly words: string;
}

/** An optional peer dependency: its install fetches some 400 MB, so it is used only by those who have it. */
const GPU_PACKAGE = '@tensorflow/tfjs-node-gpu';

/** Tensors of TensorFlow's own backend live in the same engine, whichever copy of the core registered it. */
const openGpu = async (): Promise<Engine | undefined> => {
  try {
    await import(GPU_PACKAGE);
  } catch {
    return undefined;
  }
  return await setBackend('tensorflow') ? { kind: 'gpu', words: `trains on TensorFlow through ${GPU_PACKAGE}` } : undefined;
};

const openWasm = async (): Promise<boolean> => {
  // By absolute path: read from the disk, never fetched.
  const folder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  setWasmPaths(`${join(folder, 'wasm-out')}/`);
  if (!await setBackend('wasm')) return false;
  cutInPlace();
  registerCells();
  return true;
};

/**
 * Opens the engine that training and batched inference run on: TensorFlow on a GPU where the user has installed
 * `@tensorflow/tfjs-node-gpu`, else the WASM backend, on one thread. The same code runs on both. Works offline.
 * Opening twice gives the same engine.
 *
 * @param want `wasm` leaves an installed GPU package alone, so that a run can be repeated bit for bit elsewhere
 * @throws Fault `internal` when neither starts
 */
export const openEngine = async (want: 'best' | 'wasm' = 'best'): Promise<Engine> => {
  registerGradients();
  const gpu = want === 'best' ? await openGpu() : undefined;
  if (gpu !== undefined) return gpu;
  if (getBackend() === 'wasm' || await openWasm()) {
    return { kind: 'wasm', words: `trains on WASM SIMD, one thread${want === 'best' ? ` (${GPU_PACKAGE} is not installed)` : ''}` };
  }
  throw new Fault('learn', 'internal', 'TensorFlow.js started neither on a GPU nor on WebAssembly.', {
    remedy: 'Use Node 20 or later, and install again with npm ci.',
  });
};
