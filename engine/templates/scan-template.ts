/** A piece of a Jinja template with its place: offsets into the template's text, `end` the first after it. */
export interface TemplateToken {
  readonly kind:
    'delimiter' | 'variable' | 'property' | 'keyword' | 'filter' | 'string' | 'number' | 'operator' | 'comment';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const keywords = new Set(
  'if elif else endif for endfor in set endset macro endmacro call endcall filter endfilter break continue not and or is true false none True False None'.split(
    ' ',
  ),
);

/**
 * The pieces of a template that mean something, in order; text between placeholders is left out. Made for colours, completion and places: it takes
 * whatever is there, also half a placeholder, which reaches to the end of the text. Whether a template is right, `compileTemplate` decides.
 */
export function scanTemplate(text: string): readonly TemplateToken[] {
  const tokens: TemplateToken[] = [];
  let at = 0;
  for (;;) {
    const open = findOpen(text, at);
    if (open < 0) return tokens;
    const close = text[open + 1] === '#' ? '#}' : text[open + 1] === '%' ? '%}' : '}}';
    if (close === '#}') {
      const found = text.indexOf(close, open + 2);
      const end = found < 0 ? text.length : found + 2;
      tokens.push({ kind: 'comment', text: text.slice(open, end), start: open, end });
      at = end;
      continue;
    }
    at = scanPlaceholder(text, open, close, tokens);
  }
}

function findOpen(text: string, from: number): number {
  for (let at = text.indexOf('{', from); at >= 0; at = text.indexOf('{', at + 1)) {
    if (/[{%#]/.test(text[at + 1] ?? '')) return at;
  }
  return -1;
}

const piece =
  /\s+|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|\d+(?:\.\d+)?|[\p{L}_][\p{L}\p{N}_]*|[|.=<>!+\-*/%~,:()[\]{}]|[^]/uy;

/** Returns where the placeholder ends. */
function scanPlaceholder(text: string, open: number, close: string, tokens: TemplateToken[]): number {
  let at = open + (/[-+]/.test(text[open + 2] ?? '') ? 3 : 2);
  tokens.push({ kind: 'delimiter', text: text.slice(open, at), start: open, end: at });
  let before = '';
  while (at < text.length) {
    const trimmed = text[at] === '-' || text[at] === '+' ? at + 1 : at;
    if (text.startsWith(close, trimmed)) {
      const end = trimmed + 2;
      tokens.push({ kind: 'delimiter', text: text.slice(at, end), start: at, end });
      return end;
    }
    piece.lastIndex = at;
    const [found = ''] = piece.exec(text) ?? [];
    if (found === '') return text.length;
    const kind = kindOf(found, before, text.slice(at + found.length));
    if (kind !== undefined) tokens.push({ kind, text: found, start: at, end: at + found.length });
    // A test follows `is not` as it follows `is`.
    if (found.trim() !== '' && !(before === 'is' && found === 'not')) before = found;
    at += found.length;
  }
  return at;
}

function kindOf(found: string, before: string, rest: string): TemplateToken['kind'] | undefined {
  if (found.trim() === '') return undefined;
  if (/^["']/.test(found)) return 'string';
  if (/^\d/.test(found)) return 'number';
  if (!/^[\p{L}_]/u.test(found)) return 'operator';
  if (before === '.') return 'property';
  if (before === '|' || before === 'is') return keywords.has(found) ? 'keyword' : 'filter';
  if (keywords.has(found)) return 'keyword';
  // `default(value, boolean=true)`: the name of an argument is none of the row's.
  return /^\s*=(?!=)/.test(rest) && /[(,]/.test(before) ? 'property' : 'variable';
}
