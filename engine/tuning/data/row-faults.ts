import { WorkbenchError, type ErrorCode } from '../../base/errors.ts';
import { countOf } from '../../reports/format.ts';

/** What is wrong with one row. */
export interface RowFault {
  /** Faults of one kind are told together. */
  readonly kind: string;
  /** What is wrong, such as `the answer is empty`. */
  readonly what: string;
  readonly remedy: string;
}

/** The row's file and line (from 1; in a Parquet file or a folder the row's number). */
export interface RowPlace {
  readonly path: string;
  readonly line: number;
}

interface Told {
  readonly what: string;
  readonly remedy: string | undefined;
  readonly code: ErrorCode;
  readonly first: RowPlace;
  /** The fault of the first row as it was thrown. */
  readonly error: WorkbenchError | undefined;
  readonly places: RowPlace[];
  count: number;
}

/** Each kind names so many rows. */
const shownPlaces = 5;
const shownKinds = 12;
/** After so many faults nobody needs the rest. */
const mostFaults = 1_000;

/** Collects what is wrong with the rows of one dataset, so that all of it is told at once. */
export class RowFaults {
  readonly #kinds = new Map<string, Told>();
  readonly #most: number;
  /** Rows that were noted: a split by shares reads each row once a role. */
  readonly #noted = new Set<string>();
  #total = 0;

  /** Throws what it has once there are `most` faults. */
  constructor(most: number = mostFaults) {
    this.#most = most;
  }

  get total(): number {
    return this.#total;
  }

  /** One sentence a kind, in the order they were met. */
  sentences(): string[] {
    const kinds = [...this.#kinds.values()];
    const more = kinds.length > shownKinds ? [`and ${String(kinds.length - shownKinds)} other kinds of faults`] : [];
    return [...kinds.slice(0, shownKinds).map(sentenceOf), ...more];
  }

  /** Notes a fault. Throws all of them once there are too many to go on. */
  add({ kind, what, remedy }: RowFault, place: RowPlace): void {
    this.#note(kind, place, { what, remedy, code: 'dataset-invalid', error: undefined });
  }

  /** Notes what reading a row threw; throws what is no fault of the row itself. */
  take(error: unknown, place: RowPlace): void {
    const isFull = this.#total >= this.#most;
    if (isFull || !(error instanceof WorkbenchError) || !isOfRow(error.code)) throw error;
    const { code, remedy } = error;
    const what = withoutPlace(error.message, place);
    this.#note(`${code} ${shapeOf(what)}`, place, { what, remedy, code, error });
  }

  /** Throws what was collected as one `dataset-…` error; nothing where no row is at fault. */
  throwAny(): void {
    const kinds = [...this.#kinds.values()];
    const [first] = kinds;
    if (first === undefined) return;
    if (this.#total === 1 && first.error !== undefined) throw first.error;
    const several = this.#total >= this.#most ? `${String(this.#most)} or more rows` : countOf(this.#total, 'row');
    const verb = this.#total === 1 ? 'is' : 'are';
    const lines = this.sentences().map(sentence => `  ${sentence}`);
    const remedies = [...new Set(kinds.slice(0, 3).flatMap(({ remedy }) => (remedy === undefined ? [] : [remedy])))];
    const { path, line } = first.first;
    throw new WorkbenchError(
      kinds.every(({ code }) => code === first.code) ? first.code : 'dataset-invalid',
      kinds.length === 1 && this.#total === 1
        ? `${path}:${String(line)}: ${first.what}.`
        : [`${path}: ${several} ${verb} at fault:`, ...lines].join('\n'),
      { ...(remedies.length === 0 ? {} : { remedy: remedies.join(' ') }), place: { path, line } },
    );
  }

  #note(kind: string, place: RowPlace, fault: Pick<Told, 'what' | 'remedy' | 'code' | 'error'>): void {
    if (this.#most !== Number.POSITIVE_INFINITY) {
      const row = `${place.path}:${String(place.line)}`;
      if (this.#noted.has(row)) return;
      this.#noted.add(row);
    }
    const told = this.#kinds.get(kind) ?? { ...fault, first: place, places: [], count: 0 };
    this.#kinds.set(kind, told);
    told.count += 1;
    if (told.places.length < shownPlaces) told.places.push(place);
    this.#total += 1;
    if (this.#total >= this.#most) this.throwAny();
  }
}

function isOfRow(code: ErrorCode): boolean {
  return code === 'dataset-invalid' || code === 'dataset-column-missing';
}

function withoutPlace(message: string, { path, line }: RowPlace): string {
  const start = `${path}:${String(line)}: `;
  const what = message.startsWith(start) ? message.slice(start.length) : message;
  return what.replace(/\.$/, '');
}

/** What sentences have in common that differ in names and numbers alone. */
function shapeOf(what: string): string {
  return what.replaceAll(/"[^"]*"|\S*[\\/.]\S*|\d+/g, '…');
}

/** `8 rows: the answer is empty (lines 3, 9, 12, 20, 31 and 3 more)`. */
function sentenceOf({ what, first, places, count }: Told): string {
  const lines = places.map(({ path, line }) => (path === first.path ? String(line) : `${path}:${String(line)}`));
  const more = count > places.length ? ` and ${String(count - places.length)} more` : '';
  return `${countOf(count, 'row')}: ${what} (${count === 1 ? 'line' : 'lines'} ${lines.join(', ')}${more})`;
}
