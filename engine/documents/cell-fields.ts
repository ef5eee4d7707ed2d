import type { CellFields } from '../../schemas/generated/files.ts';
import { omit } from '../base/omit.ts';

/** Where a document stands. A cell of a notebook may have fields that no file has: `as` and `use`. */
export type Form = 'file' | 'cell';

/** A document's value, taken apart. */
export interface SplitValue {
  /** What a file of the kind would hold. */
  readonly content: unknown;
  /** The fields that only cells have, of any shape. */
  readonly own: Readonly<Record<string, unknown>>;
  /** Those of them that are texts; absent for files. */
  readonly cell: CellFields | undefined;
}

export const cellFieldNames: readonly (keyof CellFields)[] = ['as', 'use'];

/** Takes a cell's own fields out of its value. A file's is left as it is. */
export function splitCell(value: unknown, form: Form): SplitValue {
  if (form === 'file') return { content: value, own: {}, cell: undefined };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { content: value, own: {}, cell: {} };
  const object = value as Readonly<Record<string, unknown>>;
  const present = cellFieldNames.filter(name => Object.hasOwn(object, name));
  if (present.length === 0) return { content: value, own: {}, cell: {} };
  const own = Object.fromEntries(present.map(name => [name, object[name]]));
  const texts = Object.entries(own).filter(([, text]) => typeof text === 'string' && text !== '');
  return { content: omit(object, ...present), own, cell: Object.fromEntries(texts) };
}
