/** Files made from another tool's configuration, and what could not be carried over. */
export interface Converted {
  /** Paths relative to the folder they are written to; the benchmark comes first. */
  readonly files: readonly ConvertedFile[];
  /** Sentences for the person: what to do next and what is different now. */
  readonly notes: readonly string[];
}

export interface ConvertedFile {
  readonly path: string;
  readonly text: string;
}

/** A name as a file's: lower-case letters, digits and hyphens. */
export function fileName(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return slug === '' ? 'benchmark' : slug;
}

/** A name as a connection's: letters, digits, hyphens and underscores, beginning with a letter. */
export function connectionName(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1).replace(/[^A-Za-z0-9_-]+/g, '-');
  return (/^[A-Za-z]/.test(last) ? last : `m-${last}`).slice(0, 64);
}
