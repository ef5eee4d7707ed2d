import type { YAMLError } from 'yaml';
import type { Diagnostic } from './diagnostic.ts';
import type { LineIndex } from './lines.ts';

/** After so many faults more would not help anybody. */
const mostFaults = 50;

/** What the YAML parser found, in words that say what to do. Faults that only follow from another on the same line are left out. */
export function describeSyntax(
  text: string,
  errors: readonly YAMLError[],
  warnings: readonly YAMLError[],
  lines: LineIndex,
): Diagnostic[] {
  if (errors.some(error => error.code === 'RESOURCE_EXHAUSTION')) {
    const at = errors.find(error => error.code === 'RESOURCE_EXHAUSTION')?.pos[0] ?? 0;
    return [
      {
        code: 'too-deep',
        severity: 'error',
        message: 'Nested too deeply to be read.',
        range: lines.rangeAt(at, at + 1),
      },
    ];
  }
  const diagnostics: Diagnostic[] = [];
  const seenLines = new Set<number>();
  const firstTab = errors.find(error => error.code === 'TAB_AS_INDENT')?.pos[0] ?? Infinity;
  for (const error of errors) {
    if (diagnostics.length >= mostFaults) break;
    // The structure after a tab is a guess, and so is everything the parser says about it.
    if (error.code !== 'TAB_AS_INDENT' && error.pos[0] >= firstTab) continue;
    const diagnostic = describeError(text, error, lines);
    const line = diagnostic.range.start.line;
    if (seenLines.has(line)) continue;
    seenLines.add(line);
    diagnostics.push(diagnostic);
  }
  for (const warning of warnings.slice(0, mostFaults)) {
    if (warning.code !== 'TAG_RESOLVE_FAILED') continue;
    diagnostics.push({
      code: 'unknown-tag',
      severity: 'warning',
      message: `The tag \`${text.slice(warning.pos[0], warning.pos[1])}\` means nothing here and is ignored.`,
      range: lines.rangeAt(warning.pos[0], warning.pos[1]),
    });
  }
  return diagnostics;
}

function describeError(text: string, error: YAMLError, lines: LineIndex): Diagnostic {
  const [start, end] = error.pos;
  const range = lines.rangeAt(start, Math.max(end, Math.min(start + 1, text.length)));
  const firstLine = {
    start: range.start,
    end: range.end.line > range.start.line ? endOf(range.start.line, lines) : range.end,
  };
  if (error.code === 'TAB_AS_INDENT') {
    const line = range.start.line;
    const indent = /^[ \t]*/.exec(lines.lineText(line))?.[0] ?? '';
    return {
      code: 'tab-indentation',
      severity: 'error',
      message: 'This line is indented with a tab. YAML takes only spaces: use two for each level.',
      range: { start: { line, character: 0 }, end: { line, character: Math.max(indent.length, 1) } },
      replacement: indent.replaceAll('\t', '  '),
    };
  }
  if (error.code === 'MULTIPLE_DOCS') {
    return {
      code: 'several-documents',
      severity: 'error',
      message:
        'A second YAML document starts here (`---`). One file holds one document: move this into a file of its own.',
      range: firstLine,
    };
  }
  return { code: 'yaml-syntax', severity: 'error', message: plainWords(error, text), range: firstLine };
}

function endOf(line: number, lines: LineIndex): { line: number; character: number } {
  return { line, character: lines.lineText(line).length };
}

const wordsOfCode: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  MULTILINE_IMPLICIT_KEY:
    'This line has no `: ` after its field name, so it runs into the next. Write `field: value`, with a space after the colon.',
  BLOCK_AS_IMPLICIT_KEY:
    'A nested field cannot start here. If this is one text, put it in quotes; if it is a new field, put it on its own line with the same indentation as its neighbours.',
  BLOCK_IN_FLOW:
    'Inside `{ }` and `[ ]` everything is separated by commas; indented fields and `- ` items cannot stand there.',
  BAD_DQ_ESCAPE: 'Unknown escape in a double-quoted text. Write `\\\\` for a backslash, or use single quotes.',
  BAD_ALIAS: 'An anchor (`&name`) or alias (`*name`) needs a name.',
  ALIAS_PROPS: 'An alias (`*name`) stands for a finished value; it can have no tag or anchor of its own.',
  BAD_DIRECTIVE: 'This `%` directive cannot be understood; remove it.',
  MULTIPLE_ANCHORS: 'A value can have only one anchor (`&name`).',
  MULTIPLE_TAGS: 'A value can have only one tag (`!name`).',
  NON_STRING_KEY: 'A field name must be plain text. A text that starts with `{` or `[` must be put in quotes.',
  KEY_OVER_1024_CHARS: 'This field name is longer than 1,024 characters.',
};

function plainWords(error: YAMLError, text: string): string {
  const message = error.message;
  const character = text[error.pos[0]] ?? '';
  switch (error.code) {
    case 'MISSING_CHAR':
      if (message.includes('closing "')) return 'This text starts with `"` and never ends: the closing `"` is missing.';
      if (message.includes("closing '")) return "This text starts with `'` and never ends: the closing `'` is missing.";
      if (message.includes('followed by map values')) return 'This field has no `:`. Write `field: value`.';
      if (message.includes('end with a')) return `The closing \`${message.slice(-1)}\` is missing.`;
      if (message.startsWith('Missing , or :') || message.startsWith('Missing ,'))
        return 'A comma is missing before this.';
      if (message.startsWith('Missing space after :')) return 'A space is missing after the colon.';
      if (message.startsWith('Comments must')) return 'A comment needs a space before its `#`.';
      if (message.startsWith('Sequence item without')) return 'This list item does not start with `- `.';
      return `${message}.`;
    case 'BAD_INDENT': {
      const bracket = /end with a (.)$/.exec(message)?.[1];
      if (bracket !== undefined)
        return `The closing \`${bracket}\` is missing, or this line is not indented deeper than the line that opened the bracket.`;
      return 'The indentation fits no line above. Fields of one mapping, and items of one list, start in the same column.';
    }
    case 'BAD_SCALAR_START':
      return `A text cannot start with \`${character}\` unless it is in quotes.`;
    case 'UNEXPECTED_TOKEN':
      return `This is not expected here${/[\]},]/.test(character) ? `: a \`${character}\` with nothing to close or separate` : ''}. Put the text in quotes if it is one value.`;
    case 'TAG_RESOLVE_FAILED':
      return 'This value does not fit its `!` tag; remove the tag.';
    default:
      return wordsOfCode[error.code] ?? `${message}.`;
  }
}
