import type { DocumentPath } from '../../engine/documents/diagnostic.ts';
import type { DocumentKind } from '../../engine/documents/kinds.ts';
import type { FileSort } from './file-sorts.ts';
import type { PathBase, Role, Thing, ThingKind } from './things.ts';

/** The document whose names are collected. */
export interface Where {
  readonly uri: string;
  /** Absolute path of the file, or of the notebook a cell is part of. */
  readonly path: string | undefined;
  readonly kind: DocumentKind;
  /** The scope of names that count in the whole workspace. */
  readonly root: string;
  /** Absolute path of `relative` seen from the folder `base`. */
  readonly resolve: (base: string, relative: string) => string;
  readonly parent: (path: string) => string;
}

/** A text that stands where the table looks for names. */
export interface Place {
  readonly text: string;
  readonly path: DocumentPath;
  /** Whether the text is the key at `path`, or its value. */
  readonly on: 'key' | 'value';
  readonly draft: unknown;
  readonly where: Where;
}

/** What a text names. */
export interface Named {
  readonly thing: Thing;
  readonly role: Role;
  /** The part of the text that is the name; all of it where absent. */
  readonly part?: readonly [from: number, to: number];
  /** The name's place is the part alone, and not the whole text around it. */
  readonly isExact?: boolean;
  readonly base?: PathBase;
  readonly detail?: string;
}

/** What a text at some place names, the thing that is most probably meant first. */
export type Read = (place: Place) => readonly Named[];

/** What stands at a place, whatever is written there so far, and how a text there is read. */
export interface Rule {
  /** `model` also where the text turns out to be the name of a connection. */
  readonly names: ThingKind;
  readonly role: Role;
  readonly read: Read;
  /** Of files: which they are. */
  readonly sort?: FileSort;
  /** Of columns: where in the document their dataset stands, from the column's own place. */
  readonly datasetAt?: (path: DocumentPath) => DocumentPath;
}
