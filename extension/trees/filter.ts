/** A word that stands for a property, written `@failed`. Words of one group are alternatives; different groups all must hold. */
export interface FilterTag {
  readonly tag: string;
  readonly group: string;
  /** What it chooses, in the user's words. */
  readonly label: string;
}

/** What a filter looks at of one entry. */
export interface FilterFacts {
  readonly text: string;
  readonly tags: readonly string[];
}

/** A filter as it is written: words that all must occur, and tags. */
export interface Filter {
  readonly text: string;
  matches(facts: FilterFacts): boolean;
}

/** Reads a filter's text; absent when it holds nothing. `@word` that is no tag is looked for as it stands. */
export function parseFilter(text: string, tags: readonly FilterTag[]): Filter | undefined {
  const known = new Map(tags.map(tag => [`@${tag.tag}`.toLowerCase(), tag]));
  const words: string[] = [];
  const groups = new Map<string, Set<string>>();
  for (const word of text.toLowerCase().split(/\s+/)) {
    if (word === '') continue;
    const tag = known.get(word);
    if (tag === undefined) words.push(word);
    else groups.set(tag.group, (groups.get(tag.group) ?? new Set()).add(tag.tag));
  }
  if (words.length === 0 && groups.size === 0) return undefined;
  return {
    text: text.trim().replace(/\s+/g, ' '),
    matches(facts) {
      for (const wanted of groups.values()) if (!facts.tags.some(tag => wanted.has(tag))) return false;
      if (words.length === 0) return true;
      const own = facts.text.toLowerCase();
      return words.every(word => own.includes(word));
    },
  };
}

/** Tags that could be the word at the text's end, without those that are written already. */
export function suggestTags(text: string, tags: readonly FilterTag[]): readonly FilterTag[] {
  const words = text.toLowerCase().split(/\s+/);
  const last = words.pop() ?? '';
  if (last !== '' && !last.startsWith('@')) return [];
  const written = new Set(words);
  return tags.filter(({ tag }) => !written.has(`@${tag}`) && `@${tag}`.startsWith(last) && `@${tag}` !== last);
}

/** The text with its last word, where that is the beginning of a tag, made this tag. */
export function completeTag(text: string, tag: string): string {
  const kept = /(^|\s)@?\S*$/.test(text) && !text.endsWith(' ') ? text.replace(/\S*$/, '') : text;
  return `${kept}@${tag} `;
}
