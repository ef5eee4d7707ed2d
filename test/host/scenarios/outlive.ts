import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startFakeOpenAi } from '../../fakes/openai-server.ts';
import type { ScenarioContext } from '../launcher/scenario.ts';
import { until, untilFits } from '../until.ts';

const rows = 1500;

/** A run started in a window goes on while the window reloads; its page comes back, catches up, and cancels and resumes it. */
export async function scenario(window: ScenarioContext): Promise<void> {
  const { workspace, openFile, runCommand, reloadWindow, webviewText, clickInWebview, screenshot } = window;
  const pace = { delay: 1000, words: 1 };
  const server = await startFakeOpenAi(pace);
  try {
    await writeFile(
      path.join(workspace, 'workbench.yaml'),
      `connections:\n  slow: {provider: openai, baseUrl: "${server.url}", model: fake}\n`,
    );
    await writeFile(
      path.join(workspace, 'rows.jsonl'),
      Array.from({ length: rows }, (_, i) => JSON.stringify({ q: `row ${i}`, a: i % 2 === 0 ? 'w0' : 'w1' })).join(
        '\n',
      ),
    );
    await writeFile(
      path.join(workspace, 'slow.bench.yaml'),
      'name: slow-one\ndataset: {path: rows.jsonl, input: q, target: a}\nmodels: [slow]\nmetrics: [accuracy, latency]\nlimits: {concurrency: 4}\n',
    );
    await openFile('slow.bench.yaml');
    await runCommand('AI Workbench: Run Benchmark');
    const page = { title: 'slow-one' };
    await untilFits(() => webviewText(page), /Running/);
    await screenshot('run-page-running');
    const before = server.stats.answered;
    await reloadWindow();
    await untilFits(() => webviewText(page), /Running/);
    await until(() => server.stats.answered > before + 4);
    await screenshot('run-page-after-reload');

    await clickInWebview('text=Cancel', page);
    await untilFits(() => webviewText(page), /Cancelled/);
    const cancelledAt = server.stats.answered;
    await screenshot('run-page-cancelled');
    pace.delay = 5;
    await clickInWebview('text=Resume', page);
    await untilFits(() => webviewText(page), /Finished/);
    assert.ok(server.stats.answered - cancelledAt < rows, 'answered samples were kept');
    assert.ok(server.stats.answered <= rows + 8, `${server.stats.answered} answers for ${rows} rows`);
    await screenshot('run-page-resumed');
  } finally {
    await server.close();
  }
}
