import { isCollection, isMap, isScalar, parseDocument, stringify, type Document, type Node, type YAMLMap } from 'yaml';
import { WorkbenchError } from '../base/errors.ts';
import { untrustedYaml } from '../documents/untrusted-yaml.ts';

/** A part of workbench.yaml that maps names to what they stand for. */
export type NamedSection = 'connections' | 'registries';

/**
 * The text of a workbench.yaml with connections added at the end of its `connections`, or registries likewise; everything that is there stays as it is written,
 * comments included. `additions` are YAML maps of names and what they stand for; a name that is taken gets a number. Throws `file-invalid`
 * where the text cannot be read, or that part of it is no map.
 */
export function addConnections(
  text: string,
  additions: readonly string[],
  path: string,
  section: NamedSection = 'connections',
): { readonly after: string; readonly names: string[] } {
  const document = read(text, path);
  if (document.contents !== null && !isMap(document.contents)) throw notAMap('The file', path);
  const existing: unknown = isMap(document.contents) ? document.get(section) : undefined;
  if (existing !== undefined && existing !== null && !isMap(existing)) throw notAMap(`\`${section}\``, path);
  const added = nameFreely(additions, isMap(existing) ? existing : undefined, path);
  const names = Object.keys(added);
  if (isMap(existing) && existing.flow !== true && existing.items.length > 0) {
    const indent = columnOf(text, existing.items[0]?.key as Node | undefined);
    return { after: insertLines(text, endOf(existing), stringify(added), indent), names };
  }
  if (!document.has(section)) {
    const end = text.trimEnd().length;
    const block = stringify({ [section]: added });
    return { after: end === 0 ? block : insertLines(text, end, block, 0), names };
  }
  // An empty value, or names in braces, make room for lines of their own.
  const kept = isMap(existing) ? (existing.toJS(document) as object) : {};
  document.set(section, document.createNode({ ...kept, ...added }));
  return { after: document.toString({ lineWidth: 0, flowCollectionPadding: false }), names };
}

function read(text: string, path: string): Document {
  const document = parseDocument(text, untrustedYaml);
  const [fault] = document.errors;
  if (fault === undefined) return document;
  throw new WorkbenchError('file-invalid', `${path} cannot be read: ${fault.message}`, {
    remedy: 'Correct it first.',
    place: { path },
  });
}

function nameFreely(
  additions: readonly string[],
  existing: YAMLMap | undefined,
  path: string,
): Record<string, unknown> {
  const added = new Map<string, unknown>();
  for (const addition of additions) {
    const value = read(addition, path).toJS() as Record<string, unknown> | null;
    for (const [wanted, connection] of Object.entries(value ?? {})) {
      let name = wanted;
      for (let number = 2; added.has(name) || existing?.has(name) === true; number += 1) name = `${wanted}-${number}`;
      added.set(name, connection);
    }
  }
  return Object.fromEntries(added);
}

/** Offset behind the last text of a block collection, before any comment on its line. */
function endOf(node: Node): number {
  if (isCollection(node) && node.flow !== true) {
    const last: unknown = node.items.at(-1);
    const inner = isMap(node) ? (last as { key: Node; value: Node | null }) : undefined;
    const next = inner === undefined ? (last as Node | undefined) : (inner.value ?? inner.key);
    if (next !== undefined) return endOf(next);
  }
  return node.range?.[1] ?? 0;
}

function columnOf(text: string, key: Node | undefined): number {
  const start = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
  return start - (text.lastIndexOf('\n', start - 1) + 1);
}

/** Puts a block of lines behind the line in which the text before `offset` ends. */
function insertLines(text: string, offset: number, block: string, indent: number): string {
  const end = text.slice(0, offset).trimEnd().length;
  const next = text.indexOf('\n', end);
  const line = next < 0 ? text.length : next;
  const head = text.slice(0, line).trimEnd();
  const lines = block
    .trimEnd()
    .split('\n')
    .map(each => (each === '' ? each : ' '.repeat(indent) + each));
  return `${head}\n${lines.join('\n')}\n${text.slice(line + 1)}`;
}

function notAMap(what: string, path: string): WorkbenchError {
  return new WorkbenchError('file-invalid', `${what} in ${path} is no map of names, so that nothing can be added.`, {
    remedy: 'Correct it first.',
    place: { path },
  });
}
