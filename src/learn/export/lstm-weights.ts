/** An LSTM's weights as an ONNX `LSTM` takes them. */
export interface OnnxLstmWeights {
  /** Of the input, `[1, 4h, width]`. */
  readonly w: Float32Array;
  /** Of the hidden state, `[1, 4h, h]`. */
  readonly r: Float32Array;
  /** Of both, `[1, 8h]`; the second half is zero. */
  readonly b: Float32Array;
}

/** Ours are input, forget, cell, output; ONNX has input, output, forget, cell. At ONNX's place: our gate's number. */
const OURS_AT = [0, 3, 1, 2] as const;

/**
 * Reorders an LSTM's weights for ONNX: gates in its order, and rows and columns exchanged.
 *
 * @param kernel `[width + h, 4h]`, the inputs' rows before the hidden state's
 * @param bias `[4h]`
 * @param hidden h
 * @see https://onnx.ai/onnx/operators/onnx__LSTM.html
 */
export const onnxLstm = (kernel: Float32Array, bias: Float32Array, hidden: number): OnnxLstmWeights => {
  const columns = 4 * hidden;
  const width = kernel.length / columns - hidden;
  const part = (firstRow: number, rows: number): Float32Array => {
    const values = new Float32Array(columns * rows);
    OURS_AT.forEach((ours, gate) => {
      for (let unit = 0; unit < hidden; unit += 1) {
        const [column, row] = [ours * hidden + unit, gate * hidden + unit];
        for (let i = 0; i < rows; i += 1) values[row * rows + i] = kernel[(firstRow + i) * columns + column] ?? 0;
      }
    });
    return values;
  };
  const b = new Float32Array(2 * columns);
  OURS_AT.forEach((ours, gate) => { b.set(bias.subarray(ours * hidden, (ours + 1) * hidden), gate * hidden); });
  return { w: part(0, width), r: part(width, hidden), b };
};
