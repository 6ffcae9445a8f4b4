/** L2-normalised copy, or null for a vector without a direction. The sum is kept in float64. */
export function unitVector(vector: Float32Array): Float32Array | null {
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return norm > 0 && Number.isFinite(norm) ? vector.map((value) => value / norm) : null;
}
