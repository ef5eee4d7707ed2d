import { WorkbenchError } from '../base/errors.ts';
import { decodeText, longestLine, tooLong } from './lines.ts';
import { parseRow } from './jsonl.ts';
import type { DatasetRow } from './row.ts';

/** Where a splitter stands: before the list, between its rows, inside one, or after it. */
type State = 'before' | 'between' | 'row' | 'after';

/**
 * Finds the rows of a JSON list without holding more than one of them: brackets and quotes are counted, and each row's text is parsed
 * once it is whole.
 */
class ArraySplitter {
  readonly #path: string;
  #state: State = 'before';
  #depth = 0;
  #quoted = false;
  #escaped = false;
  #row = '';
  #line = 1;
  #rowLine = 1;
  /** A comma came, or the list began: a row may follow. */
  #open = true;

  constructor(path: string) {
    this.#path = path;
  }

  push(text: string): DatasetRow[] {
    const rows: DatasetRow[] = [];
    let start = 0;
    for (let at = 0; at < text.length; at += 1) {
      const character = text.charCodeAt(at);
      if (character === newline) this.#line += 1;
      if (this.#state === 'row') {
        if (!this.#endsRow(character)) continue;
        rows.push(this.#finish(text.slice(start, at + 1)));
      } else if (this.#betweenRows(character)) start = at;
    }
    if (this.#state === 'row') {
      this.#row += text.slice(start);
      if (this.#row.length > longestLine) throw tooLong(this.#path, this.#rowLine);
    }
    return rows;
  }

  end(): void {
    if (this.#state !== 'after') throw this.#invalid('the list is never closed');
  }

  /** Whether the character closes the row it stands in. */
  #endsRow(character: number): boolean {
    if (this.#quoted) {
      if (this.#escaped) this.#escaped = false;
      else if (character === backslash) this.#escaped = true;
      else if (character === quote) this.#quoted = false;
      return false;
    }
    if (character === quote) this.#quoted = true;
    else if (character === openBrace || character === openBracket) this.#depth += 1;
    else if (character === closeBrace || character === closeBracket) this.#depth -= 1;
    return this.#depth === 0;
  }

  /** Whether the character opens a row. */
  #betweenRows(character: number): boolean {
    if (character === space || character === newline || character === 13 || character === 9) return false;
    if (this.#state === 'before') {
      if (character !== openBracket) throw this.#invalid('the file holds no list of rows');
      this.#state = 'between';
      return false;
    }
    if (this.#state === 'after') throw this.#invalid('something follows the end of the list');
    if (character === closeBracket) {
      this.#state = 'after';
      return false;
    }
    if (character === comma && !this.#open) {
      this.#open = true;
      return false;
    }
    if (character !== openBrace || !this.#open) throw this.#invalid('this row is not a JSON object');
    this.#state = 'row';
    this.#depth = 1;
    this.#rowLine = this.#line;
    return true;
  }

  #finish(rest: string): DatasetRow {
    const text = this.#row + rest;
    if (text.length > longestLine) throw tooLong(this.#path, this.#rowLine);
    this.#row = '';
    this.#state = 'between';
    this.#open = false;
    return { line: this.#rowLine, values: parseRow(text, this.#path, this.#rowLine) };
  }

  #invalid(what: string): WorkbenchError {
    return new WorkbenchError('dataset-invalid', `${this.#path}:${String(this.#line)}: ${what}.`, {
      remedy: 'Write the file as one list of objects: [{"text": "…"}, …], or as JSON Lines.',
      place: { path: this.#path, line: this.#line },
    });
  }
}

const newline = 10;
const space = 32;
const quote = 34;
const comma = 44;
const openBracket = 91;
const backslash = 92;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

/** Rows of a JSON file that holds one list of objects. Memory is bounded by the longest row. */
export async function* readJsonArray(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
): AsyncIterable<readonly DatasetRow[]> {
  const splitter = new ArraySplitter(path);
  for await (const text of decodeText(chunks, path)) yield splitter.push(text);
  splitter.end();
}
