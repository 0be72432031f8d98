/** The part of the package fft.js that the tests use as a reference; it ships no types. */
declare module 'fft.js' {
  export default class FFT {
    constructor(size: number);
    createComplexArray(): number[];
    /** Writes the first half of the spectrum, (re, im) pairs. */
    realTransform(out: number[], data: readonly number[]): void;
  }
}
