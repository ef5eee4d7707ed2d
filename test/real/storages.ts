import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import assert from 'node:assert/strict';
import { encodeAws, signRequest, signUrl } from '../../engine/ingest/sources/sigv4.ts';
import { createStorage } from '../../engine/tuning/storage/create-storage.ts';
import type { JobStorage } from '../../engine/tuning/storage/storage.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { signAccount, signContainer } from '../fakes/object-store-azure.ts';
import { storageContract } from '../fakes/storage-contract.ts';
import { storagePorts } from '../fakes/storage.ts';
import { freePort } from './free-port.ts';
import { checkLargeArchives, startProxy } from './large-archives.ts';
import type { Checks } from './main.ts';
import { pythonWith, startServer, Unavailable } from './server.ts';

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
 * Storages over servers of others: s3rver, which speaks S3 and lets every signature pass (those are held against Amazon's SDK), and Azurite,
 * Microsoft's emulator, which verifies shared access signatures. `AIWB_REAL_NPM` names a folder that has both.
 */
export async function checkStorages({ check }: Checks): Promise<void> {
  const packages = process.env['AIWB_REAL_NPM'] ?? install(['s3rver@3.7.1', 'azurite@3.37.0']);
  const programs = path.join(packages, 'node_modules');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-storages-'));
  try {
    const python = process.env['AIWB_REAL_BOTOCORE'] ?? pythonWith('botocore', ['botocore==1.44.8']);
    await checkSignatures(python, check);
    await checkFolder(python, folder, check);
    await checkS3(programs, python, folder, check);
    await checkAzurite(programs, python, folder, check);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Amazon's own SDK signs what we sign, to the same signatures. `AIWB_REAL_BOTOCORE` names a Python that has it. */
async function checkSignatures(python: string, check: Checks['check']): Promise<void> {
  const digest = createDigest();
  const keys = ['runs/aiwb-1/bundle.tar', "team a/it's (1) + 2=3 & é~!*.tar", 'a'.repeat(300)];
  const queries = ['', 'uploads=', 'partNumber=2&uploadId=a%2Fb%2B%3D', 'a-b=2&a=1', 'list-type=2&prefix=x%20y%2F'];
  const cases = ['AKIDEXAMPLE', 'AKIDOTHER'].flatMap((accessKey, at) =>
    keys.flatMap(key =>
      queries.flatMap(query =>
        ['GET', 'PUT', 'DELETE', 'POST'].flatMap(method => {
          const credentials = {
            accessKey,
            secretKey: `secret/+${accessKey}`,
            ...(at === 0 ? {} : { sessionToken: 'token/+=' }),
          };
          const url = `http://127.0.0.1:9000/tuning/${encodeAws(key, true)}${query === '' ? '' : `?${query}`}`;
          const shared = {
            method,
            url,
            region: 'eu-central-1',
            at: 1_800_000_000_000 + at * 86_400_000,
            ...credentials,
          };
          const body = method === 'PUT' ? 'the content' : '';
          return [
            { ...shared, body, ...(method === 'GET' ? { headers: { range: 'bytes=5-' } } : {}) },
            { ...shared, seconds: 600 + at },
          ];
        }),
      ),
    ),
  );
  await check(`${String(cases.length)} signatures are those of Amazon’s SDK`, async () => {
    const input = cases.map(line => `${JSON.stringify(line)}\n`).join('');
    const script = path.join(import.meta.dirname, 's3_signatures.py');
    const { stdout, stderr } = spawnSync(python, [script], { input, encoding: 'utf8' });
    const theirs = stdout.trim().split('\n');
    const ours = cases.map(one => {
      const { accessKey, secretKey, region, at, method, url } = one;
      const credentials = {
        accessKey,
        secretKey,
        ...('sessionToken' in one ? { sessionToken: one.sessionToken } : {}),
      };
      const signing = { region, credentials, at, digest };
      if ('seconds' in one) return /X-Amz-Signature=(\w+)/.exec(signUrl({ method, url }, one.seconds, signing))?.[1];
      const payload = digest.sha256(one.body);
      const signed = signRequest(
        { method, url, payload, ...('headers' in one ? { headers: one.headers } : {}) },
        signing,
      );
      return /Signature=(\w+)/.exec(signed['authorization'] ?? '')?.[1];
    });
    assert.deepEqual(ours, theirs, stderr);
    return Promise.resolve();
  });
}

async function checkFolder(python: string, folder: string, check: Checks['check']): Promise<void> {
  const shared = path.join(folder, 'shared folder');
  mkdirSync(shared);
  const storage = createStorage({ type: 'folder', path: shared }, storagePorts({}));
  await checkLargeArchives({ name: 'A folder', storage, python, folder }, check);
}

async function checkS3(programs: string, python: string, folder: string, check: Checks['check']): Promise<void> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const data = path.join(folder, 's3');
  mkdirSync(data);
  const program = path.join(programs, 's3rver', 'bin', 's3rver.js');
  const options = ['-d', data, '-a', '127.0.0.1', '-p', String(port), '--configure-bucket', bucket];
  const server = await startServer([process.execPath, program, ...options], { url, ready: `/${bucket}` });
  const key = { env: 'KEY' };
  const open = (endpoint: string) =>
    createStorage(
      { type: 's3', bucket, endpoint, prefix: 'team a/aiwb', accessKey: key, secretKey: key },
      storagePorts({ KEY: 'S3RVER' }),
    );
  const proxy = await startProxy(port);
  try {
    await checkContract('s3rver', open(url), folder, check);
    const storage = open(proxy.url);
    const remote = { proxy, endingSoon: () => storage };
    await checkLargeArchives({ name: 's3rver', storage, python, folder, remote }, check);
  } finally {
    proxy.close();
    await server.stop();
  }
}

async function checkAzurite(programs: string, python: string, folder: string, check: Checks['check']): Promise<void> {
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
  const proxy = await startProxy(port);
  try {
    const until = Date.now() + 3 * 3_600_000;
    const made = await fetch(`${url}/${bucket}?restype=container&${signAccount(emulator, until)}`, {
      method: 'PUT',
      headers: { 'x-ms-version': '2021-08-06' },
    });
    assert.equal(made.status, 201, await made.text());
    const open = (sas: string, base = url) =>
      createStorage(
        { type: 'azure-blob', container: `${base}/${bucket}`, prefix: 'team a', sas: { env: 'SAS' } },
        storagePorts({ SAS: sas }),
      );
    await checkContract('Azurite', open(signContainer(emulator, bucket, 'rcwdl', until)), folder, check);
    const base = `${proxy.url}/${emulator.account}`;
    const storage = open(signContainer(emulator, bucket, 'rcwdl', until), base);
    const endingSoon = (seconds: number) =>
      open(signContainer(emulator, bucket, 'rcwdl', Date.now() + seconds * 1000), base);
    const remote = { proxy, endingSoon };
    await checkLargeArchives({ name: 'Azurite', storage, python, folder, remote }, check);
    await check('Azurite refuses a signature that allows less, has ended, or is another’s', async () => {
      const refused = { code: 'storage-refused' };
      await assert.rejects(open(signContainer(emulator, bucket, 'r', until)).list('', signal), refused);
      await assert.rejects(open(signContainer(emulator, bucket, 'rl', Date.now() - 60_000)).list('', signal), refused);
      const other = { ...emulator, key: Buffer.from('another key') };
      await assert.rejects(open(signContainer(other, bucket, 'rl', until)).list('', signal), refused);
    });
  } finally {
    proxy.close();
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
