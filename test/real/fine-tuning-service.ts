import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeServiceBundle, openService, serviceKey, trainOnService } from '../fakes/service-jobs.ts';
import type { Checks } from './main.ts';
import { pythonWith, runScriptWhile } from './server.ts';

/** OpenAI's own client against the local fine-tuning service, and the workbench's requests against the client's types. */
export async function checkFineTuningService({ check }: Checks): Promise<void> {
  const python = pythonWith('openai', ['openai==3.57.0']);
  await check('OpenAI’s client drives the local fine-tuning service, and takes the workbench’s requests', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-real-'));
    const asked = await openService();
    const world = await openService();
    try {
      const events = await trainOnService(asked, asked.connect(), makeServiceBundle());
      assert.ok(events.some(({ type }) => type === 'result'));
      const requests = asked.server.requests.filter(
        ({ method, path: at }) => method === 'POST' && at.endsWith('/jobs'),
      );
      assert.equal(requests.length, 1);
      const file = path.join(folder, 'requests.jsonl');
      writeFileSync(file, requests.map(({ body }) => `${body.toString()}\n`).join(''));
      await runScriptWhile(python, 'fine_tuning_client.py', world.server.url, serviceKey, file);
    } finally {
      await asked.close();
      await world.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
