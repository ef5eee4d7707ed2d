import { WorkbenchError } from '../base/errors.ts';
import { decodeText, longestLine, tooLong } from './lines.ts';
import type { DatasetRow } from './row.ts';

/** One record's fields, with the line it starts on. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * Splits delimited text into records (RFC 4180: fields may be quoted, quotes are doubled inside, quoted fields may hold
 * line breaks). Works on pieces of any size; the caller joins them by calling `push` in order and `end` last.
 */
export class CsvSplitter {
  readonly #path: string;
  readonly #delimiter: string;
  #fields: string[] = [];
  #field = '';
  #quoted = false;
  /** The last character was a quote inside a quoted field: the next one decides whether it closed. */
  #quoteSeen = false;
  #afterQuote = false;
  #carriageReturn = false;
  #line = 1;
  #recordLine = 1;
  #started = false;

  constructor(path: string, delimiter: string) {
    this.#path = path;
    this.#delimiter = delimiter;
  }

  push(text: string): CsvRecord[] {
    const records: CsvRecord[] = [];
    let index = 0;
    while (index < text.length) {
      index = this.#quoted ? this.#inQuotes(text, index) : this.#plain(text, index, records);
      if (this.#field.length > longestLine) throw tooLong(this.#path, this.#recordLine);
    }
    return records;
  }

  end(): CsvRecord[] {
    if (this.#quoted && !this.#quoteSeen) {
      throw this.#invalid(this.#recordLine, 'a quoted field that starts in this row is never closed');
    }
    const records: CsvRecord[] = [];
    if (this.#started) this.#finishRecord(records);
    return records;
  }

  #inQuotes(text: string, start: number): number {
    if (this.#quoteSeen) {
      this.#quoteSeen = false;
      if (text[start] === '"') {
        this.#field += '"';
        return start + 1;
      }
      this.#quoted = false;
      this.#afterQuote = true;
      return start;
    }
    const quote = text.indexOf('"', start);
    const end = quote === -1 ? text.length : quote;
    const piece = text.slice(start, end);
    for (let at = piece.indexOf('\n'); at !== -1; at = piece.indexOf('\n', at + 1)) this.#line += 1;
    this.#field += piece;
    if (quote === -1) return end;
    this.#quoteSeen = true;
    return quote + 1;
  }

  #plain(text: string, start: number, records: CsvRecord[]): number {
    const character = text[start];
    if (character === '\n') {
      if (this.#carriageReturn) this.#carriageReturn = false;
      if (this.#started) this.#finishRecord(records);
      this.#line += 1;
      this.#recordLine = this.#line;
      return start + 1;
    }
    if (this.#carriageReturn) {
      this.#carriageReturn = false;
      this.#field += '\r';
    }
    this.#started = true;
    if (character === this.#delimiter) {
      this.#finishField();
      return start + 1;
    }
    if (character === '\r') {
      this.#carriageReturn = true;
      return start + 1;
    }
    if (this.#afterQuote) throw this.#invalid(this.#line, 'text follows the closing quote of a field');
    if (character === '"' && this.#field === '') {
      this.#quoted = true;
      return start + 1;
    }
    let end = start + 1;
    while (end < text.length) {
      const next = text[end];
      if (next === this.#delimiter || next === '\n' || next === '\r') break;
      end += 1;
    }
    this.#field += text.slice(start, end);
    return end;
  }

  #finishField(): void {
    this.#fields.push(this.#field);
    this.#field = '';
    this.#quoted = false;
    this.#quoteSeen = false;
    this.#afterQuote = false;
  }

  #finishRecord(records: CsvRecord[]): void {
    this.#finishField();
    records.push({ line: this.#recordLine, fields: this.#fields });
    this.#fields = [];
    this.#started = false;
    this.#carriageReturn = false;
  }

  #invalid(line: number, what: string): WorkbenchError {
    return new WorkbenchError('dataset-invalid', `${this.#path}:${String(line)}: ${what}.`, {
      remedy: 'Quote fields that hold the delimiter, quotes or line breaks, and double the quotes inside them.',
      place: { path: this.#path, line },
    });
  }
}

/** Rows of a delimited file whose first record names the columns. */
export async function* readDelimited(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  delimiter: ',' | '\t',
): AsyncIterable<readonly DatasetRow[]> {
  const splitter = new CsvSplitter(path, delimiter);
  let columns: readonly string[] | undefined;
  const toRows = (records: readonly CsvRecord[]): DatasetRow[] => {
    const rows: DatasetRow[] = [];
    for (const record of records) {
      if (columns === undefined) columns = checkHeader(record, path);
      else rows.push({ line: record.line, values: toValues(columns, record, path) });
    }
    return rows;
  };
  for await (const text of decodeText(chunks, path)) yield toRows(splitter.push(text));
  yield toRows(splitter.end());
}

function checkHeader(record: CsvRecord, path: string): readonly string[] {
  const columns = record.fields.map(name => name.trim());
  const repeated = columns.find((name, index) => columns.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new WorkbenchError('dataset-invalid', `${path}:1: the header names the column "${repeated}" twice.`, {
      remedy: 'Give every column its own name.',
      place: { path, line: record.line },
    });
  }
  return columns;
}

function toValues(columns: readonly string[], record: CsvRecord, path: string): Readonly<Record<string, unknown>> {
  if (record.fields.length !== columns.length) {
    const found = `${String(record.fields.length)} fields, the header has ${String(columns.length)}`;
    throw new WorkbenchError('dataset-invalid', `${path}:${String(record.line)}: this row has ${found}.`, {
      remedy: 'Quote fields that hold the delimiter, or complete the row.',
      place: { path, line: record.line },
    });
  }
  const values: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  columns.forEach((column, index) => (values[column] = record.fields[index]));
  return values;
}
