import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import assert from 'node:assert/strict';
import { createStorage } from '../../engine/tuning/storage/create-storage.ts';
import type { JobStorage } from '../../engine/tuning/storage/storage.ts';
import { signAccount, signContainer } from '../fakes/object-store-azure.ts';
import { storageContract } from '../fakes/storage-contract.ts';
import { storagePorts } from '../fakes/storage.ts';
import { freePort } from './free-port.ts';
import type { Checks } from './main.ts';
import { startServer, Unavailable } from './server.ts';

const { signal } = new AbortController();
const bucket = 'tuning';
/** The account that every emulator has, as its documentation publishes it. */
const emulator = {
  account: 'devstoreaccount1',
  key: Buffer.from(
    'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
    'base64',
  ),
};

/**
 * Storages over servers of others: s3rver, which verifies signatures in headers and addresses, and Azurite, Microsoft's emulator, which
 * verifies shared access signatures. `AIWB_REAL_NPM` names a folder that has both.
 */
export async function checkStorages({ check }: Checks): Promise<void> {
  const packages = process.env['AIWB_REAL_NPM'] ?? install(['s3rver@3.7.1', 'azurite@3.37.0']);
  const programs = path.join(packages, 'node_modules');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-storages-'));
  try {
    await checkS3(programs, folder, check);
    await checkAzurite(programs, folder, check);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function checkS3(programs: string, folder: string, check: Checks['check']): Promise<void> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const data = path.join(folder, 's3');
  mkdirSync(data);
  const program = path.join(programs, 's3rver', 'bin', 's3rver.js');
  const options = ['-d', data, '-a', '127.0.0.1', '-p', String(port), '--configure-bucket', bucket];
  const server = await startServer([process.execPath, program, ...options], { url, ready: `/${bucket}` });
  const open = (secretKey: string) =>
    createStorage(
      {
        type: 's3',
        bucket,
        endpoint: url,
        prefix: 'team a/aiwb',
        accessKey: { env: 'KEY' },
        secretKey: { env: 'SECRET' },
      },
      storagePorts({ KEY: 'S3RVER', SECRET: secretKey }),
    );
  try {
    await checkContract('s3rver', open('S3RVER'), folder, check);
    await check('s3rver refuses what another key has signed', async () => {
      await assert.rejects(open('ANOTHER').list('', signal), { code: 'storage-refused' });
      const { url: address } = await open('ANOTHER').address('aiwb-1/x', 'put', 60, signal);
      assert.equal((await fetch(address, { method: 'PUT', body: 'x' })).status, 403);
    });
  } finally {
    await server.stop();
  }
}

async function checkAzurite(programs: string, folder: string, check: Checks['check']): Promise<void> {
  const port = await freePort();
  const data = path.join(folder, 'azurite');
  mkdirSync(data);
  const url = `http://127.0.0.1:${port}/${emulator.account}`;
  const program = path.join(programs, 'azurite', 'dist', 'src', 'blob', 'main.js');
  const options = [
    '--blobHost',
    '127.0.0.1',
    '--blobPort',
    String(port),
    '--location',
    data,
    '--skipApiVersionCheck',
    '--disableTelemetry',
  ];
  const server = await startServer([process.execPath, program, ...options]);
  await waitUntilServed(url);
  try {
    const until = Date.now() + 3_600_000;
    const made = await fetch(`${url}/${bucket}?restype=container&${signAccount(emulator, until)}`, {
      method: 'PUT',
      headers: { 'x-ms-version': '2021-08-06' },
    });
    assert.equal(made.status, 201, await made.text());
    const open = (sas: string) =>
      createStorage(
        { type: 'azure-blob', container: `${url}/${bucket}`, prefix: 'team a', sas: { env: 'SAS' } },
        storagePorts({ SAS: sas }),
      );
    await checkContract('Azurite', open(signContainer(emulator, bucket, 'rcwdl', until)), folder, check);
    await check('Azurite refuses a signature that allows less, has ended, or is another’s', async () => {
      const refused = { code: 'storage-refused' };
      await assert.rejects(open(signContainer(emulator, bucket, 'r', until)).list('', signal), refused);
      await assert.rejects(open(signContainer(emulator, bucket, 'rl', Date.now() - 60_000)).list('', signal), refused);
      const other = { ...emulator, key: Buffer.from('another key') };
      await assert.rejects(open(signContainer(other, bucket, 'rl', until)).list('', signal), refused);
    });
  } finally {
    await server.stop();
  }
}

async function checkContract(name: string, storage: JobStorage, folder: string, check: Checks['check']): Promise<void> {
  for (const [what, keeps] of Object.entries(storageContract)) {
    await check(`${name} ${what}`, async () => {
      const local = mkdtempSync(path.join(folder, 'local-'));
      await keeps(storage, local);
    });
  }
}

/** It prints a line before it listens. */
async function waitUntilServed(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const isServed = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isServed) return;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer.`);
}

/** A folder with these packages of npm, made where it is not there. */
function install(packages: readonly string[]): string {
  const folder = path.join(os.tmpdir(), 'aiwb-real-npm');
  if (existsSync(path.join(folder, 'node_modules', 'azurite'))) return folder;
  mkdirSync(folder, { recursive: true });
  const args = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--silent', ...packages];
  const { status, stderr, error } = spawnSync('npm', args, { encoding: 'utf8', timeout: 600_000 });
  if (status !== 0) throw new Unavailable(`npm install: ${error?.message ?? stderr.trim().split('\n').at(-1) ?? ''}`);
  return folder;
}
