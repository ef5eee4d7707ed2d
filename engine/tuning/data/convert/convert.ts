import { WorkbenchError } from '../../../base/errors.ts';
import { holdsBytes, textOfValue } from '../../../datasets/column.ts';
import { readRows } from '../../../datasets/rows.ts';
import type { Files } from '../../../ports/files.ts';
import { isFault } from '../conversation.ts';
import { RowFaults, type RowFault } from '../row-faults.ts';
import { writeForm, type DataForm, type FoundForm } from './forms.ts';
import { readExample, recogniseForm, type NamedColumns } from './read-example.ts';

/** What became of a file's rows. */
export interface Conversion {
  /** The form they had. */
  readonly from: FoundForm;
  /** Rows that were written. */
  readonly rows: number;
  /** Rows that were left out: at fault, or more than the form holds. */
  readonly refused: number;
  /** Why, in a sentence a kind, with the rows' lines. */
  readonly faults: readonly string[];
}

export interface ConvertRequest {
  /** Absolute path of the dataset. */
  readonly path: string;
  readonly to: DataForm;
  readonly named?: NamedColumns;
  /** One JSON list in place of a row a line. */
  readonly asList?: boolean;
}

/**
 * Writes a dataset's rows in another form, a piece at a time; columns that belong to neither form go along. What a form cannot hold is left out
 * and counted: `outcome` tells once all pieces were taken. Throws `dataset-…` errors of a file that cannot be read, or whose form is not known.
 */
export class DataConverter {
  readonly #request: ConvertRequest;
  readonly #files: Files;
  readonly #faults = new RowFaults(Number.POSITIVE_INFINITY);
  #from: FoundForm | undefined;
  #rows = 0;

  constructor(request: ConvertRequest, files: Files) {
    this.#request = request;
    this.#files = files;
  }

  async *pieces(signal: AbortSignal): AsyncIterable<string> {
    const { path, to, named = {}, asList = false } = this.#request;
    let columns: readonly string[] | undefined;
    if (asList) yield '[';
    for await (const batch of readRows(this.#files, path, undefined, signal, { any: true })) {
      signal.throwIfAborted();
      let text = '';
      for (const row of batch) {
        const from = (this.#from ??= recogniseForm(row, named) ?? unknownForm(path, Object.keys(row.values)));
        const place = { path: row.file ?? path, line: row.line };
        const example = readExample(row, from, named);
        const written = isFault(example) ? example : writeForm(example, to);
        const fault = isFault(written) ? written : findUnwritable(written, to, columns);
        if (fault !== undefined) {
          this.#faults.add(fault, place);
          continue;
        }
        if (to === 'csv' && columns === undefined) {
          columns = Object.keys(written);
          text += csvLine(columns);
        }
        text +=
          columns === undefined
            ? `${asList ? (this.#rows === 0 ? '\n  ' : ',\n  ') : ''}${JSON.stringify(written)}${asList ? '' : '\n'}`
            : csvLine(columns.map(column => cellOf(Reflect.get(written, column))));
        this.#rows += 1;
      }
      if (text !== '') yield text;
    }
    if (asList) yield '\n]\n';
  }

  /** Throws `dataset-empty` for a file without rows. */
  outcome(): Conversion {
    const { path } = this.#request;
    if (this.#from === undefined)
      throw new WorkbenchError('dataset-empty', `${path}: there are no rows to convert.`, { place: { path } });
    return {
      from: this.#from,
      rows: this.#rows,
      refused: this.#faults.total,
      faults: this.#faults.sentences(),
    };
  }
}

function unknownForm(path: string, columns: readonly string[]): never {
  throw new WorkbenchError(
    'dataset-invalid',
    `${path}: the columns ${columns.slice(0, 10).join(', ') || '(none)'} are of no form that is known.`,
    {
      remedy:
        'Known are `messages` (chat), `conversations` (ShareGPT), `instruction` and `output` (Alpaca), `prompt` and `completion`, and `input` and `target`. Rename the columns, or name others with --input and --target of `aiwb tune convert`.',
      place: { path },
    },
  );
}

/** Whether a row can be written as text: bytes never, and in a CSV file only the columns of its header. */
function findUnwritable(written: object, to: DataForm, columns: readonly string[] | undefined): RowFault | undefined {
  if (holdsBytes(written))
    return { kind: 'bytes', what: 'a column holds bytes, which are no text', remedy: 'Leave the column out.' };
  if (to !== 'csv' || columns === undefined) return undefined;
  const others = Object.keys(written).find(column => !columns.includes(column));
  if (others === undefined) return undefined;
  return {
    kind: `column ${others}`,
    what: `there is a column "${others}" that the first row has not, and a CSV file has the same columns in every row`,
    remedy: 'Give the first row the column, or convert to a form of JSON Lines.',
  };
}

function cellOf(value: unknown): string {
  return value === undefined || value === null ? '' : textOfValue(value);
}

/** RFC 4180. */
function csvLine(cells: readonly string[]): string {
  return `${cells.map(cell => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;
}
