import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { omit } from '../../engine/base/omit.ts';
import { readNotebook } from '../../engine/notebooks/ipynb.ts';
import { readResults } from '../../engine/notebooks/results.ts';
import { copyExamples, runAiwb } from './aiwb.ts';

const python = process.env['AIWB_TEST_PYTHON'] ?? 'python3';

/** Runs a script or a module of Python; undefined where that, or what it imports, is not installed. */
function runPython(cwd: string, ...args: string[]): string | undefined {
  const { status, stdout, stderr } = spawnSync(python, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status === null || status === 77 || (status !== 0 && /No module named '?(nbformat|nbconvert)/.test(stderr)))
    return undefined;
  assert.equal(status, 0, stderr);
  return stdout;
}

const roundTrip = `
import sys
try:
    import nbformat
except ImportError:
    sys.exit(77)
source, target = sys.argv[1:]
notebook = nbformat.read(source, as_version=4)
nbformat.validate(notebook)
nbformat.write(notebook, target)
`;

/** GitHub's list of what HTML may hold, as its html-pipeline publishes it, as far as it matters here. */
const sanitise = `
import json, sys
import bleach
tags = 'strong em b i a pre code img div p ol ul li table caption thead tbody tfoot tr td th details summary span figure'.split()
notebook = json.load(open(sys.argv[1], encoding='utf-8'))
outputs = [o['data'] for c in notebook['cells'] for o in c.get('outputs', [])]
print(json.dumps([
    bleach.clean(''.join(data['text/html']), tags=tags, attributes=['scope', 'align', 'title', 'tabindex', 'alt'], strip=True)
    for data in outputs
]))
`;

describe('notebooks beside the tools of Jupyter', function () {
  this.timeout(180_000);
  let workspace: ReturnType<typeof copyExamples>;
  const names = ['model-workflow.ipynb', 'failed.ipynb'];
  const read = (name: string): string => readFileSync(path.join(workspace.folder, name), 'utf8');

  before(async function () {
    workspace = copyExamples();
    if (runPython(workspace.folder, '-c', 'import nbformat, nbconvert') === undefined) {
      if (process.env['AIWB_TEST_PYTHON'] !== undefined) assert.fail('AIWB_TEST_PYTHON has no nbformat and nbconvert.');
      this.skip();
    }
    const cells = ['name: x\ndataset: {path: gone.jsonl}\nmodels: [embedded:knn]\n', 'not: ours'].map((source, at) => ({
      cell_type: 'code',
      execution_count: null,
      id: `cell-${String(at)}`,
      metadata: { vscode: { languageId: 'yaml' } },
      outputs: [],
      source: source.split(/(?<=\n)/),
    }));
    const metadata = { kernelspec: { display_name: 'AI Workbench', language: 'yaml', name: 'ai-workbench' } };
    workspace.write('failed.ipynb', JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, undefined, 1));
    const run = await runAiwb(['notebook', 'run', 'model-workflow.ipynb'], { cwd: workspace.folder });
    assert.equal(run.code, 0, run.stderr);
    await runAiwb(['notebook', 'run', 'failed.ipynb', '--allow-errors'], { cwd: workspace.folder });
  });
  after(() => workspace.remove());

  it('are valid to nbformat, which writes them again as they are but for the notation of numbers', () => {
    for (const name of names) {
      workspace.write('round-trip.py', roundTrip);
      assert.notEqual(runPython(workspace.folder, 'round-trip.py', name, 'again.ipynb'), undefined);
      const [own, again] = [read(name), read('again.ipynb')];
      const spelled = (text: string): string =>
        text.replace(/(?<=[:\s])-?\d+(\.\d+)?(e[+-]?\d+)?(?=,?\n)/gi, number => String(Number(number)));
      assert.equal(spelled(again).trimEnd(), spelled(own).trimEnd());
      const [first, second] = [own, again].map(text => readNotebook(name, text));
      assert.ok(first !== undefined && second !== undefined);
      assert.deepEqual(readResults(second), readResults(first));
      assert.deepEqual(
        second.cells.map(cell => omit(cell, 'span')),
        first.cells.map(cell => omit(cell, 'span')),
      );
    }
  });

  it('come out of nbconvert with our tables', () => {
    for (const [output, ...options] of [
      ['out.html', '--to', 'html', '--template', 'basic'],
      ['out.md', '--to', 'markdown'],
    ] as const) {
      const args = ['-m', 'nbconvert', ...options, '--output', output, 'model-workflow.ipynb'];
      assert.notEqual(runPython(workspace.folder, ...args), undefined);
      const text = read(output);
      assert.match(text, /<caption[^>]*>Models<\/caption>/);
      assert.match(text, /<caption[^>]*>Test rows<\/caption>/);
      assert.match(text, />embedded:linear<\/th>/);
      assert.match(text, /ticket-triage@1: gate passed/);
    }
  });

  it('are as complete where a code host takes out styles and drawings', () => {
    workspace.write('sanitise.py', sanitise);
    const pieces = JSON.parse(runPython(workspace.folder, 'sanitise.py', 'model-workflow.ipynb') ?? '') as string[];
    assert.equal(pieces.length, 8);
    for (const piece of pieces) {
      assert.ok(!/style=|<svg|&lt;(?!0\.01 ms)/.test(piece), piece);
      for (const line of piece.split('\n')) assert.match(line, /^(<|$)/, 'nothing is left without its element');
    }
    assert.match(pieces[0] ?? '', /<th scope="row">embedded:linear<\/th><td>0\.\d{3} \(0\.\d{3} to 0\.\d{3}\)<\/td>/);
    assert.match(pieces[1] ?? '', /training \(solid\): [\d.]+ at epoch/);
    assert.match(pieces[7] ?? '', /<caption>Controls<\/caption>/);
  });
});
