import { DocumentFault } from './limits.ts';

/** Names as written, prefix and all. */
export interface XmlVisitor {
  open(name: string, attributes: ReadonlyMap<string, string>): void;
  close(name: string): void;
  text(text: string): void;
}

const deepest = 256;
const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Walks over an XML document. One with a document type is refused: entities of its own, inside it or elsewhere, are never resolved.
 * Throws a `DocumentFault` for what is not well formed.
 */
export function walkXml(source: string, visitor: XmlVisitor): void {
  const open: string[] = [];
  let at = source.startsWith('\uFEFF') ? 1 : 0;
  while (at < source.length) {
    const tag = source.indexOf('<', at);
    if (tag === -1) break;
    if (tag > at && open.length > 0) visitor.text(decodeReferences(source.slice(at, tag)));
    if (source.startsWith('<!--', tag)) at = after(source, '-->', tag + 4);
    else if (source.startsWith('<![CDATA[', tag)) {
      at = after(source, ']]>', tag + 9);
      visitor.text(source.slice(tag + 9, at - 3));
    } else if (source.startsWith('<?', tag)) at = after(source, '?>', tag + 2);
    else if (source.startsWith('<!', tag))
      throw new DocumentFault('broken', 'A part of it declares a document type, which no Word document does.');
    else if (source.startsWith('</', tag)) {
      at = after(source, '>', tag);
      const name = source.slice(tag + 2, at - 1).trim();
      if (open.pop() !== name) throw notWellFormed();
      visitor.close(name);
    } else at = openTag(source, tag, open, visitor);
  }
  if (open.length > 0) throw notWellFormed();
}

function openTag(source: string, tag: number, open: string[], visitor: XmlVisitor): number {
  const end = endOfTag(source, tag);
  const isEmpty = source[end - 2] === '/';
  const inner = source.slice(tag + 1, end - (isEmpty ? 2 : 1));
  const name = /^[^\s=/<>"']+/.exec(inner)?.[0];
  if (name === undefined) throw notWellFormed();
  visitor.open(name, readAttributes(inner, name.length));
  if (isEmpty) visitor.close(name);
  else if (open.push(name) > deepest) throw new DocumentFault('broken', 'Its parts lie too deep within each other.');
  return end;
}

/** Behind the `>` that ends a tag: one within an attribute's value does not. */
function endOfTag(source: string, tag: number): number {
  for (let at = tag; at < source.length; at++) {
    const character = source[at]!;
    if (character === '>') return at + 1;
    if (character === '"' || character === "'") at = after(source, character, at + 1) - 1;
  }
  throw notWellFormed();
}

function readAttributes(inner: string, from: number): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  const one = /\s+([^\s=<>"']+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/gy;
  one.lastIndex = from;
  for (let match = one.exec(inner); match !== null; match = one.exec(inner))
    attributes.set(match[1]!, decodeReferences(match[2] ?? match[3] ?? ''));
  return attributes;
}

function decodeReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|[a-z]{2,4});/g, (all, reference: string) => {
    if (!reference.startsWith('#')) return named[reference] ?? all;
    const code = reference.startsWith('#x') ? parseInt(reference.slice(2), 16) : Number(reference.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\uFFFD';
  });
}

function after(source: string, what: string, from: number): number {
  const found = source.indexOf(what, from);
  if (found === -1) throw notWellFormed();
  return found + what.length;
}

function notWellFormed(): DocumentFault {
  return new DocumentFault('broken', 'A part of it is no well-formed XML. Open it in Word and save it again.');
}
