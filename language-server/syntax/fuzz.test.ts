import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { kindOfPath } from '../../engine/documents/kinds.ts';
import { parseDocument } from '../../engine/documents/parse.ts';
import { createSeeded } from '../../test/fakes/seeded.ts';
import { collectFolds } from './folds.ts';
import { createSelectionGrower } from './selection.ts';
import { collectPieces } from '../tokens/collect-pieces.ts';
import { encodePieces } from '../tokens/legend.ts';
import { collectSuppressions } from '../tokens/suppressions.ts';

const examples = path.join(import.meta.dirname, '../../examples');
const files = [
  'core.tune.yaml',
  'evaluate-fairness.bench.yaml',
  'policies/fair-service.policy.yaml',
  'prompts/covenant-short.prompt.yml',
  'workbench.yaml',
];
const inserted =
  '\t|# aiwb-disable-next-line a-b\n|\n|\r\n|\r| |: |- |[|]|{|}|,|"|\'|#|&a |*a|<<: |: >\n|: \\|\n|{{|}}|{% if |%}|{#|\\|😀|\ud800|\\U0001F600|\u2028|\0'
    .split(/(?<!\\)\|/)
    .map(piece => piece.replace('\\|', '|'));

function mutate(text: string, random: () => number): string {
  let mutated = text;
  for (let edits = 1 + Math.floor(random() * 6); edits > 0; edits--) {
    const at = Math.floor(random() * (mutated.length + 1));
    const piece = inserted[Math.floor(random() * inserted.length)] ?? '';
    const removed = random() < 0.4 ? Math.floor(random() * 12) : 0;
    mutated = mutated.slice(0, at) + piece + mutated.slice(at + removed);
  }
  return mutated;
}

/** Tokens in order, apart, each on one line and inside of it. */
function expectTokens(data: readonly number[], document: TextDocument): void {
  const lines = document.getText().split(/\r\n|\r|\n/);
  let line = 0;
  let free = 0;
  for (let at = 0, character = 0; at < data.length; at += 5) {
    const [down = 0, right = 0, length = 0] = data.slice(at, at + 3);
    if (down > 0) [character, free] = [0, 0];
    line += down;
    character += right;
    assert.ok(length > 0 && character >= free && character + length <= (lines[line] ?? '').length, `token ${at / 5}`);
    free = character + length;
  }
}

function expectFolds(text: string, lineCount: number): void {
  for (const linesOnly of [true, false]) {
    let before = -1;
    for (const { startLine, endLine } of collectFolds(text, { limit: 1_000, linesOnly })) {
      assert.ok(startLine > before && endLine > startLine && endLine < lineCount, `fold ${startLine}-${endLine}`);
      before = startLine;
    }
  }
}

function expectGrowing(stretches: readonly (readonly [number, number])[], text: string, offset: number): void {
  let [start, end] = [offset, offset];
  for (const [index, [from, to]] of stretches.entries()) {
    assert.ok(from <= start && end <= to && (index === 0 || to - from > end - start), `stretch ${from}-${to}`);
    [start, end] = [from, to];
  }
  assert.deepEqual([start, end], [0, text.length]);
}

describe('tokens, folds and selections under random edits', () => {
  for (const file of files) {
    it(`stay inside of ${file}`, function () {
      this.timeout(60_000);
      const original = readFileSync(path.join(examples, file), 'utf8');
      const kind = kindOfPath(file);
      assert.ok(kind);
      const random = createSeeded(11);
      for (let round = 0; round < 400; round++) {
        const text = mutate(round % 2 === 0 ? original : original.replaceAll('\n', '\r\n'), random);
        const document = TextDocument.create('x', 'x', 1, text);
        const parsed = parseDocument(kind, text);
        const offset = Math.floor(random() * (text.length + 1));
        try {
          const pieces = [...collectPieces(parsed, { columns: undefined }), ...collectSuppressions(text)];
          expectTokens(encodePieces(text, pieces), document);
          expectFolds(text, document.lineCount);
          expectGrowing(createSelectionGrower(parsed).stretchesAt(offset), text, offset);
        } catch (error) {
          throw new Error(`at ${offset} of ${JSON.stringify(text)}`, { cause: error });
        }
      }
    });
  }
});
