/** Members of a notebook output that hold what it shows. They are large, and of no use to a reader of the file. */
const large = ['report', 'tuning', 'prompt', 'view'] as const;

/**
 * An output as notebooks keep it: what it shows is JSON text under `packed`, one line of the file instead of thousands, so that running a cell
 * again changes few lines and merges do not mix two results. What other tools read stays beside it.
 */
export function packOutput(output: object): object {
  const entries = Object.entries(output);
  const packed = entries.filter(([key, member]) => isLarge(key) && member !== undefined);
  if (packed.length === 0) return output;
  const kept = entries.filter(([key]) => !isLarge(key));
  return { ...Object.fromEntries(kept), packed: JSON.stringify(Object.fromEntries(packed)) };
}

/** The output with what it shows. What is not packed, or not as `packOutput` does it, comes back as it is. */
export function unpackOutput(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('packed' in value) || typeof value.packed !== 'string')
    return value;
  const { packed, ...kept } = value;
  let content: unknown;
  try {
    content = JSON.parse(packed);
  } catch {
    return value;
  }
  if (typeof content !== 'object' || content === null) return value;
  return { ...kept, ...Object.fromEntries(Object.entries(content).filter(([key]) => isLarge(key))) };
}

function isLarge(key: string): boolean {
  return (large as readonly string[]).includes(key);
}
