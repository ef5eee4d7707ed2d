import { closestName } from '../base/suggest.ts';

/** The candidate that probably was meant by `word`, absent when none is near. */
export function suggestWord(word: string, candidates: readonly string[]): string | undefined {
  return closestName(
    word,
    candidates.filter(candidate => candidate !== word),
  );
}

/** ` Did you mean \`x\`?`, or nothing. */
export function askDidYouMean(suggestion: string | undefined): string {
  return suggestion === undefined ? '' : ` Did you mean \`${suggestion}\`?`;
}

/** `a`, `b` and `c`, at most `most` of them by name. */
export function listWords(words: readonly string[], most = 12): string {
  if (words.length === 0) return 'none';
  const shown = words.slice(0, most).map(word => `\`${word}\``);
  if (words.length > most) return `${shown.join(', ')} and ${words.length - most} more`;
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}
