import { Lexer } from 'yaml';
import { diagnosticCodes, isDiagnosticCode, type DiagnosticCode } from '../documents/codes.ts';
import type { Diagnostic } from '../documents/diagnostic.ts';
import { sortFindings } from '../documents/findings.ts';
import type { ParsedDocument } from '../documents/parse.ts';
import { askDidYouMean, suggestWord } from '../documents/suggest.ts';

/** One code that a comment names. */
interface NamedCode {
  readonly text: string;
  /** Offsets of the code in the file. */
  readonly start: number;
  readonly end: number;
}

/** A comment that hides findings of one line. */
export interface Suppression {
  /** The line whose findings it hides, from 0. */
  readonly line: number;
  readonly codes: readonly NamedCode[];
  /** Offsets of the instruction, such as `aiwb-disable-line`. */
  readonly start: number;
  readonly end: number;
}

const instruction = /^#[ \t]*(aiwb-disable-(next-line|line))(?![\w-])([^\r\n]*)/;
/** Longer texts are not searched: they are not read either. */
const longestText = 1024 * 1024;

/**
 * The comments `# aiwb-disable-next-line CODE, …` and `# aiwb-disable-line CODE, …` of a file, also one with errors. The next line is the next
 * that is no comment and not blank. What follows ` -- ` says why. The same words inside a text are no comment.
 */
export function findSuppressions({ text, positionAt }: Pick<ParsedDocument, 'text' | 'positionAt'>): Suppression[] {
  if (text.length > longestText || !text.includes('aiwb-disable-')) return [];
  return findComments(text).flatMap(({ start, comment }) => {
    const [, name = '', which, rest = ''] = instruction.exec(comment) ?? [];
    if (which === undefined) return [];
    const at = start + comment.indexOf(name);
    const end = at + name.length;
    const own = positionAt(at).line;
    return [{ line: which === 'line' ? own : lineAfter(text, own), codes: readCodes(rest, end), start: at, end }];
  });
}

function readCodes(rest: string, offset: number): readonly NamedCode[] {
  const list = rest.split(/\s--(?:\s|$)/, 1)[0] ?? '';
  return [...list.matchAll(/[^\s,]+/g)].map(({ 0: text, index }) => ({
    text,
    start: offset + index,
    end: offset + index + text.length,
  }));
}

/** Comments as YAML's own lexer sees them, which takes any text; marks of its own stand before scalars and take no room. */
function findComments(text: string): readonly { readonly start: number; readonly comment: string }[] {
  const found: { start: number; comment: string }[] = [];
  let offset = 0;
  let isScalar = false;
  for (const token of new Lexer().lex(text)) {
    if (token === '\u0002' || token === '\u0018' || token === '\u001f') {
      isScalar = token === '\u001f';
      continue;
    }
    if (!isScalar && token.startsWith('#')) found.push({ start: offset, comment: token });
    isScalar = false;
    offset += token.length;
  }
  return found;
}

function lineAfter(text: string, line: number): number {
  const lines = text.split(/\r\n|\n|\r/);
  let next = line + 1;
  while (next < lines.length && /^[ \t]*(#|$)/.test(lines[next] ?? '')) next += 1;
  return next;
}

/**
 * Takes out what comments hide, and adds what is wrong with the comments: codes there are none of, and ones that hide nothing. `isComplete`
 * says whether every check has had its say; otherwise a comment may only seem to hide nothing.
 */
export function applySuppressions(
  parsed: ParsedDocument,
  diagnostics: readonly Diagnostic[],
  isComplete: boolean,
): readonly Diagnostic[] {
  const suppressions = findSuppressions(parsed);
  if (suppressions.length === 0) return diagnostics;
  const used = new Set<NamedCode>();
  const kept = diagnostics.filter(({ code, range }) => {
    if (diagnosticCodes[code].isSyntax === true) return true;
    const hiding = suppressions
      .filter(({ line }) => line === range.start.line)
      .flatMap(({ codes }) => codes.filter(({ text }) => text === code));
    for (const named of hiding) used.add(named);
    return hiding.length === 0;
  });
  const faults = suppressions.flatMap(suppression => describeFaults(suppression, used, parsed, isComplete));
  return faults.length === 0 ? kept : sortFindings([...kept, ...faults]);
}

function describeFaults(
  { codes, start, end }: Suppression,
  used: ReadonlySet<NamedCode>,
  parsed: ParsedDocument,
  isComplete: boolean,
): Diagnostic[] {
  if (codes.length === 0) {
    const message = 'Name the codes of the findings that are to be hidden, such as `unknown-connection`.';
    return [{ code: 'unused-suppression', severity: 'warning', message, range: parsed.rangeAt(start, end) }];
  }
  return codes.flatMap(named => {
    const { text } = named;
    const range = parsed.rangeAt(named.start, named.end);
    if (!isDiagnosticCode(text)) {
      const suggestion = suggestWord(text, Object.keys(diagnosticCodes));
      const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
      const message = `There is no code \`${shown.replaceAll('`', "'")}\`.${askDidYouMean(suggestion)}`;
      const replacement = suggestion === undefined ? {} : { replacement: suggestion };
      return [{ code: 'unused-suppression' as const, severity: 'warning' as const, message, range, ...replacement }];
    }
    if (used.has(named)) return [];
    const fault = describeUnused(text, isComplete);
    return fault === undefined
      ? []
      : [{ code: 'unused-suppression' as const, severity: fault.severity, message: fault.message, range }];
  });
}

function describeUnused(
  code: DiagnosticCode,
  isComplete: boolean,
): Pick<Diagnostic, 'message' | 'severity'> | undefined {
  const { isSyntax, needs } = diagnosticCodes[code];
  if (isSyntax === true)
    return { severity: 'warning', message: `\`${code}\` cannot be hidden: the text cannot be read with it.` };
  // Others who check the file may see more, or less.
  if (!isComplete || needs !== undefined) return undefined;
  return { severity: 'hint', message: `No \`${code}\` is found there. Take it out of the comment.` };
}
