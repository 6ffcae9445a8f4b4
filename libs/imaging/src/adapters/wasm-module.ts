import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

interface EmscriptenOptions {
  readonly print: () => void;
  readonly printErr: () => void;
  readonly locateFile: () => string;
}

type Factory<M> = (options: EmscriptenOptions) => Promise<M>;

/** A WebAssembly codec, loaded on first use and thrown away after a failure. */
export interface WasmModule<M> {
  /** Runs `use`; whatever it throws, the instance is discarded, since its heap can no longer be trusted. */
  run<T>(use: (module: M) => T): Promise<T>;
}

/**
 * @param script package path of the Emscripten loader (the `…wasmjs` builds: the default ones are plain JS, ten times slower)
 * @param binary package path of its .wasm
 */
export function wasmModule<M>(script: string, binary: string): WasmModule<M> {
  let loading: Promise<M> | undefined;
  const load = (): Promise<M> => {
    const factory = require(script) as Factory<M>;
    // Without the hooks OpenJPEG writes "[INFO]" lines to stdout, and the binary is looked for beside the wrong script.
    return factory({ print: silence, printErr: silence, locateFile: () => require.resolve(binary) });
  };
  return {
    async run(use) {
      loading ??= load();
      const module = await loading;
      try {
        return use(module);
      } catch (error) {
        loading = undefined;
        throw error;
      }
    },
  };
}

function silence(): void {
  // Codec chatter is not for our logs.
}

/** @returns an own copy: what a codec hands out is a view on its heap, overwritten by the next frame. */
export function copyOut(view: Uint8Array): Uint8Array {
  return new Uint8Array(view);
}
