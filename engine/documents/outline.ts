/** A line of a file that is too large to be parsed, by what it names. */
export interface OutlineEntry {
  readonly name: string;
  /** Offsets of the line's text, as far as it is shown. */
  readonly start: number;
  readonly end: number;
  /** Offset where the next entry of the same level or a higher one starts. */
  readonly blockEnd: number;
  readonly items: readonly OutlineEntry[];
}

const mostFields = 200;
const mostItems = 2_000;
const mostLines = 500_000;
const longestLine = 200;
const field = /^([A-Za-z_][\w.-]*|"[^"\n]{1,80}"|'[^'\n]{1,80}'):(?=[ \r]|$)/;
const item = /^( *)- +(?:\{ *)?(?:(?:id|name|metric|role|field): +)?("[^"\n]*"|'[^'\n]*'|[^\s,:#}][^,:#}\n]*)/;

interface Started {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly items: Started[];
  /** Indentation of its items, known from the first on. */
  indent: number | undefined;
}

/**
 * Top-level fields and their list items, found by a look at the starts of lines: a text of any size in one quick pass, of which so many
 * entries are kept and no more. What stands in a block text may be taken for an entry.
 */
export function scanOutline(text: string): readonly OutlineEntry[] {
  const fields: Started[] = [];
  let items = 0;
  let lines = 0;
  for (let start = 0; start < text.length && lines < mostLines; lines += 1) {
    const lineEnd = text.indexOf('\n', start);
    const line = text.slice(start, Math.min(lineEnd < 0 ? text.length : lineEnd, start + longestLine));
    const name = field.exec(line)?.[1];
    if (name !== undefined) {
      if (fields.length >= mostFields) break;
      fields.push(startEntry(name, line, start, 0));
    } else if (items < mostItems && addItem(fields.at(-1), line, start)) items += 1;
    if (lineEnd < 0) break;
    start = lineEnd + 1;
  }
  return closeAll(fields, text.length);
}

function addItem(owner: Started | undefined, line: string, start: number): boolean {
  const [, margin, name] = (owner && item.exec(line)) ?? [];
  if (owner === undefined || margin === undefined || name === undefined) return false;
  owner.indent ??= margin.length;
  if (margin.length !== owner.indent) return false;
  owner.items.push(startEntry(name, line, start, margin.length));
  return true;
}

function startEntry(name: string, line: string, start: number, margin: number): Started {
  const shown = line.trimEnd().replace(/[\uD800-\uDBFF]$/, '');
  return {
    name: name.replace(/^(["'])(.*)\1$/, '$2'),
    start: start + margin,
    end: start + shown.length,
    items: [],
    indent: undefined,
  };
}

function closeAll(entries: readonly Started[], end: number): readonly OutlineEntry[] {
  return entries.map(({ name, start, end: ownEnd, items }, index) => {
    const blockEnd = entries[index + 1]?.start ?? end;
    return { name, start, end: ownEnd, blockEnd, items: closeAll(items, blockEnd) };
  });
}
