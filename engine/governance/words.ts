/** `a, b and c`, at most `most` of them by name. */
export function joinWords(words: readonly string[], most = 12): string {
  const shown = words.slice(0, most);
  if (words.length > most) return `${shown.join(', ')} and ${String(words.length - most)} more`;
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}
