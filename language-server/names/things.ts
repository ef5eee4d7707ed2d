import type { Scalar } from 'yaml';
import type { DocumentPath, Range } from '../../engine/documents/diagnostic.ts';
import type { FileSort } from './file-sorts.ts';

/**
 * What can have a name. `model` is a model as one benchmark calls it; `variable` what a template reads; `slice` a column as policies name it;
 * `result` what came of a notebook's cell.
 */
export type ThingKind =
  | 'connection'
  | 'platform'
  | 'benchmark'
  | 'job'
  | 'policy'
  | 'control'
  | 'check'
  | 'aspect'
  | 'model'
  | 'registered-model'
  | 'registry'
  | 'metric'
  | 'column'
  | 'variable'
  | 'slice'
  | 'file'
  | 'result'
  | 'framework'
  | 'framework-id'
  | 'anchor';

/** Something with a name. Two names mean one thing when kind, scope and name are equal, which is what `key` says. */
export interface Thing {
  readonly kind: ThingKind;
  /** Where the name counts: a workspace's folder, a file, a benchmark. */
  readonly scope: string;
  readonly name: string;
  readonly key: string;
}

export type Role = 'declaration' | 'reference';

/** One place that names a thing. */
export interface Occurrence {
  readonly thing: Thing;
  readonly role: Role;
  /** The row of the table it was found by, such as `gate.*.model`. */
  readonly field: string;
  /** The name itself, without quotes and prefixes. */
  readonly range: Range;
  /** What the declaration says of itself beside its name. */
  readonly detail?: string;
}

/** An occurrence in a document that is at hand, with all that is needed to change it. */
export interface Mention extends Occurrence {
  readonly path: DocumentPath;
  /** Start and end of the text that stands for it, quotes and prefixes included, as offsets. */
  readonly hit: readonly [start: number, end: number];
  /** The text of which it is a part; absent where the range can be replaced as it is. */
  readonly scalar?: Scalar;
  /** The part of the scalar's value that is the name. */
  readonly part: readonly [from: number, to: number];
  /** For paths: what they start from. */
  readonly base?: PathBase;
  /** For paths: what they lead to. */
  readonly sort?: FileSort;
}

/** A relative path starts from the folder `path`, or from the folder of the file `path`. */
export interface PathBase {
  readonly path: string;
  readonly isFolder: boolean;
  /** The text need not be a path at all: it counts as one only where there is such a file. */
  readonly isLoose?: boolean;
}

export function thing(kind: ThingKind, scope: string, name: string): Thing {
  return { kind, scope, name, key: `${kind}\n${scope}\n${name}` };
}

/** A file by its absolute path; it is the same from everywhere. */
export function fileThing(path: string): Thing {
  return thing('file', '', path);
}

/** The scope of what counts within something that the workspace at `root` knows by name: a benchmark's figures, a connection's templates. */
export function scopeOf(root: string, name: string): string {
  return `${root}\n${name}`;
}
