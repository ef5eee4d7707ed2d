import { parseDocument as parseYaml, type Alias, type Node } from 'yaml';
import type { DocumentKind } from '../../engine/documents/kinds.ts';
import { indexLines } from '../../engine/documents/lines.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import { untrustedYaml } from '../../engine/documents/untrusted-yaml.ts';
import { collectValue } from '../../engine/documents/values.ts';

/** The part of a parsed document that tells what it names. */
export type NamingDocument = Pick<
  ParsedDocument,
  'kind' | 'text' | 'draft' | 'contents' | 'aliasTargets' | 'rangeAt' | 'offsetAt'
>;

/** Reads a file as far as its names go: whether it is valid does not matter for them, and is most of the work. */
export function readTree(kind: DocumentKind, text: string): NamingDocument {
  const { rangeAt, offsetAt } = indexLines(text);
  const contents = parseQuietly(text);
  const { value, targets } = contents === undefined ? nothing : collectValue(contents);
  return { kind, text, draft: value, contents, aliasTargets: targets, rangeAt, offsetAt };
}

const nothing = { value: undefined, targets: new Map<Alias, Node>() };

/** The parser recurses: only nesting that exhausts the stack makes it throw. */
function parseQuietly(text: string): Node | undefined {
  try {
    return parseYaml(text, untrustedYaml).contents ?? undefined;
  } catch {
    return undefined;
  }
}
