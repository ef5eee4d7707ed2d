import { CompletionItemKind } from 'vscode-languageserver';
import { diagnosticCodes, type CodeFacts } from '../../engine/documents/codes.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import type { Offer } from './list.ts';

/** Offers in a comment, and where in its line the word starts that they replace. */
export interface CommentOffers {
  readonly offers: readonly Offer[];
  readonly start: number;
}

/** Comments that keep findings quiet, with what they are about. */
const directives = [
  { name: 'aiwb-disable-next-line', detail: 'Say nothing of the next line' },
  { name: 'aiwb-disable-line', detail: 'Say nothing of this line' },
] as const;

/** Codes a person may want not to be told: none of those that keep the file from being read. */
const codes = Object.entries(diagnosticCodes).flatMap(([code, facts]: [string, CodeFacts]) =>
  facts.isSyntax === true ? [] : [code],
);

/** What can be written in a comment: `before` is its line up to the cursor. Absent where the line has no comment of ours. */
export function completeComment(
  before: string,
  line: number,
  read: () => ParsedDocument | undefined,
): CommentOffers | undefined {
  const found = /(?:^|\s)#\s*(aiwb-disable-(?:next-)?line\s[\s,a-z-]*|[a-z-]+)$/.exec(before)?.[1];
  // What follows two hyphens says why.
  if (found === undefined || /\s--(?:\s|$)/.test(found)) return undefined;
  const directive = directives.find(({ name }) => found.startsWith(`${name} `));
  if (directive === undefined) {
    const offers = directives
      .filter(({ name }) => name.startsWith(found))
      .map(({ name, detail }, index) => ({ ...offer(name, detail, index), text: `${name} `, again: true }));
    return offers.length === 0 ? undefined : { offers, start: before.length - found.length };
  }
  const words = found.slice(directive.name.length).split(/[\s,]+/);
  const typed = words.pop() ?? '';
  const parsed = read();
  const meant = directive.name === 'aiwb-disable-line' || parsed === undefined ? line : lineAfter(parsed.text, line);
  const told = (parsed?.diagnostics ?? []).filter(({ range }) => range.start.line === meant).map(({ code }) => code);
  const wanted: readonly string[] = [...new Set<string>([...told, ...codes])].filter(name => !words.includes(name));
  const isTold = (name: string): boolean => told.some(code => code === name);
  return {
    offers: wanted.map((name, index) => offer(name, isTold(name) ? 'told of the line' : 'diagnostic', index)),
    start: before.length - typed.length,
  };
}

/** The next line that says something. */
function lineAfter(text: string, line: number): number {
  const lines = text.split('\n');
  let next = line + 1;
  while (next < lines.length && /^\s*(#|$)/.test(lines[next] ?? '')) next += 1;
  return next;
}

function offer(label: string, detail: string, index: number): Offer {
  return {
    label,
    kind: CompletionItemKind.Constant,
    detail,
    sort: String(index).padStart(4, '0'),
    filter: label,
    text: label,
    isSnippet: false,
    again: false,
  };
}
