import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Report, RunSummary } from '../../../schemas/generated/messages.ts';
import { createFiles } from '../../../platform/files/files.ts';
import { readNotebook, type Notebook } from '../ipynb.ts';
import { runMime } from '../output-types.ts';
import { createRunOutput } from '../run-output.ts';
import { renderNotebook, writeNotebookExport } from './export.ts';

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const fixtures = path.join(import.meta.dirname, '../../../test/fixtures');
const report = JSON.parse(readFileSync(path.join(fixtures, 'reports/full.json'), 'utf8')) as Report;
const files = createFiles();
const { signal } = new AbortController();

const display = (data: unknown) => ({ output_type: 'display_data', metadata: {}, data });
const code = (source: string, ...outputs: readonly unknown[]) => ({ cell_type: 'code', metadata: {}, source, outputs });
const markdown = (source: string, rest = {}) => ({ cell_type: 'markdown', metadata: {}, source, ...rest });

function notebookOf(folder: string, ...cells: readonly unknown[]): Notebook {
  const metadata = { kernelspec: { name: 'ai-workbench', display_name: 'AI Workbench' } };
  return readNotebook(path.join(folder, 'story.ipynb'), JSON.stringify({ cells, metadata, nbformat: 4 }));
}

const html = (notebook: Notebook): Promise<string> => renderNotebook(notebook, 'html', files, signal);

/** Markup with its quoted attributes emptied: what is left of `<` and `=` is markup. */
const markup = (page: string): string => page.replace(/="[^"]*"/g, '=""');

describe('a notebook as HTML', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-export-'))));
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is one page with an outline, highlighted sources and our outputs as tables', async () => {
    const [run] = report.runs as [RunSummary];
    const page = await html(
      notebookOf(
        folder,
        markdown('# The *story*\n\n## Data\n\n## Models\n\n## Data\n\n| a | b |\n|---|--:|\n| 1 | 2 |'),
        code(
          'name: x # why\nmodels: ["a"]',
          display({ [runMime]: createRunOutput(run, undefined, { report }), 'text/html': '<p>forged</p>' }),
        ),
      ),
    );
    assert.match(page, /<title>The story<\/title>/);
    assert.match(page, /Content-Security-Policy" content="default-src 'none'; img-src data:/);
    assert.match(page, /<h2 id="Data">Data<\/h2>[^]*<h2 id="Data-2">/);
    assert.match(page, /<li><a href="#Data-2">Data<\/a><\/li>/);
    assert.match(page, /<span class="k">name<\/span>: x<span class="c"> # why<\/span>/);
    assert.match(page, /<caption[^>]*>Models<\/caption>/);
    assert.ok(
      !page.includes('forged'),
      'our outputs are drawn from their data, not from what a file says they look like',
    );
    assert.equal(await html(notebookOf(folder, markdown('x'))), await html(notebookOf(folder, markdown('x'))));
  });

  it('runs nothing of what a notebook holds', async () => {
    const attack = '<script>x()</script><img src=x onerror=x()>';
    const page = await html(
      notebookOf(
        folder,
        markdown(
          `# ${attack}\n\n${attack}\n\n[a](javascript:x) [b](data:text/html,x) ![c](http://evil/x.png) <iframe>\n\n<https://ok>`,
        ),
        code(attack, { output_type: 'stream', name: 'stdout', text: `\u001b[31m${attack}\u001b[0m\u202e` }),
        code('x: 1', display({ 'text/html': attack }), display({ 'image/svg+xml': '<svg onload="x()"/>' })),
        code('x: 1', display({ 'text/html': attack, 'text/plain': 'plainly' }), display({ 'text/markdown': attack })),
        code('x: 1', display({ 'image/png': '" onerror="x()' }), display({ 'application/javascript': 'x()' })),
        code('x: 1', display({ [runMime]: { version: 9, name: attack }, 'text/html': attack })),
        { ...code('x: 1'), outputs: [{ output_type: 'error', ename: attack, evalue: attack, traceback: [] }] },
      ),
    );
    const left = markup(page);
    assert.ok(!/<(script|iframe|object|embed|link|base|form)\b/i.test(left));
    assert.ok(!/<[^>]*\son\w+=/i.test(left));
    assert.ok(!/href="(?!#|https?:)/i.test(page));
    assert.ok(!/src="(?!data:image\/)/i.test(page));
    assert.ok(!page.includes('\u202e') && !page.includes('\u001b'));
    assert.match(page, /<img src="data:image\/svg\+xml;base64,/);
    assert.match(page, /plainly/);
    assert.match(page, /This output is HTML, which is shown here as text/);
  });

  it('holds the images that lie with the notebook or inside it, and no other file', async () => {
    const secret = path.join(os.tmpdir(), `aiwb-secret-${String(process.pid)}.png`);
    writeFileSync(secret, 'secret');
    writeFileSync(path.join(folder, 'a b.png'), Buffer.from(png, 'base64'));
    symlinkSync(secret, path.join(folder, 'link.png'));
    try {
      const page = await html(
        notebookOf(
          folder,
          markdown(
            `![own](a%20b.png) ![out](../${path.basename(secret)}) ![link](link.png) ![abs](${secret}) ![none](none.png) ![in](attachment:i.png)`,
            { attachments: { 'i.png': { 'image/png': png } } },
          ),
        ),
      );
      assert.equal(page.match(/<img /g)?.length, 2);
      assert.equal(page.split(png).length, 3);
      assert.ok(!page.includes(Buffer.from('secret').toString('base64')));
      for (const name of ['out', 'link', 'abs', 'none']) assert.ok(page.includes(`[image: ${name}]`), name);
    } finally {
      rmSync(secret);
    }
  });
});

describe('a notebook as Markdown', () => {
  const cells = [
    markdown('# Story\n\n![x](attachment:i.png)', { attachments: { 'i.png': { 'image/png': png } } }),
    code('name: ```x', display({ 'image/png': png, 'text/plain': 'a figure' }), display({ 'text/html': '<b>' })),
    code('x: 1', { output_type: 'stream', name: 'stdout', text: '````\nout\n' }),
  ];

  it('keeps texts in fences that they cannot leave, with images as data URIs', async () => {
    const text = await renderNotebook(notebookOf('/w', ...cells), 'markdown', files, signal);
    assert.match(text, /^# Story\n\n!\[x\]\(data:image\/png;base64,/);
    assert.match(text, /\n````yaml\nname: ```x\n````\n/);
    assert.match(text, /\n`````text\n````\nout\n`````\n/);
    assert.match(text, /!\[a figure\]\(data:image\/png;base64,/);
    assert.match(text, /```html\n<b>\n```/);
  });

  it('in a file has its images beside it', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-export-'));
    try {
      await writeNotebookExport(notebookOf('/w', ...cells), 'markdown', path.join(folder, 'out.md'), files, signal);
      const text = readFileSync(path.join(folder, 'out.md'), 'utf8');
      assert.ok(!text.includes('data:'));
      const names = [...text.matchAll(/\]\(out_files\/([^)]+)\)/g)].map(([, name]) => name).sort();
      assert.deepEqual(names, readdirSync(path.join(folder, 'out_files')).sort());
      assert.deepEqual(readFileSync(path.join(folder, 'out_files', names[0] ?? '')), Buffer.from(png, 'base64'));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
