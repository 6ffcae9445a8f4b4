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
  /**
   * The graph, when it is made at set-up from the weights-source: its bytes depend on the converter's libraries, so its
   * digest is in `lock`, written at conversion. A manifest has either this or a file with the role `graph`.
   */
  readonly converted?: { readonly path: string; readonly lock: string };
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

/** What the model must answer for one synthetic picture (`domain/golden-pictures.ts`), from an oracle of its own. */
export interface GoldenVector {
  readonly picture: string;
  readonly embedding: Float32Array;
  /** Some rows of the token map, by row number. */
  readonly tokenRows: ReadonlyMap<number, Float32Array>;
}

/** A model whose manifest and files have been checked. */
export interface RegisteredModel {
  readonly manifest: ModelManifest;
  readonly graphPath: string;
  /** Checked at registration, and again by the child process on the bytes it runs. */
  readonly graphSha256: string;
  /** Identity of the learned numbers: of the weights-source where there is one, else of the graph. */
  readonly weightsSha256: string;
  readonly preprocessingSha256: string;
  readonly golden: readonly GoldenVector[];
}

/** `auto` tries CUDA, then the CPU; which one was used is in the session's record, never guessed. */
export type ProviderRequest = 'cpu' | 'cuda' | 'auto';
export type ProviderName = 'cpu' | 'cuda';

export interface ProviderRecord {
  readonly requested: ProviderRequest;
  readonly used: ProviderName;
  /** In the order tried; `error` says why one was passed over. */
  readonly tried: readonly { readonly name: ProviderName; readonly error?: string }[];
  /** Version of ONNX Runtime. */
  readonly runtimeVersion: string;
}
