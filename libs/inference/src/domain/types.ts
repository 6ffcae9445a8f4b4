/** models/<model>/<revision>/manifest.yaml, schema-checked. */
export interface ModelManifest {
  readonly name: string;
  readonly revision: string;
  readonly licence: string;
  readonly allowedUse: 'any' | 'research';
  readonly files: readonly {
    readonly path: string;
    readonly sha256: string;
    readonly role: 'graph' | 'weights-source';
  }[];
  readonly input: {
    readonly name: string;
    readonly layout: 'NCHW';
    readonly channels: 1 | 3;
    readonly size: number;
    readonly resize: 'squash' | 'pad';
    readonly kernel: 'cubic' | 'linear';
    /** Value = (x − mean) / scale with x in 0..255, per channel. */
    readonly mean: readonly number[];
    readonly scale: readonly number[];
  };
  readonly outputs: {
    readonly embedding: { readonly name: string; readonly dimension: number };
    readonly tokens?: { readonly name: string; readonly count: number; readonly dimension: number };
  };
  readonly metric: 'cosine';
  readonly golden: { readonly path: string; readonly tolerance: number };
}

/** 8-bit pictures already at the model's size: grey (1 channel, replicated) or RGB interleaved. */
export interface EncoderInput {
  readonly channels: 1 | 3;
  readonly pixels: Uint8Array;
}

export interface EncoderOutput {
  /** Raw model output, not normalised. Float32, `dimension` long. */
  readonly embedding: Float32Array;
  /** Token map, row-major `count × dimension`, as fp16 bits; absent when the model has none or it was not asked for. */
  readonly tokens?: Uint16Array;
}
