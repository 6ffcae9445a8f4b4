import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ImagingSandbox } from '@precedent/imaging';
import { loadTensorModel, TensorSession } from '@precedent/inference';
import { parse } from 'yaml';
import type { PixelCleaner } from '../domain/pixel-cleaning.ts';
import { TextPixelCleaner } from '../pixels/clean-pixels.ts';
import { deviceRulesSchema } from '../pixels/device-rules.ts';
import { TechnicalMarks, technicalMarksSchema } from '../pixels/technical-marks.ts';
import { TextFinder } from '../pixels/text-finder.ts';
import { alphabetOf } from '../pixels/text-reader.ts';

/** Hold from `src` and from `dist` alike. */
const GOVERNANCE = new URL('../../../../governance/pixel-cleaning/', import.meta.url);
const MODELS = fileURLToPath(new URL('../../../../models/', import.meta.url));
/** One picture takes a fraction of a second; a machine under load gets a hundred times that. */
const RUN_TIMEOUT_MS = 60_000;

export interface OpenPixelCleaner {
  readonly cleaner: PixelCleaner;
  /** SHA-256 over models, vocabulary and device rules. */
  readonly sha256: string;
  /** Ends the child processes. */
  readonly close: () => Promise<void>;
}

export interface PixelCleanerSettings {
  readonly ultrasoundOutside?: 'blanked' | 'searched';
}

/**
 * Text finder, imaging sandbox, vocabulary and device rules, ready to clean. Its child processes start with the first picture.
 * @throws CodedError MODEL_WEIGHTS_MISSING, MODEL_WEIGHTS_DAMAGED, MODEL_MANIFEST_INVALID; the schema's fault for a rule file
 */
export async function openPixelCleaner({
  ultrasoundOutside = 'searched',
}: PixelCleanerSettings = {}): Promise<OpenPixelCleaner> {
  const [model, marks, rules] = await Promise.all([
    loadTensorModel(MODELS, 'pp-ocr-v4', '1'),
    readFile(new URL('technical-marks.yaml', GOVERNANCE)),
    readFile(new URL('device-rules.yaml', GOVERNANCE)),
  ]);
  const sandbox = new ImagingSandbox();
  const session = new TensorSession(model, { threads: 1, timeoutMs: RUN_TIMEOUT_MS });
  const cleaner = new TextPixelCleaner({
    sandbox,
    finder: new TextFinder(session, alphabetOf(model.data.get('alphabet') ?? Buffer.alloc(0))),
    marks: new TechnicalMarks(technicalMarksSchema.parse(parse(marks.toString('utf8')))),
    rules: deviceRulesSchema.parse(parse(rules.toString('utf8'))),
    ultrasoundOutside,
  });
  const sha256 = createHash('sha256').update(model.sha256).update(marks).update(rules).digest('hex');
  return {
    cleaner,
    sha256,
    close: async () => {
      await Promise.all([sandbox.stop(), session.close()]);
    },
  };
}
