import { onnxBuilder, type OnnxBuilder } from '../../src/inference/onnx-builder.js';
import type { Random } from '../../src/learn/random.js';

/** A value of the graph: its name and how many channels it has. The axes are `[batch, channels, places…]`. */
export interface Value {
  readonly name: string;
  readonly channels: number;
}

/** What a convolution looks like; a batch normalisation after it is folded in, as a deployed net's would be. */
export interface Convolution {
  readonly outputs: number;
  /** Size of the window along each axis: two numbers for pictures, three (time first) for clips. */
  readonly taps: readonly number[];
  readonly strides?: readonly number[];
  readonly groups?: number;
  readonly then?: 'relu' | 'silu' | 'sigmoid';
  /** Factor on the weights; small at the end of a residual branch, so that the numbers stay finite through 50 layers. */
  readonly gain?: number;
}

/** Draws `count` weights for sums over `fanIn` products. */
export type Draw = (count: number, fanIn: number, gain: number) => Float32Array;

/** Weights that keep the variance through a ReLU, from a uniform law (He et al. 2015, eq. 14). */
export const heUniform = (random: Random): Draw => (count, fanIn, gain) => {
  const bound = gain * Math.sqrt(6 / fanIn);
  return Float32Array.from({ length: count }, () => random.uniform(-bound, bound));
};

/** No weights at all: the graph then has its shapes and its cost, but cannot run. */
export const weightless: Draw = () => new Float32Array();

const product = (values: readonly number[]): number => values.reduce((a, b) => a * b, 1);

/** Puts convolutional nets together, layer by layer. */
export class Layers {
  readonly #graph: OnnxBuilder;
  readonly #draw: Draw;

  /**
   * @param name of the graph
   * @param draw the weights
   */
  constructor(name: string, draw: Draw) {
    this.#graph = onnxBuilder(name);
    this.#draw = draw;
  }

  /** The net's input `dims`, whose second axis is the channels. */
  input(dims: readonly number[]): Value {
    this.#graph.input('input', dims);
    return { name: 'input', channels: dims[1] ?? 1 };
  }

  /** The log-mel patch `[1, frames, bins]` as a picture of one channel, `[1, 1, frames, bins]`. */
  patch(frames: number, bins: number): Value {
    this.#graph.input('input', [1, frames, bins]);
    const axes = this.#graph.constant(BigInt64Array.of(1n), [1]);
    return { name: this.#graph.node('Unsqueeze', ['input', axes]), channels: 1 };
  }

  /** A convolution whose output is the input's size divided by its strides (padded evenly), with its activation. */
  convolve(from: Value, { outputs, taps, strides = taps.map(() => 1), groups = 1, then, gain = 1 }: Convolution): Value {
    const dims = [outputs, from.channels / groups, ...taps];
    const weights = this.#graph.constant(this.#draw(product(dims), product(dims.slice(1)), gain), dims);
    const bias = this.#graph.constant(this.#draw(outputs, 6e4, 1), [outputs]);
    const pads = [...taps, ...taps].map((size) => (size - 1) >> 1);
    const name = this.#graph.node('Conv', [from.name, weights, bias], { kernel_shape: taps, strides, pads, group: groups });
    return this.#activate({ name, channels: outputs }, then);
  }

  /** Largest value in each window. */
  maxPool(from: Value, taps: readonly number[], strides: readonly number[]): Value {
    const pads = [...taps, ...taps].map((size) => (size - 1) >> 1);
    return { ...from, name: this.#graph.node('MaxPool', [from.name], { kernel_shape: taps, strides, pads }) };
  }

  /** Mean over all places; they become one. */
  mean(from: Value): Value {
    return { ...from, name: this.#graph.node('GlobalAveragePool', [from.name]) };
  }

  /** Sum of two values of one shape. */
  add(a: Value, b: Value): Value {
    return { ...a, name: this.#graph.node('Add', [a.name, b.name]) };
  }

  /** Product, place by place; `b` may have one place for all. */
  multiply(a: Value, b: Value): Value {
    return { ...a, name: this.#graph.node('Mul', [a.name, b.name]) };
  }

  /** Negative values become zero. */
  relu(from: Value): Value {
    return this.#activate(from, 'relu');
  }

  /** Channels of one, then of the other. */
  join(a: Value, b: Value): Value {
    return { name: this.#graph.node('Concat', [a.name, b.name], { axis: 1 }), channels: a.channels + b.channels };
  }

  /** Each `step`-th place of the third axis (time), from the first. */
  everyFrame(from: Value, step: number): Value {
    const [starts, ends, axes, steps] = [0n, BigInt(Number.MAX_SAFE_INTEGER), 2n, BigInt(step)].map((n) => this.#graph.constant(BigInt64Array.of(n), [1]));
    return { ...from, name: this.#graph.node('Slice', [from.name, starts ?? '', ends ?? '', axes ?? '', steps ?? '']) };
  }

  /** Ends the net: `features` are the pooled channels, `scores` one linear layer on them. Gives the file's bytes. */
  finish(pooled: Value, classes: number, activation: 'Sigmoid' | 'Softmax'): Uint8Array {
    const graph = this.#graph;
    graph.node('Flatten', [pooled.name], { axis: 1 }, 'features');
    const weights = graph.constant(this.#draw(classes * pooled.channels, pooled.channels, 1), [classes, pooled.channels]);
    const bias = graph.constant(this.#draw(classes, 6e4, 1), [classes]);
    graph.node(activation, [graph.node('Gemm', ['features', weights, bias], { transB: 1 })], {}, 'scores');
    graph.output('scores', [1, classes]);
    graph.output('features', [1, pooled.channels]);
    return graph.finish();
  }

  #activate(from: Value, then: Convolution['then']): Value {
    if (then === undefined) return from;
    if (then === 'relu') return { ...from, name: this.#graph.node('Relu', [from.name]) };
    const gate = this.#graph.node('Sigmoid', [from.name]);
    return { ...from, name: then === 'sigmoid' ? gate : this.#graph.node('Mul', [from.name, gate]) };
  }
}
