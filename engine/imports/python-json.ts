import { WorkbenchError } from '../base/errors.ts';

/**
 * Parses JSON as Python writes it: `NaN`, `Infinity` and `-Infinity` are taken for null. Integers beyond 2^53 lose their last digits, as in
 * any JavaScript program. Throws `file-invalid` with the place's name.
 */
export function parsePythonJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      return JSON.parse(withoutNonFinite(text));
    } catch (error) {
      throw new WorkbenchError('file-invalid', `${place} is not JSON.`, {
        remedy: 'It may be cut off: write the results again.',
        cause: error,
      });
    }
  }
}

/** Replaces the bare words outside of strings, in one pass. */
function withoutNonFinite(text: string): string {
  const pieces: string[] = [];
  let kept = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) {
      at = endOfString(text, at);
      continue;
    }
    // N, I or −I; every other JSON word is lower-case.
    if (code !== 78 && code !== 73) continue;
    const word = text.startsWith('NaN', at) ? 'NaN' : text.startsWith('Infinity', at) ? 'Infinity' : undefined;
    if (word === undefined) continue;
    const start = text[at - 1] === '-' ? at - 1 : at;
    pieces.push(text.slice(kept, start), 'null');
    kept = at + word.length;
    at = kept - 1;
  }
  return pieces.join('') + text.slice(kept);
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) at++;
    else if (code === 34) return at;
  }
  return text.length;
}
