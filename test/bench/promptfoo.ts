import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { measureNode, type Measured } from './measure.ts';
import { preparePeer } from './peers.ts';

const version = '0.123.1';

export interface InstalledPromptfoo {
  readonly version: string;
  readonly main: string;
}

/** Installs promptfoo beside the product, into a folder git ignores. */
export function preparePromptfoo(): InstalledPromptfoo {
  return { version, main: preparePeer('promptfoo', version) };
}

/** The same rows, prompt and check: one chat request a row, equality with the target; no cache, no telemetry, no write to its own database. */
export async function runPromptfoo(
  installed: InstalledPromptfoo,
  folder: string,
  url: string,
): Promise<Measured & { readonly perSecond: number }> {
  const rows = readFileSync(path.join(folder, 'rows.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { q: string; a: string });
  const config = {
    prompts: ['{{q}}'],
    providers: [{ id: 'openai:chat:fake', config: { apiBaseUrl: url, apiKey: 'unused', temperature: 0 } }],
    tests: rows.map(({ q, a }) => ({ vars: { q }, assert: [{ type: 'equals', value: a }] })),
  };
  const file = path.join(folder, 'promptfooconfig.json');
  writeFileSync(file, JSON.stringify(config));
  const measured = await measureNode(
    [
      installed.main,
      'eval',
      '-c',
      file,
      '--no-cache',
      '--no-write',
      '--no-table',
      '--no-progress-bar',
      '-j',
      '64',
      '-o',
      path.join(folder, 'promptfoo.json'),
    ],
    folder,
    {
      PROMPTFOO_DISABLE_TELEMETRY: '1',
      PROMPTFOO_DISABLE_UPDATE: '1',
      PROMPTFOO_DISABLE_REMOTE_GENERATION: '1',
      PROMPTFOO_CONFIG_DIR: path.join(folder, '.promptfoo'),
      PROMPTFOO_SELF_HOSTED: '1',
      PROMPTFOO_DISABLE_SHARING: '1',
    },
  );
  const result = JSON.parse(readFileSync(path.join(folder, 'promptfoo.json'), 'utf8')) as {
    results: {
      stats: { successes: number; failures: number; errors: number; durationMs?: number };
      results?: unknown[];
    };
  };
  const { successes, failures, errors, durationMs } = result.results.stats;
  if (successes !== rows.length)
    console.log(`  promptfoo: ${String(successes)} right, ${String(failures)} wrong, ${String(errors)} errors`);
  const seconds = durationMs === undefined ? measured.seconds : durationMs / 1000;
  return { ...measured, perSecond: rows.length / seconds };
}
