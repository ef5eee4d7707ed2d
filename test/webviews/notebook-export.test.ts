import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { renderNotebookHtml } from '../../engine/notebooks/export/html.ts';
import { readNotebook } from '../../engine/notebooks/ipynb.ts';
import { assessmentMime, runMime } from '../../engine/notebooks/output-types.ts';
import { createRunOutput } from '../../engine/notebooks/run-output.ts';
import type { Report, RunSummary, ScorecardView, TuningComparison } from '../../schemas/generated/messages.ts';
import { auditPage, launchBrowser, takePicture, watchFaults } from './browser.ts';
import { root } from './page-server.ts';

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(path.join(root, 'test/fixtures', `${name}.json`), 'utf8'));

/** A notebook with one output of each kind; the hostile one is made of what would harm a careless page. */
function pageOf(name: 'finished' | 'hostile'): string {
  const report = fixture(name === 'hostile' ? 'reports/hostile' : 'reports/full') as Report;
  const [tuning] = (fixture(`tuning/${name}`) as TuningComparison).reports;
  const view = fixture(name === 'hostile' ? 'scorecards/hostile' : 'scorecards/failed') as ScorecardView;
  assert.ok(tuning);
  const outputs = [
    { [runMime]: createRunOutput(report.runs[0] as RunSummary, undefined, { report }) },
    { [runMime]: createRunOutput(tuning.run, undefined, { tuning }) },
    { [assessmentMime]: { version: 1, view } },
    { 'text/html': "<script>document.title='owned'</script>" },
    { 'image/svg+xml': "<svg xmlns='http://www.w3.org/2000/svg' onload=\"document.title='owned'\"/>" },
  ];
  const cells = [
    '# A story\n\n## Data\n\n## Models\n\n## Verdict\n\n| a | b |\n|---|---|\n| 1 | `x` |\n\n<img src=x onerror="document.title=\'owned\'">',
    ...outputs,
  ].map(content =>
    typeof content === 'string'
      ? { cell_type: 'markdown', metadata: {}, source: content }
      : {
          cell_type: 'code',
          metadata: {},
          source: 'name: x # why\nmodels: ["a"]',
          outputs: [{ output_type: 'display_data', metadata: {}, data: content }],
        },
  );
  const metadata = { kernelspec: { name: 'ai-workbench', display_name: 'AI Workbench' } };
  return renderNotebookHtml(readNotebook('/w/a.ipynb', JSON.stringify({ cells, metadata, nbformat: 4 })), new Map());
}

describe('an exported notebook', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let folder: string;

  before(async function () {
    browser = await launchBrowser([]);
    if (browser === undefined) return this.skip();
    folder = await mkdtemp(path.join(tmpdir(), 'aiwb-notebook-'));
  });

  after(async () => {
    await browser?.close();
    if (browser !== undefined) await rm(folder, { recursive: true });
  });

  for (const name of ['finished', 'hostile'] as const) {
    for (const colorScheme of ['light', 'dark'] as const) {
      it(`(${name}) reads well in ${colorScheme}, on a phone and a wide screen, and runs nothing`, async () => {
        assert.ok(browser);
        const file = path.join(folder, `${name}.html`);
        await writeFile(file, pageOf(name));
        // Only what looks at the page may run in it.
        const context = await browser.newContext({ bypassCSP: true, colorScheme, javaScriptEnabled: true });
        const page = await context.newPage();
        const requests: string[] = [];
        page.on('request', request => requests.push(request.url()));
        const faults = await watchFaults(page);
        for (const width of [1100, 360]) {
          await page.setViewportSize({ width, height: 900 });
          await page.goto(pathToFileURL(file).href);
          const overflow = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          assert.ok(overflow <= 0, `${String(overflow)} pixels too wide at ${String(width)}`);
          assert.equal(await page.title(), 'A story');
          await takePicture(page, `notebook-export-${name}-${colorScheme}-${String(width)}`);
        }
        assert.deepEqual(await auditPage(page), []);
        assert.deepEqual(faults, []);
        assert.deepEqual(
          requests.filter(url => !url.startsWith('file:') && !url.startsWith('data:')),
          [],
        );
        await context.close();
      });
    }
  }
});
