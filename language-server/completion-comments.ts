import { CompletionItemKind } from 'vscode-languageserver';
import type { DiagnosticCode } from '../engine/documents/diagnostic.ts';
import type { ParsedDocument } from '../engine/documents/parse.ts';
import type { Offer } from './completion-list.ts';

/** Offers in a comment, and where in its line the word starts that they replace. */
export interface CommentOffers {
  readonly offers: readonly Offer[];
  readonly start: number;
}

const directive = 'aiwb-disable-next-line';

/** Codes a person may want not to be told: none of those that keep the file from being read. */
const codes = [
  'unknown-field',
  'missing-field',
  'missing-value',
  'wrong-type',
  'not-allowed-value',
  'bad-format',
  'out-of-range',
  'wrong-length',
  'duplicate-item',
  'conflicting-fields',
  'unknown-connection',
  'unknown-column',
  'unknown-figure',
  'unknown-model',
  'missing-file',
  'unreadable-file',
  'missing-split',
  'metric-unsuitable',
  'unknown-platform',
  'unknown-aspect',
  'unknown-benchmark',
  'unknown-slice',
  'unknown-policy',
  'ambiguous-policy',
  'policy-cycle',
  'policy-broken',
  'version-mismatch',
  'wider-level',
  'loosened-rule',
  'conflicting-rules',
  'duplicate-id',
  'incomplete-control',
  'incomplete-check',
  'unknown-framework',
  'unknown-framework-id',
  'unsatisfiable-gate',
  'prompt-template',
  'secret-in-file',
] as const satisfies readonly DiagnosticCode[];

/** What can be written in a comment: `before` is its line up to the cursor. Absent where the line has no comment of ours. */
export function completeComment(
  before: string,
  line: number,
  read: () => ParsedDocument | undefined,
): CommentOffers | undefined {
  const found = /(?:^|\s)#\s*(aiwb-disable-next-line\s[\s,a-z-]*|[a-z-]+)$/.exec(before)?.[1];
  if (found === undefined) return undefined;
  if (!found.startsWith(directive) || found === directive) {
    if (!directive.startsWith(found)) return undefined;
    const detail = 'Say nothing of the next line';
    return {
      offers: [{ ...offer(directive, detail, 0), text: `${directive} `, again: true }],
      start: before.length - found.length,
    };
  }
  const words = found.slice(directive.length).split(/[\s,]+/);
  const typed = words.pop() ?? '';
  const told = (read()?.diagnostics ?? [])
    .filter(({ range }) => range.start.line === line + 1)
    .map(diagnostic => diagnostic.code);
  const wanted: readonly string[] = [...new Set<string>([...told, ...codes])].filter(name => !words.includes(name));
  return {
    offers: wanted.map((name, index) =>
      offer(name, (told as readonly string[]).includes(name) ? 'told of the next line' : 'diagnostic', index),
    ),
    start: before.length - typed.length,
  };
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
