/** A row of a view, without VS Code's classes. */
export interface Row {
  /** Tells the row from all others of its view, and stays the same when the view is drawn again. */
  readonly key: string;
  readonly label: string;
  readonly description?: string;
  readonly icon?: string;
  /** A theme colour, absent for the plain foreground. */
  readonly color?: string;
  /** Plain text. */
  readonly tooltip?: string;
  /** Words that menus' `when` clauses look for. */
  readonly contextValue?: string;
  /** What a screen reader says; default: label and description. */
  readonly accessibleLabel?: string;
  readonly open?: RowTarget;
  /** Absent for a row that cannot be opened up. Called when it is. */
  readonly children?: () => Promise<Rows> | Rows;
  /** Whether it is opened up at first. */
  readonly isOpen?: boolean;
  /** What commands act on. */
  readonly subject?: RowSubject;
}

/** A list of which a part can be had; arrays are such lists. */
export interface Sliceable<T> {
  readonly length: number;
  slice(start: number, end: number): readonly T[];
}
export type Rows = Sliceable<Row>;

/** Rows of a long list, made when they are to be drawn. */
export function rowsOfList<T>(list: readonly T[], toRow: (entry: T) => Row): Rows {
  return { length: list.length, slice: (start, end) => list.slice(start, end).map(toRow) };
}

/** What a click on a row opens. */
export type RowTarget =
  | { readonly kind: 'file'; readonly path: string; readonly line?: number }
  | { readonly kind: 'command'; readonly command: string; readonly title: string; readonly arguments: unknown[] };

/** A file of a workspace folder that a row stands for. */
export interface RowSubject {
  readonly kind: 'dataset' | 'prompt' | 'policy';
  /** Absolute path of the workspace folder. */
  readonly folder: string;
  /** Relative to it. */
  readonly path: string;
}

/** The subjects of what menus and other commands pass: rows, subjects, or lists of them. */
export function subjectsOf(given: unknown, kind: RowSubject['kind']): RowSubject[] {
  if (Array.isArray(given)) return given.flatMap(one => subjectsOf(one, kind));
  if (typeof given !== 'object' || given === null) return [];
  const { subject = given } = given as { subject?: unknown };
  if (typeof subject !== 'object' || subject === null) return [];
  const { kind: own, folder, path } = subject as Partial<Record<keyof RowSubject, unknown>>;
  return own === kind && typeof folder === 'string' && typeof path === 'string' ? [{ kind, folder, path }] : [];
}
