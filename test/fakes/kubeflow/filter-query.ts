/** The server's filter language: conditions on fields and properties, joined by AND and OR. */

export type FilterValue = string | number | boolean | readonly (string | number | boolean)[];

export interface Condition {
  readonly property: string;
  readonly operator: string;
  readonly value: FilterValue;
  /** Whether it was written as a whole number, which is compared to integers and doubles. */
  readonly whole: boolean;
}

export type FilterNode =
  | { readonly kind: 'condition'; readonly condition: Condition }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly FilterNode[] };

interface Token {
  readonly kind: 'name' | 'escaped' | 'float' | 'int' | 'text' | 'operator' | 'mark';
  readonly text: string;
}

/** Thrown for what the server answers with 400. */
export class FilterFault extends Error {
  override readonly name = 'FilterFault';
}

const lexemes: readonly (readonly [Token['kind'] | 'blank', RegExp])[] = [
  ['blank', /^(?:\s+|--[^\r\n]*)/],
  ['name', /^[a-zA-Z_][a-zA-Z0-9_]*/],
  ['float', /^(?:[-+]?\d*\.\d+(?:[eE][-+]?\d+)?|[-+]?\d+[eE][-+]?\d+)/],
  ['int', /^[-+]?\d+/],
  ['text', /^(?:'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*")/],
  ['escaped', /^`(?:[^`\\]|\\[^])*`/],
  ['operator', /^(?:>=|<=|!=|<>|=|>|<)/],
  ['mark', /^[().,]/],
];

function tokenise(query: string): Token[] {
  const tokens: Token[] = [];
  let rest = query;
  while (rest !== '') {
    const match = lexemes.flatMap(([kind, pattern]) => {
      const found = pattern.exec(rest);
      return found === null ? [] : [{ kind, text: found[0] }];
    })[0];
    if (match === undefined) throw new FilterFault(`invalid input text "${rest.slice(0, 20)}"`);
    if (match.kind !== 'blank') tokens.push({ kind: match.kind, text: match.text });
    rest = rest.slice(match.text.length);
  }
  return tokens;
}

export function parseFilterQuery(query: string): FilterNode | undefined {
  if (query.trim() === '') return undefined;
  const tokens = tokenise(query);
  let at = 0;
  const peek = (): Token | undefined => tokens[at];
  const isWord = (word: string): boolean => peek()?.kind === 'name' && peek()?.text === word;
  const isMark = (mark: string): boolean => peek()?.kind === 'mark' && peek()?.text === mark;

  function take(): Token {
    const token = tokens[at];
    if (token === undefined) throw new FilterFault('unexpected end of the query');
    at += 1;
    return token;
  }

  function expectMark(mark: string): void {
    const token = take();
    if (token.kind !== 'mark' || token.text !== mark) throw new FilterFault(`unexpected token "${token.text}"`);
  }

  function either(): FilterNode {
    const parts = [both()];
    while (isWord('OR')) {
      take();
      parts.push(both());
    }
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'or', parts };
  }

  function both(): FilterNode {
    const parts = [term()];
    while (isWord('AND')) {
      take();
      parts.push(term());
    }
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'and', parts };
  }

  function term(): FilterNode {
    if (!isMark('(')) return { kind: 'condition', condition: comparison() };
    take();
    const inner = either();
    expectMark(')');
    return inner;
  }

  function comparison(): Condition {
    const property = propertyName();
    const token = take();
    const isOperator = token.kind === 'operator' || ['LIKE', 'ILIKE', 'IN'].includes(token.text);
    if (!isOperator) throw new FilterFault(`unexpected token "${token.text}"`);
    const first = peek();
    if (!isMark('(')) {
      return { property, operator: token.text, value: scalar(), whole: first?.kind === 'int' };
    }
    take();
    const values: (string | number | boolean)[] = [];
    while (!isMark(')')) {
      if (values.length > 0) expectMark(',');
      values.push(scalar());
    }
    take();
    return { property, operator: token.text, value: values, whole: false };
  }

  function propertyName(): string {
    const token = take();
    if (token.kind === 'escaped') return token.text.slice(1, -1).replaceAll('\\.', '.').replaceAll('\\\\', '\\');
    if (token.kind !== 'name') throw new FilterFault(`unexpected token "${token.text}"`);
    let name = token.text;
    while (isMark('.')) {
      take();
      name += `.${take().text}`;
    }
    return name;
  }

  function scalar(): string | number | boolean {
    const token = take();
    if (token.kind === 'text') return unquote(token.text);
    if (token.kind === 'name' && /^(?:true|false)$/i.test(token.text)) return token.text.toLowerCase() === 'true';
    if (token.kind !== 'int' && token.kind !== 'float') throw new FilterFault(`unexpected token "${token.text}"`);
    const number = Number(token.text);
    return number;
  }

  const node = either();
  if (at < tokens.length) throw new FilterFault(`unexpected token "${tokens[at]?.text ?? ''}"`);
  return node;
}

/** As the server does it: all quotes at both ends go, also those that were meant. */
function unquote(text: string): string {
  return text
    .replace(/^["']+|["']+$/g, '')
    .replaceAll('\\"', '"')
    .replaceAll("\\'", "'")
    .replaceAll('\\\\', '\\');
}
