/** Longest answer a program is taken from. */
const longestCode = 200_000;

/**
 * The program in an answer: its first fenced block of the language, else its first block at all, else the whole answer. Blocks without
 * an end reach to the answer's.
 */
export function findCode(answer: string, languages: readonly string[]): string {
  const lines = answer.slice(0, longestCode).split('\n');
  let first: string | undefined;
  let block: string[] | undefined;
  let isWanted = false;
  const end = (): string | undefined => {
    const code = (block ?? []).join('\n');
    block = undefined;
    first ??= code;
    return isWanted ? code : undefined;
  };
  for (const line of lines) {
    const fence = /^ {0,3}(?:```|~~~)/.test(line);
    if (!fence) {
      block?.push(line);
      continue;
    }
    if (block === undefined) {
      const info = line
        .replace(/^[ `~]*/, '')
        .trim()
        .toLowerCase();
      isWanted = languages.some(language => info === language || info.startsWith(`${language} `));
      block = [];
      continue;
    }
    const code = end();
    if (code !== undefined) return code;
  }
  if (block !== undefined) {
    const code = end();
    if (code !== undefined) return code;
  }
  return first ?? lines.join('\n');
}
