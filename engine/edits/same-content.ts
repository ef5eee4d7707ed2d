import { isAlias, isMap, isPair, isScalar, isSeq, Lexer, parseDocument } from 'yaml';
import { untrustedYaml } from '../documents/untrusted-yaml.ts';

/** Whether two YAML texts hold the same: values with their quoting, order, anchors, aliases and tags, and comments. */
export function hasSameContent(before: string, after: string): boolean {
  const [a, b] = [describe(before), describe(after)];
  return a !== undefined && a === b && commentsOf(before) === commentsOf(after);
}

/** The same, whatever the quoting and whether in brackets or on lines. */
export function hasSameValue(before: string, after: string): boolean {
  const [a, b] = [describe(before, false), describe(after, false)];
  return a !== undefined && a === b && commentsOf(before) === commentsOf(after);
}

function describe(text: string, withStyle = true): string | undefined {
  try {
    const document = parseDocument(text, untrustedYaml);
    if (document.errors.length > 0) return undefined;
    return JSON.stringify(outline(document.contents, withStyle));
  } catch {
    return undefined;
  }
}

function outline(node: unknown, withStyle: boolean): unknown {
  if (isAlias(node)) return { alias: node.source };
  if (isPair(node)) return [outline(node.key, withStyle), outline(node.value, withStyle)];
  if (isMap(node) || isSeq(node)) {
    const items = node.items.map(item => outline(item, withStyle));
    return { items, flow: withStyle && node.flow === true, list: isSeq(node), ...properties(node) };
  }
  if (!isScalar(node)) return null;
  const { value, type } = node;
  const plain = typeof value === 'number' || value === null || typeof value === 'boolean' ? node.source : undefined;
  return {
    value: typeof value === 'string' ? value : String(value),
    type: withStyle ? type : undefined,
    plain,
    ...properties(node),
  };
}

function properties({ anchor, tag }: { anchor?: string | undefined; tag?: string | undefined }): object {
  return { anchor, tag };
}

function commentsOf(text: string): string {
  const comments: string[] = [];
  for (const source of new Lexer().lex(text)) if (source.startsWith('#')) comments.push(source.trimEnd());
  return comments.join('\n');
}
