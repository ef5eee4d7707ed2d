import { isAlias, isMap, isScalar, isSeq, type Alias, type Node, type Pair, type YAMLMap } from 'yaml';
import type { DiagnosticCode } from './diagnostic.ts';

/** A finding by offsets, before it has a range. */
export interface ValueFault {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly node: Node;
  readonly related?: { readonly message: string; readonly node: Node };
}

export interface CollectedValue {
  readonly value: unknown;
  readonly faults: readonly ValueFault[];
  /** What each alias stands for. */
  readonly targets: ReadonlyMap<Alias, Node>;
}

/** Deeper than any of our files; keeps every walk over a hostile file bounded. */
const deepest = 64;
/** How many values aliases may stand for in all: the guard against aliases of aliases of aliases. */
const mostAliasedValues = 50_000;

interface Anchored {
  readonly node: Node;
  value: unknown;
  /** How many values it holds, aliases counted out; absent while it is still being read. */
  size: number | undefined;
}

/**
 * The plain value of a YAML tree. Done here and not by `Document.toJS`, because one walk gives the value, repeated keys
 * (in linear time), merge keys, and anchors with their cycles and bombs, each with its place.
 */
export function collectValue(root: Node | null): CollectedValue {
  const faults: ValueFault[] = [];
  const targets = new Map<Alias, Node>();
  const anchors = new Map<string, Anchored>();
  let count = 0;
  let aliased = 0;
  const state = { refused: false };

  function read(node: Node, depth: number): unknown {
    count += 1;
    if (isAlias(node)) return readAlias(node);
    const name = (node as { anchor?: string }).anchor;
    if (name === undefined) return readContent(node, depth);
    const anchored: Anchored = { node, value: undefined, size: undefined };
    anchors.set(name, anchored);
    const before = count;
    anchored.value = readContent(node, depth);
    anchored.size = count - before + 1;
    return anchored.value;
  }

  function readContent(node: Node, depth: number): unknown {
    if (isScalar(node)) return plainScalar(node.value, node.source);
    if (depth > deepest) {
      if (!state.refused) faults.push({ code: 'too-deep', message: `Nested more than ${deepest} levels deep.`, node });
      state.refused = true;
      return null;
    }
    if (isSeq(node)) {
      const list: unknown[] = [];
      for (const item of node.items) list.push(readOptional(item, depth));
      return list;
    }
    return isMap(node) ? readPairs(node.items, depth) : null;
  }

  function readOptional(node: unknown, depth: number): unknown {
    return node === null || node === undefined ? null : read(node as Node, depth + 1);
  }

  function readPairs(pairs: readonly Pair[], depth: number): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    const keys = new Map<string, Node>();
    let merged: unknown[] | undefined;
    for (const pair of pairs) {
      const keyNode = pair.key as Node;
      const key = keyText(keyNode);
      // The parser has already refused keys that are no text.
      if (key === undefined) continue;
      const value = readOptional(pair.value, depth);
      if (isMergeKey(keyNode)) {
        (merged ??= []).push(...collectMerged(value, (pair.value ?? keyNode) as Node));
        continue;
      }
      const earlier = keys.get(key);
      if (earlier !== undefined) {
        faults.push({
          code: 'duplicate-key',
          message: `\`${key}\` stands here twice; only one can count.`,
          node: keyNode,
          related: { message: `\`${key}\` stands here first.`, node: earlier },
        });
        continue;
      }
      keys.set(key, keyNode);
      setOwn(object, key, value);
    }
    for (const source of merged ?? []) {
      for (const [key, value] of Object.entries(source as object)) {
        if (!Object.hasOwn(object, key)) setOwn(object, key, value);
      }
    }
    return object;
  }

  function collectMerged(value: unknown, node: Node): unknown[] {
    const sources = Array.isArray(value) ? value : [value];
    if (sources.every(source => typeof source === 'object' && source !== null && !Array.isArray(source)))
      return sources;
    faults.push({
      code: 'wrong-type',
      message: '`<<` merges mappings: give it an alias of one, such as `<<: *defaults`.',
      node,
    });
    return [];
  }

  function readAlias(alias: Alias): unknown {
    const anchored = anchors.get(alias.source);
    if (anchored === undefined) {
      faults.push({
        code: 'unknown-anchor',
        message: `\`*${alias.source}\` refers to nothing: no \`&${alias.source}\` stands before it.`,
        node: alias,
      });
      return null;
    }
    if (anchored.size === undefined) {
      faults.push({
        code: 'anchor-cycle',
        message: `\`*${alias.source}\` lies inside \`&${alias.source}\` and would contain itself.`,
        node: alias,
        related: { message: `\`&${alias.source}\` starts here.`, node: anchored.node },
      });
      return null;
    }
    aliased += anchored.size;
    if (aliased > mostAliasedValues) {
      if (!state.refused) {
        const message = `The aliases stand for more than ${mostAliasedValues.toLocaleString('en')} values in all; the file is refused.`;
        faults.push({ code: 'too-many-aliases', message, node: alias });
      }
      state.refused = true;
      return null;
    }
    count += anchored.size;
    targets.set(alias, anchored.node);
    return anchored.value;
  }

  const value = root === null ? null : read(root, 0);
  return { value: state.refused ? undefined : value, faults, targets };
}

/** A mapping's key as text, absent for keys that are no scalars. */
export function keyText(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  return typeof key.value === 'string' ? key.value : (key.source ?? '');
}

export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.source === '<<' && key.type === 'PLAIN';
}

/** The pair of a mapping with this key, written in the mapping itself. */
export function findPair(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find(pair => keyText(pair.key) === key);
}

/** Values YAML 1.1 files may bring (dates, big integers, symbols) are taken as the text they were written as. */
function plainScalar(value: unknown, source: string | undefined): unknown {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    default:
      return value === null || value === undefined ? null : (source ?? '');
  }
}

/** A scalar's value as text, empty for anything else. */
export function scalarText(node: unknown): string {
  if (!isScalar(node)) return '';
  const { value, source } = node;
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : (source ?? '');
}

/** Plain assignment would call the setter of `__proto__`. */
export function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}
