/** One field of the file, or one child of a field that holds a block of children, as lines of the text. */
export interface Segment {
  readonly start: number;
  /** Start of the next segment, or the end of the text. */
  readonly end: number;
  /** All that its parse depends on beside its own text. */
  readonly role: Role;
}

/** A field of the file with the lines up to the next. */
export interface FieldSegment extends Segment {
  /** Present where the field is a bare `key:` over children that can be parsed one by one; `end` is then where the first of them starts. */
  readonly block: ChildBlock | undefined;
}

export interface ChildBlock {
  readonly kind: ChildKind;
  readonly indent: number;
  readonly children: readonly Segment[];
}

export type ChildKind = 'item' | 'pair';

export interface Role {
  /** A whole field, the line that starts a field with children, or one child. */
  readonly level: 'field' | 'header' | ChildKind;
  /** Of the children. */
  readonly indent: number;
  /** What stands behind it: that decides to whom trailing lines belong. */
  readonly follow: Follow;
}

type Follow = 'sibling' | 'field' | 'end';

const plainKey = /[A-Za-z_][\w.-]*:(?=[ \r\n]|$)/y;
const restOfHeader = / *(?: #[^\n]*)?\r?(?:\n|$)/y;
const dash = /-(?=[ \r\n]|$)/y;

interface OpenField {
  readonly start: number;
  readonly isBare: boolean;
  kind: ChildKind | undefined;
  indent: number;
  children: number[];
  isWhole: boolean;
}

/**
 * Cuts a text at the lines that start a top-level field, and fields at the lines that start a child. Looks at indentation only, so what
 * it gives is right for a text whose segments are each right by themselves. Absent where that is in doubt: document markers,
 * directives, tabs before the structure is clear, lone carriage returns, keys that are not plain words.
 */
export function cutSegments(text: string): readonly FieldSegment[] | undefined {
  if (hasLoneReturn(text) || text.startsWith('\uFEFF')) return undefined;
  const fields: OpenField[] = [];
  let field: OpenField | undefined;
  let start = 0;
  while (start < text.length) {
    const lineEnd = text.indexOf('\n', start);
    const next = lineEnd < 0 ? text.length : lineEnd + 1;
    const first = firstOnLine(text, start);
    const isContent = first < next && !isLineBreak(text, first) && text[first] !== '#';
    if (isContent) {
      const indent = first - start;
      if (indent === 0 && matchesAt(plainKey, text, first)) {
        field = openField(text, first);
        fields.push(field);
      } else if (field === undefined || !takeLine(field, text, start, indent)) return undefined;
    }
    start = next;
  }
  return fields.map((one, index) => closeField(one, fields[index + 1]?.start, text.length));
}

function openField(text: string, start: number): OpenField {
  restOfHeader.lastIndex = plainKey.lastIndex;
  return { start, isBare: restOfHeader.test(text), kind: undefined, indent: 0, children: [], isWhole: false };
}

/** Adds a line to a field; false where the text cannot be cut. */
function takeLine(field: OpenField, text: string, lineStart: number, indent: number): boolean {
  const at = lineStart + indent;
  const mayBeTab = field.isBare && !field.isWhole && (field.kind === undefined || indent <= field.indent);
  if (text[at] === '\t' && (mayBeTab || indent === 0)) return false;
  const isDash = matchesAt(dash, text, at);
  if (indent === 0 && !(isDash && field.isBare && (field.kind === undefined || field.indent === 0))) return false;
  if (!field.isBare || field.isWhole) return indent > 0;
  if (field.kind === undefined) {
    field.kind = isDash ? 'item' : 'pair';
    field.indent = indent;
  }
  if (indent > field.indent) return true;
  const isChild = field.kind === 'item' ? isDash : matchesAt(plainKey, text, at);
  if (indent === field.indent && isChild) field.children.push(lineStart);
  else field.isWhole = true;
  return indent > 0 || !field.isWhole;
}

function closeField(field: OpenField, nextField: number | undefined, length: number): FieldSegment {
  const end = nextField ?? length;
  const follow: Follow = nextField === undefined ? 'end' : 'field';
  const { start, kind, indent, children } = field;
  const [firstChild] = children;
  if (field.isWhole || kind === undefined || firstChild === undefined)
    return { start, end, role: { level: 'field', indent: 0, follow }, block: undefined };
  const segments = children.map((childStart, index): Segment => {
    const nextChild = children[index + 1];
    const role: Role = { level: kind, indent, follow: nextChild === undefined ? follow : 'sibling' };
    return { start: childStart, end: nextChild ?? end, role };
  });
  return {
    start,
    end: firstChild,
    role: { level: 'header', indent, follow: 'sibling' },
    block: { kind, indent, children: segments },
  };
}

function matchesAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

function firstOnLine(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) === 32) at += 1;
  return at;
}

function isLineBreak(text: string, at: number): boolean {
  const character = text[at];
  return character === '\n' || character === '\r';
}

function hasLoneReturn(text: string): boolean {
  for (let at = text.indexOf('\r'); at >= 0; at = text.indexOf('\r', at + 1)) if (text[at + 1] !== '\n') return true;
  return false;
}
