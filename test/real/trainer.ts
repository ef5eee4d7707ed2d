import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { validateTrainerEvent, validateTrainerJob } from '../../schemas/generated/validators.js';
import type { Checks } from './main.ts';
import { Unavailable } from './server.ts';

const root = path.resolve(import.meta.dirname, '../..');
const trainer = path.join(root, 'trainer');

/**
 * The trainer's own checks (ruff, mypy, pytest), in an environment made from its requirements, and what it says held against the schema.
 * `AIWB_TRAINER_PYTHON` names an environment that has them already.
 */
export async function checkTrainer({ check }: Checks): Promise<void> {
  const python = trainerPython();
  await check('the trainer’s style', () => run(python, ['-m', 'ruff', 'check', '.']));
  await check('the trainer’s layout', () => run(python, ['-m', 'ruff', 'format', '--check', '.']));
  await check('the trainer’s types', () => run(python, ['-m', 'mypy']));
  await check('the trainer’s tests', () => run(python, ['-m', 'pytest']));
  await check('this environment can train, as the trainer itself finds', () =>
    run(python, ['-m', 'aiwb_trainer', 'check']),
  );
  await check('all that the trainer says is what the schema describes', () => checkEvents(python));
}

/** A Python with all that the trainer and its checks need. Throws Unavailable where it cannot be made. */
export function trainerPython(): string {
  const own = process.env['AIWB_TRAINER_PYTHON'];
  if (own !== undefined) return own;
  const environment = path.join(root, '.artifacts/trainer-python');
  const python = path.join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  mkdirSync(path.dirname(environment), { recursive: true });
  if (!existsSync(python)) install(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', environment]);
  const requirements = ['requirements.txt', 'requirements-dev.txt'].flatMap(file => ['-r', path.join(trainer, file)]);
  install(python, ['-m', 'pip', 'install', '--quiet', ...requirements]);
  return python;
}

function install(program: string, args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 60 * 60_000 });
  if (status === 0) return;
  throw new Unavailable(error?.message ?? stderr.trim().split('\n').at(-1) ?? `${program} failed`);
}

/** Runs the Python in the trainer's folder. Rejects with the end of what it wrote. */
function run(python: string, args: readonly string[]): Promise<void> {
  const { status, error, stdout, stderr } = spawnSync(python, args, {
    cwd: trainer,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    timeout: 60 * 60_000,
  });
  if (status === 0) return Promise.resolve();
  return Promise.reject(new Error(error?.message ?? `${stdout}\n${stderr}`.slice(-6000)));
}

const makeTinyJob = [
  'import sys',
  'from pathlib import Path',
  'from tests.tiny import make_job, make_llama',
  'folder = Path(sys.argv[1])',
  'make_llama(make_job(folder) / "base")',
].join('\n');

async function checkEvents(python: string): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-real-trainer-'));
  try {
    const [job, out] = [path.join(folder, 'job'), path.join(folder, 'out')];
    await run(python, ['-c', makeTinyJob, job]);
    const described: unknown = JSON.parse(readFileSync(path.join(job, 'job.json'), 'utf8'));
    assert.ok(validateTrainerJob(described), JSON.stringify(validateTrainerJob.errors));
    await run(python, ['-m', 'aiwb_trainer', 'train', '--job', job, '--out', out]);
    const lines = readFileSync(path.join(out, 'events.jsonl'), 'utf8').trimEnd().split('\n');
    const kinds = new Set<string>();
    for (const line of lines) {
      const event: unknown = JSON.parse(line);
      assert.ok(validateTrainerEvent(event), `${line}: ${JSON.stringify(validateTrainerEvent.errors)}`);
      kinds.add(event.event);
    }
    kinds.delete('heartbeat'); // Only where a step takes long.
    assert.deepEqual([...kinds].sort(), ['checkpoint', 'loss', 'measurement', 'phase', 'result', 'usage']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
