/** Study-level similarity from image-level vectors. Pure. */

export interface StudyVectors<K extends string> {
  readonly studyKey: K;
  readonly images: readonly { readonly id: string; readonly vector: Float32Array }[];
}

export interface RankedStudy<K extends string> {
  readonly studyKey: K;
  readonly score: number;
  readonly bestMatch: { readonly query: string; readonly image: string; readonly score: number };
}

export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/**
 * Symmetric mean of best matches: each query image finds its best match in the case and the other way round, and the two means
 * are averaged. Against "best single match" this keeps one lucky pair of slices from deciding (+2 to +5.6 points P@5 measured).
 * Both sides L2-normalised, so the dot product is the cosine.
 */
export function compareStudies<K extends string>(
  query: readonly { readonly id: string; readonly vector: Float32Array }[],
  candidate: StudyVectors<K>,
): RankedStudy<K> {
  const back = new Float64Array(candidate.images.length).fill(-Infinity);
  let bestMatch = { query: '', image: '', score: -Infinity };
  let forward = 0;
  for (const q of query) {
    let best = -Infinity;
    candidate.images.forEach((image, at) => {
      const score = dot(q.vector, image.vector);
      if (score > best) best = score;
      if (score > (back[at] ?? 0)) back[at] = score;
      if (score > bestMatch.score) bestMatch = { query: q.id, image: image.id, score };
    });
    forward += best;
  }
  const backward = back.reduce((sum, score) => sum + score, 0) / back.length;
  return { studyKey: candidate.studyKey, score: (forward / query.length + backward) / 2, bestMatch };
}

/** Best first; ties by study key, so that the same question always gets the same order. */
export function byRank<K extends string>(a: RankedStudy<K>, b: RankedStudy<K>): number {
  return b.score - a.score || (a.studyKey < b.studyKey ? -1 : 1);
}
