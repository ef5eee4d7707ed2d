import { Parser, type CST } from 'yaml';

/** Where the lines of a block mapping or list start, before and after formatting. */
export interface Level {
  /** Column in the text as it is. */
  readonly column: number;
  /** Column in the formatted text. */
  readonly indent: number;
  readonly parent: Level | undefined;
}

export type PieceKind =
  | 'space'
  | 'newline'
  | 'comment'
  | 'open'
  | 'close'
  | 'comma'
  | 'colon'
  | 'dash'
  /** An anchor or a tag. */
  | 'property'
  | 'alias'
  | 'scalar'
  /** `|` or `>` with its indicators. */
  | 'header'
  /** The lines of a block text, with their indentation. */
  | 'block'
  /** Whatever white space around it may mean something. */
  | 'other';

/** A token with its place, the collection it belongs to, and the column it gets where it is the first of its line. */
export interface Piece {
  readonly kind: PieceKind;
  readonly start: number;
  readonly end: number;
  readonly level: Level;
  readonly indent: number;
  /** How many brackets it lies in; the bracket itself counts as outside. */
  readonly depth: number;
}

const root: Level = { column: 0, indent: 0, parent: undefined };

/** The tokens of one YAML document in order, white space included. Undefined where there is something they cannot be told of. */
export function readPieces(text: string, tabSize: number): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  const unknown: CST.Token[] = [];

  function add(kind: PieceKind, start: number, source: string, level: Level, indent: number, depth: number): void {
    if (source.length > 0) pieces.push({ kind, start, end: start + source.length, level, indent, depth });
  }

  function addSources(tokens: readonly CST.Token[] | undefined, level: Level, indent: number, depth: number): void {
    for (const token of tokens ?? []) addToken(token, level, indent, depth);
  }

  function addToken(token: CST.Token, level: Level, indent: number, depth: number): void {
    switch (token.type) {
      case 'block-map':
      case 'block-seq':
        addBlock(token, { column: token.indent, indent, parent: level }, depth);
        break;
      case 'flow-collection':
        addFlow(token, level, indent, depth);
        break;
      case 'block-scalar':
        addSources(token.props, level, indent, depth);
        add('block', token.offset + lengthOf(token.props), token.source, level, indent, depth);
        break;
      case 'document':
        addSources(token.start, level, indent, depth);
        if (token.value !== undefined) addToken(token.value, level, indent, depth);
        addSources(token.end, level, indent, depth);
        break;
      case 'alias':
      case 'scalar':
      case 'single-quoted-scalar':
      case 'double-quoted-scalar':
        add(token.type === 'alias' ? 'alias' : 'scalar', token.offset, token.source, level, indent, depth);
        addSources(token.end, level, indent, depth);
        break;
      default:
        addSource(token, level, indent, depth);
    }
  }

  function addSource(token: CST.Token, level: Level, indent: number, depth: number): void {
    const kind = kindOfSource[token.type];
    if (kind === undefined || !('source' in token)) unknown.push(token);
    else add(kind, token.offset, token.source, level, indent, depth);
  }

  function addBlock(token: CST.BlockMap | CST.BlockSequence, level: Level, depth: number): void {
    const { indent } = level;
    for (const item of token.items) {
      addSources(item.start, level, indent, depth);
      const isItem = token.type === 'block-seq';
      if (item.key !== undefined && item.key !== null) addToken(item.key, level, indent, depth);
      const inner = indent + (isItem ? 2 : tabSize);
      addSources(item.sep, level, inner, depth);
      if (item.value !== undefined) addToken(item.value, level, inner, depth);
    }
  }

  function addFlow(token: CST.FlowCollection, level: Level, indent: number, depth: number): void {
    addSources([token.start], level, indent, depth);
    for (const item of token.items) {
      addSources(item.start, level, indent, depth + 1);
      if (item.key !== undefined && item.key !== null) addToken(item.key, level, indent, depth + 1);
      addSources(item.sep, level, indent, depth + 1);
      if (item.value !== undefined) addToken(item.value, level, indent, depth + 1);
    }
    const [close, ...after] = token.end;
    if (close !== undefined) addSources([close], level, indent, depth + 1);
    addSources(after, level, indent, depth);
  }

  try {
    for (const token of new Parser().parse(text)) addToken(token, root, 0, 0);
  } catch {
    return undefined;
  }
  return unknown.length === 0 && coverAll(pieces, text) ? pieces : undefined;
}

const kindOfSource: Readonly<Partial<Record<CST.Token['type'], PieceKind>>> = {
  'byte-order-mark': 'other',
  'doc-mode': 'other',
  'doc-start': 'other',
  space: 'space',
  comment: 'comment',
  newline: 'newline',
  anchor: 'property',
  tag: 'property',
  'seq-item-ind': 'dash',
  'map-value-ind': 'colon',
  'flow-map-start': 'open',
  'flow-map-end': 'close',
  'flow-seq-start': 'open',
  'flow-seq-end': 'close',
  comma: 'comma',
  'block-scalar-header': 'header',
};

function lengthOf(tokens: readonly CST.Token[]): number {
  return tokens.reduce((sum, token) => sum + ('source' in token ? token.source.length : 0), 0);
}

/** Whether the pieces are the whole text, each where it says it is. */
function coverAll(pieces: readonly Piece[], text: string): boolean {
  let at = 0;
  for (const piece of pieces) {
    // The byte order mark has no place of its own.
    if (piece.start !== at) return false;
    at = piece.end;
  }
  return at === text.length;
}
