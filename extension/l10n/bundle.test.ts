import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const folder = path.dirname(import.meta.dirname);

/** Every sentence the extension passes to a translator, in alphabetical order. */
function collectSentences(): string[] {
  const found = new Set<string>();
  for (const file of globSync('**/*.ts', { cwd: folder }).filter(name => !name.endsWith('.test.ts'))) {
    const source = ts.createSourceFile(file, readFileSync(path.join(folder, file), 'utf8'), ts.ScriptTarget.Latest);
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && /(^|\.)t$/.test(node.expression.getText(source))) {
        const [sentence] = node.arguments;
        if (sentence !== undefined && ts.isStringLiteralLike(sentence)) found.add(sentence.text);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return [...found].sort();
}

describe('l10n bundle', () => {
  it('lists every sentence of the code, for translators', () => {
    const bundle = JSON.parse(readFileSync(path.join(import.meta.dirname, 'bundle.l10n.json'), 'utf8')) as object;
    assert.deepEqual(Object.keys(bundle), collectSentences());
  });
});
