/** Numbers a vector may have. */
const mostNumbers = 65_536;

/** Vectors of `count` texts, all of one length; undefined where they are anything else. */
export function readVectors(value: unknown, count: number): readonly Float32Array[] | undefined {
  if (!Array.isArray(value) || value.length !== count) return undefined;
  const vectors: Float32Array[] = [];
  for (const row of value) {
    if (!Array.isArray(row) || row.length === 0 || row.length > mostNumbers) return undefined;
    if (row.length !== (vectors[0]?.length ?? row.length)) return undefined;
    if (!row.every(item => typeof item === 'number' && Number.isFinite(item))) return undefined;
    vectors.push(Float32Array.from(row as readonly number[]));
  }
  return vectors;
}
