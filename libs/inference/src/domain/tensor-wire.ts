/**
 * 8-bit grey pictures of one size, which the child makes into three equal channels NCHW: `(value / 255 - mean) / deviation`
 * a channel. Bytes travel, not floats: a twelfth of them.
 */
export interface GreyBatch {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** count × height × width. */
  readonly pixels: Uint8Array;
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
}

/** `whole`: the output as it is. `best`: of each vector along the last axis the largest value and its index. */
export type TensorAnswer = 'whole' | 'best';

export interface TensorResult {
  readonly dims: readonly number[];
  /** Values of `whole`; the largest ones of `best`. */
  readonly values: Float32Array;
  /** Of `best`. */
  readonly indices?: Int32Array;
}

export interface TensorOpen {
  readonly kind: 'open';
  readonly graphs: readonly { readonly name: string; readonly path: string; readonly sha256: string }[];
  readonly threads: number;
}

export interface TensorRun {
  readonly kind: 'run';
  readonly id: number;
  readonly graph: string;
  readonly batch: GreyBatch;
  readonly answer: TensorAnswer;
}

export type ToTensorChild = TensorOpen | TensorRun;

export type FromTensorChild =
  | { readonly kind: 'opened' }
  | { readonly kind: 'refused'; readonly code: 'MODEL_WEIGHTS_DAMAGED' | 'INFERENCE_MODEL_REFUSED' }
  | { readonly kind: 'done'; readonly id: number; readonly result: TensorResult }
  | { readonly kind: 'failed'; readonly id: number };
