import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { measureNode, root, type Measured } from './measure.ts';

const version = '0.123.1';

export interface InstalledPromptfoo {
  readonly version: string;
  readonly main: string;
}

/** Installs promptfoo beside the product, into a folder git ignores. */
export async function preparePromptfoo(): Promise<InstalledPromptfoo> {
  const folder = path.join(root, '.artifacts', 'peers', `promptfoo-${version}`);
  const manifest = path.join(folder, 'node_modules', 'promptfoo', 'package.json');
  if (!existsSync(manifest)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{"private": true}\n');
    console.log(`Installing promptfoo ${version} …`);
    execFileSync('npm', ['install', '--no-audit', '--no-fund', `promptfoo@${version}`], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, npm_config_loglevel: 'error' },
    });
  }
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: Record<string, string> };
  return { version, main: path.join(folder, 'node_modules', 'promptfoo', bin['promptfoo'] ?? '') };
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
