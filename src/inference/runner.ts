import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { Fault } from '../faults.js';
import type { TensorSpec } from './manifest.js';
import type { Tensor } from './types.js';

/** ONNX Runtime behind a narrow door: this file alone imports it. */

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** A loaded net that runs one set of tensors at a time. */
export interface Runner {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  run(feeds: Tensors): Promise<Tensors>;
  close(): Promise<void>;
}

/** What to load. */
export interface RunnerOptions {
  /** The `.onnx` file's bytes; those whose hash was checked are those that run. */
  readonly model: Uint8Array;
  /** Named in errors. */
  readonly file: string;
  /** Threads inside one operator. */
  readonly threads: number;
}

/** The first line of ONNX Runtime's message, without its codes and source places. */
const firstLine = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] ?? '').replace(/^.*?ErrorCode:\w+\s*/, '').replace(/\S*\/\S+:\d+ /g, '').trim().slice(0, 200) || 'no reason given';
};

const specOf = (file: string) => (value: InferenceSession.ValueMetadata): TensorSpec => {
  if (!value.isTensor || value.type !== 'float32') {
    throw new Fault('inference', 'model-unsupported', `${value.name} of ${file} is not a float32 tensor.`,
      { remedy: 'Export the model with float32 inputs and outputs.' });
  }
  return { name: value.name, dims: value.shape.map((d) => (typeof d === 'number' ? d : -1)) };
};

const load = async ({ model, file, threads }: RunnerOptions): Promise<InferenceSession> => {
  try {
    return await InferenceSession.create(model, {
      executionProviders: ['cpu'], graphOptimizationLevel: 'all', executionMode: 'sequential',
      intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: 4,
    });
  } catch (cause) {
    const reason = firstLine(cause);
    const foreign = /not a registered function|not implemented|No Op registered|unsupported model IR/i.test(reason);
    throw new Fault('inference', foreign ? 'model-unsupported' : 'model-unreadable', `${file} cannot be loaded: ${reason}.`.replace(/\.\.$/, '.'),
      { remedy: foreign ? 'Export it with standard ONNX operators.' : 'Fetch or export it again.', cause });
  }
};

/** Loads a net in this thread. Loading and running hold the thread they are on. */
export const openRunner = async (options: RunnerOptions): Promise<Runner> => {
  const session = await load(options);
  const inputs = session.inputMetadata.map(specOf(options.file));
  const outputs = session.outputMetadata.map(specOf(options.file));
  return {
    inputs,
    outputs,
    run: async (feeds) => {
      const fed = Object.entries(feeds).map(([name, { data, dims }]) => [name, new OrtTensor('float32', data, dims)] as const);
      let results: InferenceSession.OnnxValueMapType;
      try {
        // Outputs are made anew each time: given tensors would spare 6 µs a run, and then readings would change after they were given out.
        results = await session.run(Object.fromEntries(fed));
      } catch (cause) {
        throw new Fault('inference', 'inference-failed', `${options.file} failed to run: ${firstLine(cause)}.`.replace(/\.\.$/, '.'), { cause });
      }
      return Object.fromEntries(outputs.map(({ name }) => {
        const result = results[name];
        if (!(result?.data instanceof Float32Array)) throw new Fault('inference', 'inference-failed', `${options.file} gave no output ${name}.`);
        return [name, { data: result.data, dims: result.dims }];
      }));
    },
    close: () => session.release(),
  };
};
