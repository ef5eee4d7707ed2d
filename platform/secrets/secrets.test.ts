import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { WorkbenchError, type ErrorCode } from '../../engine/base/errors.ts';
import { runCredentialCommand, splitCommand } from './command.ts';
import { redact } from './redact.ts';
import { createCliSecrets, createRelayedSecrets, variableOf } from './secrets.ts';

const signal = new AbortController().signal;
const withCode = (code: ErrorCode) => (error: unknown) => error instanceof WorkbenchError && error.code === code;

describe('secrets of the command line', () => {
  let folder: string;
  let userConfigPath: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-secrets-'));
    userConfigPath = path.join(folder, 'config.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const create = (
    allowOrigins: readonly string[] = [],
    env: Record<string, string> = { KEY: 'canary', AIWB_SECRET_OPEN_AI: 'saved' },
  ) => createCliSecrets({ env, allowOrigins, publishedOrigins: ['https://api.example.com'], userConfigPath });

  it('go to the provider’s own address without asking', async () => {
    assert.equal(await create().resolve({ env: 'KEY' }, 'https://api.example.com', signal), 'canary');
    assert.equal(await create().resolve({ secret: 'open-ai' }, 'https://api.example.com', signal), 'saved');
    assert.equal(variableOf('open-ai'), 'AIWB_SECRET_OPEN_AI');
  });

  it('go nowhere else until somebody allows the address', async () => {
    for (const origin of [
      'http://localhost:8000',
      'https://api.example.com.evil.test',
      'http://api.example.com',
      'https://api.example.com:444',
    ]) {
      await assert.rejects(create().resolve({ env: 'KEY' }, origin, signal), (error: unknown) => {
        assert.ok(withCode('origin-not-allowed')(error));
        assert.ok(!(error as Error).message.includes('canary'));
        return true;
      });
    }
    assert.equal(
      await create(['http://localhost:8000/']).resolve({ env: 'KEY' }, 'http://localhost:8000', signal),
      'canary',
    );
    writeFileSync(userConfigPath, JSON.stringify({ allowedOrigins: ['http://localhost:8000'] }));
    assert.equal(await create().resolve({ env: 'KEY' }, 'http://localhost:8000', signal), 'canary');
  });

  it('are missed by name, not by value', async () => {
    await assert.rejects(
      create([], {}).resolve({ env: 'KEY' }, 'https://api.example.com', signal),
      withCode('secret-missing'),
    );
  });

  it('come from a command only where the user allowed that command', async () => {
    const command = `"${process.execPath}" -e "console.log('from command'); console.log('more')"`;
    await assert.rejects(
      create().resolve({ command }, 'https://api.example.com', signal),
      withCode('origin-not-allowed'),
    );
    writeFileSync(userConfigPath, JSON.stringify({ allowedCommands: [command] }));
    assert.equal(await create().resolve({ command }, 'https://api.example.com', signal), 'from command');
    await assert.rejects(runCredentialCommand('no-such-program-here', signal), withCode('secret-command-failed'));
  });

  it('refuse a user configuration that cannot be understood', async () => {
    writeFileSync(userConfigPath, '{"allowedOrigins": "x"}');
    await assert.rejects(create().resolve({ env: 'KEY' }, 'https://api.example.com', signal), withCode('file-invalid'));
  });

  it('passed on to a run serve only the origin they were resolved for', async () => {
    const relayed = createRelayedSecrets([{ reference: { env: 'KEY' }, origin: 'https://a.test', value: 'v' }], () =>
      assert.fail(),
    );
    assert.equal(await relayed.resolve({ env: 'KEY' }, 'https://a.test', signal), 'v');
    assert.equal(await relayed.resolve({ env: 'KEY' }, 'https://a.test', signal), 'v');
    await assert.rejects(relayed.resolve({ env: 'KEY' }, 'https://b.test', signal), withCode('secret-missing'));
  });

  it('passed on to a run are fetched anew where they expire, for the origin they were resolved for only', async () => {
    const values = [
      { reference: { command: 'print-token' }, origin: 'https://a.test', value: 'first' },
      { reference: { identity: 'entra' as const }, origin: 'https://a.test', value: 'first' },
    ];
    for (const { reference } of values) {
      const relayed = createRelayedSecrets(values, asked => Promise.resolve(`fresh ${JSON.stringify(asked)}`));
      assert.equal(await relayed.resolve(reference, 'https://a.test', signal), 'first');
      assert.equal(await relayed.resolve(reference, 'https://a.test', signal), `fresh ${JSON.stringify(reference)}`);
      await assert.rejects(relayed.resolve(reference, 'https://b.test', signal), withCode('secret-missing'));
    }
  });
});

describe('a credential command line', () => {
  it('is split like a shell would, without expanding anything', () => {
    assert.deepEqual(splitCommand(`az  account "get access" 'a b' $HOME \\"x c\\ d ''`), [
      'az',
      'account',
      'get access',
      'a b',
      '$HOME',
      '"x',
      'c d',
      '',
    ]);
    assert.deepEqual(splitCommand('C:\\tools\\get.exe a'), ['C:\\tools\\get.exe', 'a']);
  });
});

describe('redaction', () => {
  it('removes known secrets and what looks like one', () => {
    const text =
      'key canary-1234, Authorization: Bearer abcdefghijklmnop, sk-abcdefghijklmnopqrst, http://user:pass@host/x, {"apiKey":"zzzzzzzz"}';
    const redacted = redact(text, ['canary-1234']);
    for (const secret of ['canary-1234', 'abcdefghijklmnop', 'user:pass', 'zzzzzzzz'])
      assert.ok(!redacted.includes(secret), redacted);
    assert.equal(
      redact('41 of 480 rows at http://localhost:8000/v1', []),
      '41 of 480 rows at http://localhost:8000/v1',
    );
  });
});
