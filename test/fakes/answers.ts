/**
 * A label by a small rule: `ANSWER=word` in a text answers `word`; `one of: a, b, c` answers the first of them that the rest of
 * the text names, else the first; anything else answers `answer`.
 */
export function answerByRule(text: string): string {
  const told = /ANSWER=(\S+)/.exec(text)?.[1];
  if (told !== undefined) return told;
  const list = /one of:?\s+([^\n.]+)/i.exec(text);
  if (!list?.[1]) return 'answer';
  const labels = list[1].split(/,\s*(?:or\s+)?|\s+or\s+/).map(label => label.trim());
  const rest = text.replace(list[0], ' ').toLowerCase();
  return labels.find(label => rest.includes(label.toLowerCase())) ?? labels[0] ?? 'answer';
}

/** One piece a word, with the spaces kept, so that the pieces joined give the answer. */
export function splitWords(answer: string): string[] {
  return answer.match(/\s*\S+|\s+$/g) ?? [];
}

/** A message's text, whether it is one text or a list of parts. */
export function textOfContent(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: { text?: unknown }) => (typeof part.text === 'string' ? part.text : '')).join('\n');
}
