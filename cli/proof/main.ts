// Verifies a proof bundle without the workbench: `node verify.mjs [FOLDER] [--signers FILE] [--anchor SEQUENCE:HASH]`, or an exported
// audit log alone: `node verify.mjs --audit FILE [--anchor SEQUENCE:HASH]`. Exit code 0: it holds; 1: it does not; 2: wrong usage.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readAnchor } from '../../engine/audit/anchor.ts';
import { readLog } from '../../engine/bundle/log.ts';
import type { BundleCheck } from '../../engine/bundle/parts.ts';
import { verifyBundle } from '../../engine/bundle/verify.ts';
import { readFiles } from './read-files.ts';
import { readSigners } from './read-signers.ts';
import { bundleTools } from './tools.ts';

const marks: Record<BundleCheck['result'], string> = { ok: 'ok    ', failed: 'FAILED', note: 'note  ' };

function check(): readonly BundleCheck[] {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { signers: { type: 'string' }, anchor: { type: 'string' }, audit: { type: 'string' } },
  });
  const anchor = values.anchor === undefined ? undefined : readAnchor(values.anchor);
  if (values.audit !== undefined) return checkLog(readFileSync(values.audit), anchor);
  const folder = positionals[0] ?? path.dirname(fileURLToPath(import.meta.url));
  const signers = values.signers === undefined ? [] : readSigners(readFileSync(values.signers, 'utf8'), values.signers);
  return verifyBundle(readFiles(folder), { signers, ...(anchor === undefined ? {} : { anchor }) }, bundleTools);
}

function checkLog(bytes: Uint8Array, anchor: ReturnType<typeof readAnchor> | undefined): readonly BundleCheck[] {
  try {
    return readLog(bytes, anchor, bundleTools.sha256).checks;
  } catch (error) {
    return [
      {
        result: 'failed',
        sentence: `The log cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      },
    ];
  }
}

// A reader that has seen enough, such as `head`, closes the pipe; the exit code still tells.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  const checks = check();
  for (const { result, sentence } of checks) process.stdout.write(`${marks[result]} ${sentence}\n`);
  const holds = checks.every(({ result }) => result !== 'failed');
  process.stdout.write(holds ? 'It holds.\n' : 'IT DOES NOT HOLD.\n');
  process.exitCode = holds ? 0 : 1;
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
