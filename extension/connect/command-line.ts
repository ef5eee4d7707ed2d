/** Words of a command line: separated by spaces, quoted with ' or ", a backslash before a quote, a space or itself takes it as it is. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  const pieces = /((?:[^\s"'\\]|\\["'\\\s]|\\|"(?:[^"\\]|\\.)*"?|'[^']*'?)+)/g;
  for (const [word] of line.matchAll(pieces)) words.push(unquote(word));
  return words;
}

function unquote(word: string): string {
  return word.replace(
    /"((?:[^"\\]|\\.)*)"?|'([^']*)'?|\\(["'\\\s])/g,
    (_, double?: string, single?: string, one?: string) =>
      double === undefined ? (single ?? one ?? '') : double.replace(/\\(["'\\\s])/g, '$1'),
  );
}

/** A command line that `splitWords` takes apart into these words again. */
export function joinWords(words: readonly string[]): string {
  return words
    .map(word => (word !== '' && !/[\s"'\\]/.test(word) ? word : `"${word.replace(/["\\]/g, '\\$&')}"`))
    .join(' ');
}
