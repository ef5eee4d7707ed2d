import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { readNotebook } from '../../engine/notebooks/ipynb.ts';
import { readResults } from '../../engine/notebooks/results.ts';
import { copyExamples, runAiwb } from './aiwb.ts';

const python = process.env['AIWB_TEST_PYTHON'] ?? 'python3';

/** Runs a script or a module of Python; undefined where that, or what it imports, is not installed. */
function runPython(cwd: string, ...args: string[]): string | undefined {
  const { status, stdout, stderr } = spawnSync(python, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status === null || status === 77 || (status !== 0 && /No module named '?(nbformat|nbconvert)/.test(stderr))) return undefined;
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
  after(() => workspace?.remove());

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
        second.cells.map(({ span: _span, ...cell }) => cell),
        first.cells.map(({ span: _span, ...cell }) => cell),
      );
    }
  });

  /** What viewers of notebooks let through at least; nbconvert's own default lets no table through, whoever made it. */
  const tags = ['table', 'caption', 'thead', 'tbody', 'tr', 'th', 'td', 'p', 'ul', 'li', 'strong', 'pre', 'div'];
  const sanitised = [
    '--HTMLExporter.sanitize_html=True',
    '--SanitizeHTML.strip=True',
    ...tags.map(tag => `--SanitizeHTML.tags=${tag}`),
  ];

  it('come out of nbconvert with our tables, also where HTML is sanitised', () => {
    for (const [output, ...options] of [
      ['plain.html', '--to', 'html'],
      ['clean.html', '--to', 'html', ...sanitised],
      ['out.md', '--to', 'markdown'],
    ] as const satisfies readonly (readonly string[])[]) {
      const args = ['-m', 'nbconvert', ...options, '--output', output, 'model-workflow.ipynb'];
      assert.notEqual(runPython(workspace.folder, ...args), undefined);
      const text = read(output);
      const isMarkdown = output.endsWith('.md');
      assert.match(text, isMarkdown ? /<caption[^>]*>Models<\/caption>|\| Model \|/ : /<caption[^>]*>Models<\/caption>/);
      assert.match(text, /embedded:linear/);
      assert.match(text, /ticket-triage@1: gate passed/);
      assert.match(text, /Settings|Test rows/);
    }
  });
});
