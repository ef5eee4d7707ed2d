/** Name on the platform of a run's n-th job, from 1: clusters keep the names of jobs that have ended. */
export function jobName(tag: string, attempt: number): string {
  return attempt === 1 ? tag : `${tag}-${String(attempt)}`;
}

/** Which job of the run a name is; undefined for a name that is not of this tag. */
export function attemptOf(tag: string, name: string): number | undefined {
  if (name === tag) return 1;
  const number = name.startsWith(`${tag}-`) ? /^[1-9]\d{0,5}$/.exec(name.slice(tag.length + 1))?.[0] : undefined;
  return number === undefined || number === '1' ? undefined : Number(number);
}

/** Words as a POSIX shell takes them back. */
export function quoteShell(words: readonly string[]): string {
  return words.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
