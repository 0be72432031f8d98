import { engine, getBackend, getKernel, type Tensor2D } from './tf.js';

/**
 * Runs a kernel of ours where the backend has it.
 *
 * @param n the kernel's one attribute: a width
 * @returns its outputs; undefined where the backend lacks it, and the same has to be put together from plain operations
 */
export const runCell = (name: string, tables: readonly Tensor2D[], n = 0): Tensor2D[] | undefined => {
  // Its type says that it always finds one.
  const kernel: unknown = getKernel(name, getBackend());
  if (kernel === undefined || kernel === null) return undefined;
  return engine().runKernel<Tensor2D[]>(name, Object.fromEntries(tables.map((table, i) => [String(i), table])), { n });
};
