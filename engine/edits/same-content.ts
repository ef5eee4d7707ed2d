import { isAlias, isMap, isPair, isScalar, isSeq, Lexer, parseDocument } from 'yaml';
import { untrustedYaml } from '../documents/untrusted-yaml.ts';

/** Whether two YAML texts hold the same: values with their quoting, order, anchors, aliases and tags, and comments. */
export function hasSameContent(before: string, after: string): boolean {
  const [a, b] = [describe(before), describe(after)];
  return a !== undefined && a === b && commentsOf(before) === commentsOf(after);
}

function describe(text: string): string | undefined {
  try {
    const document = parseDocument(text, untrustedYaml);
    if (document.errors.length > 0) return undefined;
    return JSON.stringify(outline(document.contents));
  } catch {
    return undefined;
  }
}

function outline(node: unknown): unknown {
  if (isAlias(node)) return { alias: node.source };
  if (isPair(node)) return [outline(node.key), outline(node.value)];
  if (isMap(node) || isSeq(node)) {
    return { items: node.items.map(outline), flow: node.flow === true, list: isSeq(node), ...properties(node) };
  }
  if (!isScalar(node)) return null;
  const { value, type } = node;
  const plain = typeof value === 'number' || value === null || typeof value === 'boolean' ? node.source : undefined;
  return { value: typeof value === 'string' ? value : String(value), type, plain, ...properties(node) };
}

function properties({ anchor, tag }: { anchor?: string | undefined; tag?: string | undefined }): object {
  return { anchor, tag };
}

function commentsOf(text: string): string {
  const comments: string[] = [];
  for (const source of new Lexer().lex(text)) if (source.startsWith('#')) comments.push(source.trimEnd());
  return comments.join('\n');
}
