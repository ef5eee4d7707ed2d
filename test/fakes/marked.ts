/** A text with marks taken out, and where they stood. */
export interface Marked {
  readonly text: string;
  /** Where `‸` stood. */
  readonly offset: number;
  readonly position: { readonly line: number; readonly character: number };
  /** Texts that stood between `⟦` and `⟧`, in order, by their ranges. */
  readonly ranges: readonly { readonly start: Marked['position']; readonly end: Marked['position'] }[];
}

/** Reads a fixture in which `‸` marks the cursor and `⟦…⟧` ranges. */
export function readMarked(marked: string): Marked {
  let text = '';
  let offset = -1;
  const open: Marked['position'][] = [];
  const ranges: { start: Marked['position']; end: Marked['position'] }[] = [];
  const here = (): Marked['position'] => {
    const lines = text.split('\n');
    return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
  };
  let position = here();
  for (const character of marked) {
    if (character === '‸') {
      offset = text.length;
      position = here();
    } else if (character === '⟦') open.push(here());
    else if (character === '⟧') {
      const start = open.pop();
      if (start === undefined) throw new Error('A ⟧ without its ⟦.');
      ranges.push({ start, end: here() });
    } else text += character;
  }
  ranges.sort((a, b) => a.start.line - b.start.line || a.start.character - b.start.character);
  return { text, offset, position, ranges };
}
