import { WorkbenchError } from '../../base/errors.ts';
import { anyInLine, anySymbol, readClass, readEscape, type SymbolTest, testLiteral } from './regex-symbols.ts';

/** A pattern as a tree. Numbers of groups count from 1 in the order of their opening parentheses. */
export type RegexNode =
  | { readonly kind: 'symbol'; readonly test: SymbolTest }
  | { readonly kind: 'sequence' | 'choice'; readonly nodes: readonly RegexNode[] }
  | {
      readonly kind: 'repeat';
      readonly node: RegexNode;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    }
  | { readonly kind: 'group'; readonly node: RegexNode; readonly index: number }
  | { readonly kind: 'look'; readonly node: RegexNode; readonly behind: boolean; readonly negated: boolean }
  | { readonly kind: 'reference'; readonly index: number; readonly ignoreCase: boolean }
  | { readonly kind: 'place'; readonly place: RegexPlace };

export type RegexPlace =
  'text-start' | 'text-end' | 'line-start' | 'line-end' | 'last-line-end' | 'boundary' | 'no-boundary';

export interface RegexTree {
  readonly root: RegexNode;
  readonly groups: number;
}

const maxPattern = 2000;
const maxDepth = 50;
const maxRepeat = 1000;

interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
  readonly multiline: boolean;
}

/**
 * Reads a regular expression as Python's `re` writes it: classes, groups (named ones too), greedy and lazy repeats, look ahead and behind, back references,
 * the flags i, m and s. Not read: possessive repeats, atomic and conditional groups, verbose and ASCII flags.
 * @throws WorkbenchError `file-invalid` that says where and why.
 */
export function parseRegex(pattern: string): RegexTree {
  const symbols = Array.from(pattern);
  const names = new Map<string, number>();
  const closed = new Set<number>();
  let at = 0;
  let groups = 0;
  let depth = 0;

  const fail = (reason: string): never => {
    throw new WorkbenchError(
      'file-invalid',
      `The regular expression "${clip(pattern)}" cannot be used: ${reason} (character ${at + 1}).`,
      {
        remedy: 'Write it as for Python\'s "re": classes, groups, repeats and look-arounds are known.',
      },
    );
  };
  const sees = (text: string): boolean => pattern !== '' && symbols.slice(at, at + text.length).join('') === text;
  const takes = (text: string): boolean => {
    if (!sees(text)) return false;
    at += text.length;
    return true;
  };
  if (symbols.length > maxPattern) fail(`it is longer than ${maxPattern} characters`);

  function readChoice(flags: Flags): RegexNode {
    if (++depth > maxDepth) fail(`its groups are more than ${maxDepth} deep`);
    const nodes = [readSequence(flags)];
    while (takes('|')) nodes.push(readSequence(flags));
    depth--;
    return nodes.length === 1 ? nodes[0]! : { kind: 'choice', nodes };
  }

  function readSequence(flags: Flags): RegexNode {
    const nodes: RegexNode[] = [];
    while (at < symbols.length && !sees('|') && !sees(')')) {
      const node = readAtom(flags);
      if (node !== undefined) nodes.push(readRepeat(node));
    }
    return nodes.length === 1 ? nodes[0]! : { kind: 'sequence', nodes };
  }

  function readRepeat(node: RegexNode): RegexNode {
    const range = readRange();
    if (range === undefined) return node;
    if (node.kind === 'place' || node.kind === 'look') fail('a place, which has no length, cannot be repeated');
    const lazy = takes('?');
    if (sees('+')) fail('possessive repeats are not known');
    if (readRange() !== undefined) fail('a repeat is repeated; put the first in a group');
    return { kind: 'repeat', node, ...range, lazy };
  }

  function readRange(): { min: number; max: number } | undefined {
    if (takes('*')) return { min: 0, max: Infinity };
    if (takes('+')) return { min: 1, max: Infinity };
    if (takes('?')) return { min: 0, max: 1 };
    const braces = /^\{(\d*)(,?)(\d*)\}/.exec(symbols.slice(at, at + 24).join(''));
    // Anything else in braces is just text to Python.
    if (braces === null || (braces[1] === '' && braces[2] === '')) return undefined;
    const min = Number(braces[1] ?? 0);
    const max = braces[2] === '' ? min : braces[3] === '' ? Infinity : Number(braces[3]);
    if (min > maxRepeat || (max !== Infinity && max > maxRepeat))
      fail(`it repeats something more than ${maxRepeat} times`);
    if (min > max) fail('a repeat asks for more than it allows');
    at += braces[0].length;
    return { min, max };
  }

  function readAtom(flags: Flags): RegexNode | undefined {
    const symbol = symbols[at]!;
    if (takes('(')) return readGroup(flags);
    if (takes('[')) {
      const read = readClass(symbols, at, flags.ignoreCase, fail);
      at = read.end;
      return { kind: 'symbol', test: read.test };
    }
    if (takes('.')) return { kind: 'symbol', test: flags.dotAll ? anySymbol : anyInLine };
    if (takes('^')) return { kind: 'place', place: flags.multiline ? 'line-start' : 'text-start' };
    if (takes('$')) return { kind: 'place', place: flags.multiline ? 'line-end' : 'last-line-end' };
    if (takes('\\')) return readBackslash(flags);
    if ('*+?'.includes(symbol)) fail('there is nothing to repeat');
    at++;
    return { kind: 'symbol', test: testLiteral(symbol.codePointAt(0)!, flags.ignoreCase) };
  }

  function readBackslash(flags: Flags): RegexNode {
    const places = { A: 'text-start', Z: 'text-end', b: 'boundary', B: 'no-boundary' } as const;
    const symbol = symbols[at];
    if (symbol !== undefined && Object.hasOwn(places, symbol)) {
      at++;
      return { kind: 'place', place: places[symbol as keyof typeof places] };
    }
    const digits = /^[1-9]\d?/.exec(symbols.slice(at, at + 2).join(''));
    if (digits !== null) {
      at += digits[0].length;
      return refer(Number(digits[0]), flags);
    }
    const read = readEscape(symbols, at, flags.ignoreCase, fail);
    at = read.end;
    return { kind: 'symbol', test: read.test };
  }

  function refer(index: number, { ignoreCase }: Flags): RegexNode {
    if (!closed.has(index)) fail(`it refers to group ${index}, which does not end before`);
    return { kind: 'reference', index, ignoreCase };
  }

  function readGroup(flags: Flags): RegexNode | undefined {
    if (!takes('?')) return capture(flags);
    if (takes(':')) return close(readChoice(flags));
    if (takes('P<')) {
      const name = readName('>');
      if (names.has(name)) fail(`two groups have the name "${name}"`);
      names.set(name, groups + 1);
      return capture(flags);
    }
    if (takes('P=')) return refer(names.get(readName(')')) ?? 0, flags);
    if (takes('#')) {
      while (at < symbols.length && !sees(')')) at++;
      return takes(')') ? undefined : fail('a comment does not end');
    }
    for (const [mark, behind, negated] of [
      ['=', false, false],
      ['!', false, true],
      ['<=', true, false],
      ['<!', true, true],
    ] as const) {
      if (takes(mark)) return { kind: 'look', node: close(readChoice(flags)), behind, negated };
    }
    return readFlags(flags);
  }

  function capture(flags: Flags): RegexNode {
    const index = ++groups;
    const node = close(readChoice(flags));
    closed.add(index);
    return { kind: 'group', node, index };
  }

  function close(node: RegexNode): RegexNode {
    if (!takes(')')) fail('a group does not end');
    return node;
  }

  function readName(end: string): string {
    const start = at;
    while (at < symbols.length && !sees(end)) at++;
    const name = symbols.slice(start, at).join('');
    if (!takes(end) || !/^[\p{L}_][\p{L}\p{N}_]{0,63}$/u.test(name)) fail('a group has no proper name');
    return name;
  }

  /** `(?i:…)`, `(?s-i:…)`; `(?i)` at the start has been read. */
  function readFlags(flags: Flags): RegexNode {
    const read = /^([ims]*)(?:-([ims]+))?:/.exec(symbols.slice(at, at + 12).join(''));
    if (read === null) return fail('this kind of group is not known');
    at += read[0].length;
    return close(readChoice(changeFlags(changeFlags(flags, read[1]!, true), read[2] ?? '', false)));
  }

  const global = /^\(\?([imsu]+)\)/.exec(pattern);
  if (global !== null) at = global[0].length;
  const root = readChoice(changeFlags({ ignoreCase: false, dotAll: false, multiline: false }, global?.[1] ?? '', true));
  if (at < symbols.length) fail('a parenthesis closes nothing');
  return { root, groups };
}

function changeFlags(flags: Flags, letters: string, value: boolean): Flags {
  return {
    ignoreCase: letters.includes('i') ? value : flags.ignoreCase,
    dotAll: letters.includes('s') ? value : flags.dotAll,
    multiline: letters.includes('m') ? value : flags.multiline,
  };
}

function clip(pattern: string): string {
  return pattern.length > 80 ? `${pattern.slice(0, 80)}…` : pattern;
}
