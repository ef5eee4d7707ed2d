import assert from 'node:assert/strict';
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { generateFile } from '../../test/fakes/large-files.ts';
import { randomEdit } from '../../test/fakes/random-edits.ts';
import { createSeeded } from '../../test/fakes/seeded.ts';
import type { DocumentPath } from './diagnostic.ts';
import { createIncrementalParser, type IncrementalParser } from './incremental.ts';
import { documentKinds, type DocumentKind, type FileKind } from './kinds.ts';
import { parseDocument, type ParsedDocument } from './parse.ts';

/** All that a tree says for certain: not its comments, nor how far one behind an empty value reaches. */
function dump(node: Node | Pair | null | undefined): unknown {
  if (node === null || node === undefined) return node;
  if (isAlias(node)) return ['alias', node.source, node.range];
  if (isScalar(node)) {
    const range = node.source === '' && node.type === 'PLAIN' ? node.range?.slice(0, 2) : node.range;
    return [node.type, range, node.value, node.source, node.tag, node.anchor];
  }
  if (isMap(node)) {
    const items = (node.items as Pair<Node, Node | null>[]).map(pair => [dump(pair.key), dump(pair.value)]);
    return ['map', node.range, node.flow, node.tag, node.anchor, items];
  }
  if (!isSeq(node)) return 'other';
  return ['seq', node.range, node.flow, node.tag, node.anchor, node.items.map(item => dump(item as Node))];
}

/** As `assert.deepEqual` does for plain data, in a fraction of its time. */
function expectEqual(actual: unknown, expected: unknown, what: string): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) assert.deepEqual(actual, expected, what);
}

function collectPaths(value: unknown, path: DocumentPath, paths: DocumentPath[]): void {
  paths.push(path);
  if (typeof value !== 'object' || value === null) return;
  const steps = Array.isArray(value) ? value.keys() : Object.keys(value);
  for (const step of steps) collectPaths((value as Record<string | number, unknown>)[step], [...path, step], paths);
}

interface Expectation {
  readonly kind: DocumentKind;
  readonly text: string;
  readonly parsed: ParsedDocument;
  readonly whole: ParsedDocument;
}

/** Everything a parse tells, places for some of the paths only. */
function expectSame({ kind, text, parsed, whole }: Expectation, random: () => number): void {
  const shown = `${kind}: ${JSON.stringify(text.slice(0, 3_000))}`;
  expectEqual(parsed.diagnostics, whole.diagnostics, shown);
  expectEqual(parsed.draft, whole.draft, shown);
  expectEqual(parsed.value, whole.value, shown);
  assert.equal(parsed.text, text);
  if (random() < 0.5) expectEqual(dump(parsed.contents), dump(whole.contents), shown);
  assert.equal(parsed.aliasTargets.size, whole.aliasTargets.size, shown);
  const paths: DocumentPath[] = [['none'], ['none', 3]];
  collectPaths(whole.draft, [], paths);
  for (let count = 0; count < 8; count += 1) {
    const path = paths[Math.floor(random() * paths.length)] ?? [];
    for (const asked of [path, [...path, 'none'], [...path, 99]])
      for (const part of ['key', 'value'] as const)
        expectEqual(parsed.locate(asked, part), whole.locate(asked, part), `${JSON.stringify(asked)} in ${shown}`);
  }
  expectEqual(dump(parsed.contents), dump(whole.contents), shown);
}

/** Whether an answer shares a part of its value with the one before: only then was it not parsed as a whole. */
function sharesWith(before: ParsedDocument | undefined, after: ParsedDocument): boolean {
  const parts = new Set([before?.draft].flatMap(partsOf).flatMap(part => [part, ...partsOf(part)]));
  return partsOf(after.draft).some(part => parts.has(part) || partsOf(part).some(inner => parts.has(inner)));
}

function partsOf(value: unknown): readonly object[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).filter((part): part is object => typeof part === 'object' && part !== null);
}

/** Edits one text after another, each until it is beyond use, and compares after every edit; tells how many were not parsed as a whole. */
function compareEdits(kind: FileKind, lines: number, edits: number, seed: number): number {
  const random = createSeeded(seed);
  let parser: IncrementalParser<DocumentKind> | undefined;
  let good = '';
  let text = '';
  let last: ParsedDocument | undefined;
  let quick = 0;
  const later: Expectation[] = [];
  for (let edit = 0; edit < edits; edit += 1) {
    if (parser === undefined || random() < 0.02) {
      parser = createIncrementalParser(kind);
      good = generateFile(kind, lines, random);
      if (random() < 0.2) good = good.replaceAll('\n', '\r\n');
      text = good;
      last = parser.parse(text);
    }
    // Most edits are taken back sooner or later, as people do.
    const before = text;
    text = random() < 0.3 ? good : randomEdit(text, random);
    const parsed = parser.parse(text);
    const whole = parseDocument(kind, text);
    const isQuick = sharesWith(last, parsed);
    if (isQuick) quick += 1;
    last = parsed;
    // What was parsed as a whole is the same by its making, but for mistakes that a few looks find.
    if (isQuick || random() < 0.2) later.push({ kind, text, parsed, whole });
    if (whole.value !== undefined && random() < 0.5) good = text;
    else if (random() < 0.3) text = before;
    // Some are looked at when the parser is already elsewhere.
    if (random() < 0.5) for (const expectation of later.splice(0)) expectSame(expectation, random);
  }
  for (const expectation of later) expectSame(expectation, random);
  return quick;
}

describe('incremental parser', () => {
  for (const [index, kind] of documentKinds.entries()) {
    it(`agrees with a parse of the whole after each of 2,000 edits in small files: ${kind}`, () => {
      assert.ok(compareEdits(kind, 14, 2_000, 11 + index) > 200);
    }).timeout(60_000);

    it(`agrees with a parse of the whole after each edit in a large file: ${kind}`, () => {
      assert.ok(compareEdits(kind, 400, 30, 71 + index) > 0);
    }).timeout(60_000);
  }
});
