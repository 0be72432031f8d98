/**
 * The few operations of TensorFlow.js that learning uses, and their types. With `engine.ts` the only door to the
 * library; products and steps that must be fast are in `ops.ts` and `lstm.ts`.
 */
export {
  add, clone, concat, concat2d, customGrad, div, engine, fused, getBackend, getKernel, keep, logSoftmax, matMul, memory, mul, neg, ones, onesLike, pad, registerGradient, registerKernel, relu, reshape, scalar, sigmoid, slice, softmax,
  split, sqrt, square, step, sub, sum, tensor1d, tensor2d, tidy, transpose, unregisterKernel, valueAndGrad, zeros,
} from '@tensorflow/tfjs-core';
export type { GradConfig, KernelConfig, NamedAttrMap, Rank, Scalar, Tensor, Tensor1D, Tensor2D, TensorInfo } from '@tensorflow/tfjs-core';
