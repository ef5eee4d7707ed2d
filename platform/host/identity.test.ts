import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { createIdentities } from './identity.ts';

describe('who acts', () => {
  const signal = new AbortController().signal;
  let folder = '';
  /** Git as on a fresh machine: no configuration but the folder's own. */
  let environment: Record<string, string | undefined> = {};

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'aiwb-identity-'));
    environment = {
      PATH: process.env['PATH'],
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CEILING_DIRECTORIES: tmpdir(),
    };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...flags: string[]): unknown =>
    execFileSync('git', flags, { cwd: folder, env: environment, stdio: 'ignore' });

  it('is whom git is configured for in the folder', async () => {
    git('init');
    git('config', 'user.email', 'ada@example.com');
    const identities = createIdentities(environment);
    assert.deepEqual(await identities.whoAmI(folder, signal), { email: 'ada@example.com', assurance: 'self-asserted' });
    git('config', 'user.name', 'Ada Lovelace');
    const below = path.join(folder, 'below');
    mkdirSync(below);
    const expected = { name: 'Ada Lovelace', email: 'ada@example.com', assurance: 'self-asserted' };
    assert.deepEqual(await identities.whoAmI(below, signal), expected);
  });

  it('is the author named in the environment first, and git is not needed then', async () => {
    const named = { ...environment, GIT_AUTHOR_EMAIL: 'grace@example.com', GIT_AUTHOR_NAME: 'Grace\u0007 Hopper' };
    const who = await createIdentities(named, '/nothing/git').whoAmI(folder, signal);
    assert.deepEqual(who, { name: 'Grace Hopper', email: 'grace@example.com', assurance: 'self-asserted' });
    const nameless = { ...named, GIT_AUTHOR_NAME: undefined };
    const alone = await createIdentities(nameless, '/nothing/git').whoAmI(folder, signal);
    assert.deepEqual(alone, { email: 'grace@example.com', assurance: 'self-asserted' });
    git('init');
    git('config', 'user.email', 'ada@example.com');
    assert.equal((await createIdentities(named).whoAmI(folder, signal)).email, 'grace@example.com');
  });

  it('is missing where nothing is configured, with what to do', async () => {
    const asked = createIdentities(environment).whoAmI(folder, signal);
    await assert.rejects(asked, isMissing(/knows no e-mail address/, /git config user\.email you@example\.com/));
  });

  for (const email of [
    'ada',
    'ada@',
    '@example.com',
    'a@b@c',
    'a b@c',
    'a\u0000@c',
    'a@b\u200b',
    `${'a'.repeat(250)}@b.c`,
  ]) {
    it(`is not ${JSON.stringify(email.slice(0, 20))}`, async () => {
      const named = { ...environment, GIT_AUTHOR_EMAIL: email };
      await assert.rejects(createIdentities(named).whoAmI(folder, signal), isMissing(/is no e-mail address/));
    });
  }

  it('tells that git is not installed, or that the folder is not there', async () => {
    const absent = createIdentities(environment, 'no-such-git');
    await assert.rejects(absent.whoAmI(folder, signal), isMissing(/Git is not installed/));
    const nowhere = createIdentities(environment).whoAmI(path.join(folder, 'gone'), signal);
    await assert.rejects(nowhere, isMissing(/There is no folder/));
  });

  it('is not asked by one who has given up', async () => {
    await assert.rejects(createIdentities(environment).whoAmI(folder, AbortSignal.abort()), { name: 'AbortError' });
  });

  it('never runs what is in a folder’s name or configuration', async () => {
    git('init');
    git('config', 'user.email', '$(touch pwned)@example.com');
    await assert.rejects(createIdentities(environment).whoAmI(folder, signal), isMissing(/is no e-mail address/));
    assert.throws(() => execFileSync('ls', ['pwned'], { cwd: folder, stdio: 'ignore' }));
  });
});

function isMissing(words: RegExp, remedy = /./): (error: unknown) => boolean {
  return error => {
    assert.ok(error instanceof WorkbenchError, String(error));
    assert.equal(error.code, 'identity-missing');
    assert.match(error.message, words);
    assert.match(error.remedy ?? '', remedy);
    return true;
  };
}
