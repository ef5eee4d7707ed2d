import type { Scalar } from 'yaml';

/** From places in a scalar's value to places in the file: `offsets[i]` is where the value's UTF-16 unit `i` is written, and the last entry where the value ends. */
export type ScalarOffsets = readonly number[];

/**
 * Where each unit of a scalar's text is written in `source`, the text the scalar was parsed from. Handles plain, quoted and block scalars with
 * their escapes, folded lines and indentation. Absent where the two cannot be matched, such as for a scalar that is no text.
 */
export function mapScalar(source: string, scalar: Scalar): ScalarOffsets | undefined {
  const { value, range, type } = scalar;
  if (typeof value !== 'string' || !range) return undefined;
  const [start, end] = range;
  if (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED') return matchBlock(source, value, start, end);
  const isQuoted = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE';
  return matchFlow(
    source,
    value,
    isQuoted ? start + 1 : start,
    end,
    type === 'QUOTE_DOUBLE' ? '"' : type === 'QUOTE_SINGLE' ? "'" : '',
  );
}

function matchBlock(source: string, value: string, start: number, end: number): ScalarOffsets | undefined {
  const offsets: number[] = [];
  let at = source.indexOf('\n', start) + 1;
  if (at === 0) return undefined;
  let index = 0;
  while (index < value.length) {
    const character = value[index] as string;
    if (at >= end) {
      // Kept or added line breaks at the end have no text of their own.
      if (value.slice(index).trim() !== '') return undefined;
      offsets.push(end);
      index += 1;
    } else if (source[at] === character) {
      offsets.push(at);
      index += 1;
      at += 1;
    } else if (character === '\n' && source[at] === '\r') {
      offsets.push(at);
      index += 1;
      at += source[at + 1] === '\n' ? 2 : 1;
    } else if (character === ' ' && /[\r\n]/.test(source[at] as string)) {
      // A folded line break.
      offsets.push(at);
      index += 1;
      at += source[at] === '\r' && source[at + 1] === '\n' ? 2 : 1;
    } else if (/[ \t\r\n]/.test(source[at] as string)) at += 1;
    else return undefined;
  }
  offsets.push(Math.min(at, end));
  return offsets;
}

function matchFlow(
  source: string,
  value: string,
  start: number,
  end: number,
  quote: string,
): ScalarOffsets | undefined {
  const offsets: number[] = [];
  let at = start;
  let index = 0;
  while (index < value.length) {
    if (at >= end) return undefined;
    const character = value[index] as string;
    const written = source[at] as string;
    if (quote === '"' && written === '\\') {
      const escape =
        /^\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r?\n[ \t]*|[^])/.exec(source.slice(at, at + 200))?.[0] ??
        '\\';
      if (!/^\\\r?\n/.test(escape)) {
        offsets.push(at);
        index += 1;
        // `\U0001F600` is two units.
        if (escape.startsWith('\\U') && /[\uD800-\uDBFF]/.test(character)) {
          offsets.push(at);
          index += 1;
        }
      }
      at += escape.length;
    } else if (quote === "'" && written === "'" && source[at + 1] === "'") {
      offsets.push(at);
      index += 1;
      at += 2;
    } else if (/[\r\n]/.test(written) || (/[ \t]/.test(written) && written !== character)) {
      const gap = /^[ \t]*(?:\r?\n|\r)[ \t\r\n]*/.exec(source.slice(at))?.[0];
      if (gap === undefined) return undefined;
      while (index < value.length && /[ \n]/.test(value[index] as string)) {
        offsets.push(at);
        index += 1;
      }
      at += gap.length;
    } else if (written === character) {
      const gap = /[ \t]/.test(written) ? /^[ \t]*(?:\r?\n|\r)[ \t\r\n]*/.exec(source.slice(at))?.[0] : undefined;
      if (gap === undefined) {
        offsets.push(at);
        index += 1;
        at += 1;
      } else {
        while (index < value.length && /[ \n]/.test(value[index] as string)) {
          offsets.push(at);
          index += 1;
        }
        at += gap.length;
      }
    } else return undefined;
  }
  offsets.push(at);
  return offsets;
}
