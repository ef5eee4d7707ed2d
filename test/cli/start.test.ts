import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { createWorkspace, runAiwb } from './aiwb.ts';

describe('Compiled code that is kept', () => {
  let workspace: ReturnType<typeof createWorkspace>;
  let compiled: string;
  beforeEach(() => {
    workspace = createWorkspace();
    compiled = path.join(workspace.folder, 'cache', 'aiwb', 'compiled');
  });
  afterEach(() => workspace.remove());

  const version = async (env: NodeJS.ProcessEnv = {}): Promise<void> => {
    const { code, stdout, stderr } = await runAiwb(['--version'], {
      cwd: workspace.folder,
      env: {
        NODE_COMPILE_CACHE: undefined,
        NODE_DISABLE_COMPILE_CACHE: undefined,
        NODE_V8_COVERAGE: undefined,
        XDG_CACHE_HOME: path.join(workspace.folder, 'cache'),
        LOCALAPPDATA: path.join(workspace.folder, 'cache'),
        ...env,
      },
    });
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  };
  const kept = (): readonly string[] => readdirSync(compiled, { recursive: true }).map(String);

  it('lies in the user’s own cache folder, closed to others', async () => {
    await version();
    assert.ok(kept().length > 1);
    if (process.platform !== 'win32') assert.equal(statSync(compiled).mode & 0o777, 0o700);
  });

  it('is not used where others may write', async function () {
    if (process.platform === 'win32') return this.skip();
    mkdirSync(compiled, { recursive: true });
    chmodSync(compiled, 0o777);
    await version();
    assert.deepEqual(kept(), []);
    chmodSync(compiled, 0o700);
    chmodSync(path.dirname(compiled), 0o777);
    await version();
    assert.deepEqual(kept(), []);
    chmodSync(path.dirname(compiled), 0o755);
    await version();
    assert.ok(kept().length > 1);
  });

  it('is made anew after a month, so that what older versions left goes', async () => {
    mkdirSync(compiled, { recursive: true, mode: 0o700 });
    const left = path.join(compiled, 'left');
    writeFileSync(left, '');
    await version();
    assert.ok(existsSync(left));
    const long = Date.now() / 1000 - 31 * 24 * 3600;
    utimesSync(compiled, long, long);
    await version();
    assert.ok(!existsSync(left));
  });

  it('is not there where Node is told so, and nothing is said where it cannot be', async () => {
    await version({ NODE_DISABLE_COMPILE_CACHE: '1' });
    assert.ok(!existsSync(compiled));
    mkdirSync(path.join(workspace.folder, 'cache'));
    writeFileSync(path.join(workspace.folder, 'cache', 'aiwb'), 'a file in its place');
    await version();
  });
});
