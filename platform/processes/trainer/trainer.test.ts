import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Trainer } from '../../../engine/ports/trainer.ts';
import { describeHost } from '../../host/describe.ts';
import { createTrainer } from './trainer.ts';
import { installerVariables, trainerVariables } from './variables.ts';

const never = new AbortController().signal;

/** A stand-in for Python: tells a version, makes environments, installs, checks itself and trains as `says` wants. */
function writePython(file: string, says: { version?: string; pip?: string; check?: string; venv?: string } = {}): void {
  const check = says.check ?? `echo '{"python":"3.12.1","device":"cpu","libraries":{"torch":"2.0"}}'`;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(
    file,
    `#!/bin/sh
case "$*" in
  "-I -c "*) echo "[\\"$0\\", \\"${says.version ?? '3.12.1'}\\"]" ;;
  "-I -m venv "*) ${says.venv ?? 'mkdir -p "$4/bin" && cp "$0" "$4/bin/python" && echo made >> "$(dirname "$0")/made"'} ;;
  "-I -m pip "*) ${says.pip ?? 'echo "Collecting torch==2.0"; echo "  Downloading torch-2.0-cp312-any.whl (780.4 MB)"'} ;;
  "-m aiwb_trainer check") case "$0" in *bin/python) ${check} ;; *) echo '{"ok":false,"problems":["torch is not installed."]}'; exit 1 ;; esac ;;
  "-m aiwb_trainer train "*) echo '{"event":"heartbeat","at":1}'; echo "token $HF_TOKEN key $MY_API_KEY" >&2; cat > /dev/null; echo saved > "$7/saved" ;;
esac
`,
  );
  chmodSync(file, 0o755);
}

describe('the trainer’s environment', () => {
  let folder: string;
  let python: string;
  const open = (allows = true): Trainer =>
    createTrainer({
      trainerFolder: path.join(folder, 'trainer'),
      owner: describeHost(),
      allowsPython: () => allows,
      cacheFolder: path.join(folder, 'cache'),
    });

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-environment-'));
    mkdirSync(path.join(folder, 'trainer'));
    writeFileSync(path.join(folder, 'trainer', 'requirements.txt'), '# what it needs\ntorch==2.0\n');
    python = path.join(folder, 'interpreters', 'py');
    writePython(python);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is missing at first, is made where that was permitted, and found from then on', async () => {
    const trainer = open();
    const before = await trainer.inspect(python, never);
    assert.ok(before.state === 'missing');
    assert.deepEqual(before.missing.requirements, ['torch==2.0']);
    assert.equal(before.missing.why, 'torch is not installed.');
    assert.equal(before.missing.isPermitted, false);
    await trainer.permit();
    const steps: string[] = [];
    const made = await trainer.create(python, step => steps.push(step), never);
    assert.deepEqual(steps, [
      'Installing the trainer: making a Python environment',
      'Installing the trainer: torch 2.0',
      'Installing the trainer: torch (780.4 MB)',
      'Installing the trainer: trying it out',
    ]);
    assert.equal(made.folder, before.missing.folder);
    const after = await open().inspect(python, never);
    assert.ok(after.state === 'ready' && after.environment.libraries['torch'] === '2.0');
    assert.deepEqual(await trainer.remove(), [made.folder]);
    const removed = await open().inspect(python, never);
    assert.ok(removed.state === 'missing' && !removed.missing.isPermitted);
  });

  it('is made once by several at a time', async () => {
    const made = await Promise.all([1, 2, 3].map(() => open().create(python, () => undefined, never)));
    assert.equal(new Set(made.map(environment => environment.folder)).size, 1);
    assert.equal(readFileSync(path.join(path.dirname(python), 'made'), 'utf8').trim(), 'made');
  });

  it('is made anew where a maker was killed halfway', async () => {
    const before = await open().inspect(python, never);
    assert.ok(before.state === 'missing');
    mkdirSync(path.join(before.missing.folder, 'half'), { recursive: true });
    const made = await open().create(python, () => undefined, never);
    assert.equal(existsSync(path.join(made.folder ?? '', 'half')), false);
  });

  it('is an interpreter of somebody’s own where that has all that is needed', async () => {
    const own = path.join(folder, 'own', 'bin', 'python');
    writePython(own);
    const state = await open().inspect(own, never);
    assert.ok(state.state === 'ready' && state.environment.python === own && state.environment.folder === undefined);
  });

  it('starts no interpreter that the workspace names and nobody has allowed', async () => {
    await assert.rejects(open(false).inspect(python, never), { code: 'program-not-allowed' });
  });

  const faults: readonly [
    string,
    Parameters<typeof writePython>[1],
    { code: string; message: RegExp; remedy: RegExp },
  ][] = [
    [
      'Python is too old',
      { version: '3.8.2' },
      { code: 'environment-unusable', message: /3\.10 or newer.*3\.8\.2/, remedy: /newer Python/ },
    ],
    [
      'there is no module venv',
      { venv: 'echo "ensurepip is not available" >&2; exit 1' },
      { code: 'environment-unusable', message: /venv/, remedy: /python3-venv/ },
    ],
    [
      'there is no network',
      { pip: 'echo "ERROR: Max retries exceeded" >&2; exit 1' },
      { code: 'environment-unusable', message: /not reached/, remedy: /proxy/ },
    ],
    [
      'the disk is full',
      { pip: 'echo "ERROR: [Errno 28] No space left on device" >&2; exit 1' },
      { code: 'store-full', message: /disk is full/, remedy: /XDG_CACHE_HOME/ },
    ],
    [
      'the libraries do not work',
      { check: `echo '{"problems":["torch does not work: wrong driver"]}'; exit 1` },
      { code: 'environment-unusable', message: /wrong driver/, remedy: /requirements\.txt/ },
    ],
  ];
  for (const [what, says, expected] of faults) {
    it(`says what to do where ${what}`, async () => {
      writePython(python, says);
      await assert.rejects(
        open().create(python, () => undefined, never),
        expected,
      );
    });
  }

  it('starts the trainer, lets it save when it is stopped, and keeps its output apart', async () => {
    const trainer = open();
    const environment = await trainer.create(python, () => undefined, never);
    const job = path.join(folder, 'job');
    mkdirSync(job);
    const out = path.join(job, 'out');
    const running = await trainer.train(environment, { job, out, usesHub: false }, never);
    const lines = running.lines[Symbol.asyncIterator]();
    assert.equal((await lines.next()).value, '{"event":"heartbeat","at":1}');
    assert.ok(existsSync(path.join(out, 'trainer.json')));
    await running.stop(30_000);
    assert.ok(existsSync(path.join(out, 'saved')));
    assert.equal(existsSync(path.join(out, 'trainer.json')), false);
  });

  it('gives the trainer no credential but the token of the hub, and that only where the hub is asked', () => {
    const all = {
      HF_TOKEN: 'hf',
      OPENAI_API_KEY: 'sk',
      PYTHONPATH: '/evil',
      PATH: '/bin',
      PIP_INDEX_URL: 'https://u:p@i',
    };
    const without = trainerVariables(all, '/trainer', false);
    assert.deepEqual(
      [without['HF_TOKEN'], without['OPENAI_API_KEY'], without['PYTHONPATH'], without['PATH']],
      [undefined, undefined, '/trainer', '/bin'],
    );
    assert.equal(trainerVariables(all, '/trainer', true)['HF_TOKEN'], 'hf');
    const installer = installerVariables(all);
    assert.deepEqual(
      [installer['PIP_INDEX_URL'], installer['HF_TOKEN'], installer['OPENAI_API_KEY'], installer['PYTHONPATH']],
      ['https://u:p@i', undefined, undefined, undefined],
    );
  });
});
