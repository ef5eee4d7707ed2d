import { providedNames } from '../../engine/prompts/template.ts';
import { scanTemplate, type TemplateToken } from '../../engine/prompts/scan-template.ts';
import type { ColouredPiece, TokenModifier, TokenType } from './legend.ts';

/**
 * Colours of a Jinja template: what the row gives is a parameter, what the template sets itself a variable. With `columns`, all that a row can
 * give, other names are marked as unknown.
 */
export function paintTemplate(text: string, columns?: ReadonlySet<string>): readonly ColouredPiece[] {
  const tokens = scanTemplate(text);
  const own = collectOwnNames(tokens);
  return tokens.flatMap((token): readonly ColouredPiece[] => {
    const { start, end } = token;
    if (token.kind === 'variable') return [{ start, end, ...paintName(token.text, own, columns) }];
    if (token.kind === 'operator' && !/^[|=<>!+\-*/%~]$/.test(token.text)) return [];
    return [{ start, end, ...plainColours[token.kind] }];
  });
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
