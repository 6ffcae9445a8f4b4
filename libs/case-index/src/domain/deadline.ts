import { indexFault } from '../case-index.errors.ts';

/** The result of `work`, or INDEX_DEADLINE after `limitMs`; the work's own later failure is then nobody's. */
export async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(indexFault('INDEX_DEADLINE')), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
