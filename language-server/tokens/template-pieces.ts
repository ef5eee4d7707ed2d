import { providedNames } from '../../engine/templates/template.ts';
import { scanTemplate, type TemplateToken } from '../../engine/templates/scan-template.ts';
import type { ColouredPiece, TokenModifier, TokenType } from './legend.ts';

/**
 * Colours of a Jinja template: what the row gives is a parameter, what the template sets itself a variable. With `columns`, all that a row can
 * give, other names are marked as unknown.
 */
export function paintTemplate(text: string, columns?: ReadonlySet<string>): readonly ColouredPiece[] {
  const tokens = scanWhole(text);
  const own = collectOwnNames(tokens);
  return tokens.flatMap((token): readonly ColouredPiece[] => {
    const { start, end } = token;
    if (token.kind === 'variable') return [{ start, end, ...paintName(token.text, own, columns) }];
    if (token.kind === 'operator' && !/^[|=<>!+\-*/%~]$/.test(token.text)) return [];
    return [{ start, end, ...plainColours[token.kind] }];
  });
}

/** How often a template is scanned anew after a placeholder that has no end. */
const mostRescans = 20;

/** A placeholder whose end has not been typed yet reaches to the end of its line, and not over the words and placeholders after it. */
function scanWhole(text: string): readonly TemplateToken[] {
  const found: TemplateToken[] = [];
  let from = 0;
  for (let scans = 0; scans < mostRescans; scans++) {
    const base = from;
    const tokens = scanTemplate(text.slice(base)).map(token => shift(token, base));
    const open = findUnended(tokens);
    if (open === undefined) return [...found, ...tokens];
    const lineEnd = text.indexOf('\n', open);
    from = lineEnd < 0 ? text.length : lineEnd;
    found.push(...tokens.filter(({ end }) => end <= from));
  }
  return found;
}

function shift(token: TemplateToken, by: number): TemplateToken {
  return { ...token, start: token.start + by, end: token.end + by };
}

/** Where a placeholder starts that never ends, or in which another starts. */
function findUnended(tokens: readonly TemplateToken[]): number | undefined {
  let open: number | undefined;
  for (const [index, { kind, text, start, end }] of tokens.entries()) {
    const next = tokens[index + 1];
    if (kind === 'delimiter') open = text.startsWith('{') ? start : undefined;
    else if (text === '{' && next?.start === end && /^[{%]$/.test(next.text)) return open;
  }
  return open;
}

interface Colour {
  readonly type: TokenType;
  readonly modifiers?: readonly TokenModifier[];
}

const plainColours: Readonly<Record<Exclude<TemplateToken['kind'], 'variable'>, Colour>> = {
  comment: { type: 'comment' },
  delimiter: { type: 'macro' },
  filter: { type: 'function', modifiers: ['defaultLibrary'] },
  keyword: { type: 'keyword' },
  number: { type: 'number' },
  operator: { type: 'operator' },
  property: { type: 'property' },
  string: { type: 'string' },
};

function paintName(name: string, own: OwnNames, columns: ReadonlySet<string> | undefined): Colour {
  if (own.macros.has(name)) return { type: 'function' };
  if (own.variables.has(name)) return { type: 'variable' };
  if (providedNames.has(name)) return { type: 'variable', modifiers: ['defaultLibrary'] };
  if (columns === undefined || columns.has(name)) return { type: 'parameter' };
  return { type: 'variable', modifiers: ['unknown'] };
}

interface OwnNames {
  readonly variables: ReadonlySet<string>;
  readonly macros: ReadonlySet<string>;
}

/** Names that `for`, `set` and `macro` bind somewhere in the template: as in the engine, they are no columns anywhere in it. */
function collectOwnNames(tokens: readonly TemplateToken[]): OwnNames {
  const variables = new Set<string>();
  const macros = new Set<string>();
  let binding: string | undefined;
  for (const [index, { kind, text }] of tokens.entries()) {
    const isFirst = tokens[index - 1]?.kind === 'delimiter';
    if (kind === 'keyword' && isFirst && (text === 'for' || text === 'set' || text === 'macro')) binding = text;
    else if (kind === 'delimiter' || (kind === 'keyword' && text === 'in') || (binding === 'set' && text === '='))
      binding = undefined;
    else if (binding === 'macro' && kind === 'variable') {
      if (tokens[index - 1]?.text === 'macro') macros.add(text);
      else variables.add(text);
    } else if (binding === 'macro' && kind === 'property') variables.add(text);
    else if (binding !== undefined && kind === 'variable') variables.add(text);
  }
  return { variables, macros };
}
