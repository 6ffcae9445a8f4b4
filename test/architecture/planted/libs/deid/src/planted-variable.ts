// expect: confined-package-name
import { createRequire } from 'node:module';

const runtime = 'onnxruntime-node';

export const planted: unknown = createRequire(import.meta.url)(runtime);
