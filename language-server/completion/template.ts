import { CompletionItemKind } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { isPromptKind, type DocumentKind } from '../../engine/documents/kinds.ts';
import { scanTemplate, type TemplateToken } from '../../engine/templates/scan-template.ts';
import type { Offer } from './list.ts';
import { offerTemplateNames } from './template-names.ts';
import type { ServerContext } from '../context.ts';
import { findText, type TextAround } from './cursor.ts';
import { rowAt } from '../names/table.ts';

/** Offers inside a template's placeholder, and the offsets of the word they replace. */
export interface TemplateOffers {
  readonly offers: readonly Offer[];
  readonly start: number;
  readonly end: number;
}

/** A placeholder that is longer is none that somebody is writing. */
const longestPlaceholder = 2_000;
const word = /[\p{L}\p{N}_]/u;

/** What can be written in the placeholder the cursor is in; absent outside of placeholders. */
export async function completeTemplate(
  context: ServerContext,
  document: TextDocument,
  kind: DocumentKind,
  offset: number,
  signal: AbortSignal,
): Promise<TemplateOffers | undefined> {
  if (!isPromptKind(kind) && kind !== 'workbench') return undefined;
  const text = document.getText();
  if (!isInPlaceholder(text.slice(Math.max(0, offset - longestPlaceholder), offset))) return undefined;
  const around = findText(text, offset);
  if (around === undefined || rowAt(kind, around.path, 'value')?.names !== 'variable') return undefined;
  let start = offset;
  while (start > 0 && word.test(text[start - 1] ?? '')) start -= 1;
  let end = offset;
  while (end < text.length && word.test(text[end] ?? '')) end += 1;
  const place = readPlace(around.before);
  const offers = place === undefined ? [] : await offerAt(place, around, context, document, kind, signal);
  return { offers, start, end };
}

function isInPlaceholder(before: string): boolean {
  const open = Math.max(before.lastIndexOf('{{'), before.lastIndexOf('{%'));
  return open >= 0 && !/[}%]\}/.test(before.slice(open + 2));
}

/** What is expected at the end of a half-written template. */
interface TemplatePlace {
  readonly expects: 'name' | 'filter' | 'test' | 'statement' | 'operator' | 'in';
  readonly open: TemplateToken;
  /** What is there before the word at the cursor. */
  readonly tokens: readonly TemplateToken[];
}

/** Absent where a name is made up, after a dot, and in texts. */
function readPlace(before: string): TemplatePlace | undefined {
  const all = scanTemplate(before);
  const last = all.at(-1);
  if (last?.kind === 'string' && !/^(["']).*\1$/s.test(last.text)) return undefined;
  const isPartial =
    last !== undefined && last.end === before.length && word.test(last.text.at(-1) ?? '') && last.kind !== 'number';
  const tokens = isPartial ? all.slice(0, -1) : all;
  const open = tokens.findLast(({ kind }) => kind === 'delimiter');
  const previous = tokens.at(-1);
  if (open === undefined || previous === undefined || !open.text.startsWith('{') || open.text.startsWith('{#'))
    return undefined;
  const inside = tokens.slice(tokens.indexOf(open) + 1);
  const expects = expectedAfter(previous, open, inside);
  return expects && { expects, open, tokens };
}

function expectedAfter(
  previous: TemplateToken,
  open: TemplateToken,
  inside: readonly TemplateToken[],
): TemplatePlace['expects'] | undefined {
  if (previous === open) return open.text.startsWith('{%') ? 'statement' : 'name';
  const [statement, ...rest] = open.text.startsWith('{%') ? inside : [];
  if (statement !== undefined && rest.length === 0) {
    return ['if', 'elif', 'filter'].includes(statement.text)
      ? statement.text === 'filter'
        ? 'filter'
        : 'name'
      : undefined;
  }
  if (statement?.text === 'for' && !rest.some(({ text }) => text === 'in'))
    return previous.text === ',' ? undefined : 'in';
  if (statement?.text === 'set' && !rest.some(({ text }) => text === '=')) return undefined;
  switch (previous.kind) {
    case 'operator':
      if (previous.text === '.') return undefined;
      if (previous.text === '|') return 'filter';
      return /[)\]}]/.test(previous.text) ? 'operator' : 'name';
    case 'keyword':
      if (previous.text === 'is') return 'test';
      if (previous.text === 'not' && inside.at(-2)?.text === 'is') return 'test';
      return /^(true|false|none)$/i.test(previous.text) ? 'operator' : 'name';
    default:
      return 'operator';
  }
}

const filters: readonly (readonly [name: string, detail: string])[] = [
  ['abs', 'without its sign'],
  ['capitalize', 'first letter upper case'],
  ['default', 'another value where there is none'],
  ['dictsort', 'pairs by key'],
  ['first', 'first item'],
  ['float', 'as a number'],
  ['indent', 'lines moved to the right'],
  ['int', 'as a whole number'],
  ['items', 'pairs of a mapping'],
  ['join', 'items with a text between'],
  ['last', 'last item'],
  ['length', 'how many'],
  ['list', 'as a list'],
  ['lower', 'lower case'],
  ['map', 'one attribute of each item'],
  ['rejectattr', 'items without'],
  ['replace', 'one text for another'],
  ['reverse', 'backwards'],
  ['selectattr', 'items with'],
  ['sort', 'in order'],
  ['string', 'as text'],
  ['title', 'Each Word Upper Case'],
  ['tojson', 'as JSON'],
  ['trim', 'without white space around'],
  ['unique', 'each item once'],
  ['upper', 'upper case'],
];

const tests =
  'defined undefined none true false boolean number integer string mapping iterable sequence odd even lower upper equalto'.split(
    ' ',
  );
const operators = 'and or not in is if else'.split(' ');
const statements: readonly (readonly [name: string, rest: string, ends: string])[] = [
  ['if', ' ${1:name}', 'endif'],
  ['for', ' ${1:item} in ${2:list}', 'endfor'],
  ['elif', '', ''],
  ['else', '', ''],
  ['endif', '', ''],
  ['endfor', '', ''],
  ['set', '', ''],
];

async function offerAt(
  place: TemplatePlace,
  around: TextAround,
  context: ServerContext,
  document: TextDocument,
  kind: DocumentKind,
  signal: AbortSignal,
): Promise<readonly Offer[]> {
  const { expects } = place;
  const end = closingOf(place.open, around.after);
  switch (expects) {
    case 'filter':
      return filters.map(([name, detail], index) => offer(name, detail, index, CompletionItemKind.Function, end));
    case 'test':
      return tests.map((name, index) => offer(name, 'test', index, CompletionItemKind.Keyword, end));
    case 'operator':
      return operators.map((name, index) => offer(name, 'keyword', index, CompletionItemKind.Keyword, ''));
    case 'in':
      return [offer('in', 'keyword', 0, CompletionItemKind.Keyword, '')];
    case 'statement':
      return statements.map((statement, index) => offerStatement(statement, index, end, context.client.snippets));
    case 'name':
      return (await offerTemplateNames(context, document, kind, place.tokens, around, signal)).map(
        ({ name, detail, describe }, index) => ({
          ...offer(name, detail, index, CompletionItemKind.Variable, end),
          describe,
        }),
      );
  }
}

function offerStatement(
  [name, rest, ends]: (typeof statements)[number],
  index: number,
  end: string,
  snippets: boolean,
): Offer {
  // Where the statement is closed already, or the editor knows no snippets, the word alone is written.
  if (end === '' || rest === '' || !snippets) {
    return offer(name, 'statement', index, CompletionItemKind.Keyword, /^(else|endif|endfor)$/.test(name) ? end : '');
  }
  return {
    ...offer(name, `statement up to ${ends}`, index, CompletionItemKind.Keyword, ''),
    text: `${name}${rest}${end}$0{% ${ends} %}`,
    isSnippet: true,
  };
}

/** What closes the placeholder, where nothing does before the next begins. */
function closingOf(open: TemplateToken, after: string): string {
  const close = open.text.startsWith('{%') ? '%}' : '}}';
  const next = after.search(/\{[{%#]/);
  const found = after.indexOf(close);
  return found >= 0 && (next < 0 || found < next) ? '' : ` ${close}`;
}

function offer(name: string, detail: string, index: number, kind: CompletionItemKind, end: string): Offer {
  return {
    label: name,
    kind,
    detail,
    sort: String(index).padStart(4, '0'),
    filter: name,
    text: `${name}${end}`,
    isSnippet: false,
    again: false,
  };
}
