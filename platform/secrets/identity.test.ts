import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { createHttpClient } from '../http/client.ts';
import { fetchIdentityToken, type IdentityOptions } from './identity.ts';

const { signal } = new AbortController();

describe('a token for whoever runs this', () => {
  let server: Server;
  let origin: string;
  let folder: string;
  let reply: { status: number; body: string };
  const requests: { url: string; headers: IncomingMessage['headers']; body: string }[] = [];

  before(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', chunk => (body += String(chunk)));
      request.on('end', () => {
        requests.push({ url: request.url ?? '', headers: request.headers, body });
        response.writeHead(reply.status, { 'content-type': 'application/json' }).end(reply.body);
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-identity-'));
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    requests.length = 0;
    reply = { status: 200, body: '{"access_token":"a-token","expires_in":3600}' };
  });

  const noCommand = () => Promise.reject(new Error('spawn az ENOENT'));
  /** A machine without a token service of its own: only addresses of this test can be reached. */
  const http: typeof createHttpClient = (asked, options) => {
    if (asked === origin) return createHttpClient(asked, options);
    throw new Error(`${asked} cannot be reached`);
  };
  const fetchToken = (kind: 'entra' | 'google', env: Record<string, string>, more: Partial<IdentityOptions> = {}) =>
    fetchIdentityToken(kind, { env, http, runCommand: noCommand, ...more }, signal);

  it('comes of a workload identity by exchanging its own token', async () => {
    const file = path.join(folder, 'assertion');
    writeFileSync(file, 'the-assertion\n');
    const env = {
      AZURE_FEDERATED_TOKEN_FILE: file,
      AZURE_CLIENT_ID: 'client',
      AZURE_TENANT_ID: 'tenant/../x',
      AZURE_AUTHORITY_HOST: `${origin}/`,
    };
    assert.equal(await fetchToken('entra', env), 'a-token');
    const [request] = requests;
    assert.equal(request?.url, '/tenant%2F..%2Fx/oauth2/v2.0/token');
    const form = new URLSearchParams(request.body);
    assert.equal(form.get('client_assertion'), 'the-assertion');
    assert.equal(form.get('scope'), 'https://cognitiveservices.azure.com/.default');
  });

  it('comes of the command-line tools where somebody is logged in', async () => {
    const commands: string[] = [];
    const runCommand = (command: string) => {
      commands.push(command);
      return command.includes('application-default') ? noCommand() : Promise.resolve('cli-token');
    };
    assert.equal(await fetchToken('entra', {}, { runCommand }), 'cli-token');
    assert.equal(await fetchToken('google', {}, { runCommand }), 'cli-token');
    assert.match(commands[0] ?? '', /^az account get-access-token --resource https:\/\/cognitiveservices/);
    assert.deepEqual(commands.slice(1), [
      'gcloud auth application-default print-access-token',
      'gcloud auth print-access-token',
    ]);
  });

  it('of Entra is for what it is asked for', async () => {
    const asked: string[] = [];
    const runCommand = async (command: string) => {
      asked.push(command);
      return 'cli-token';
    };
    await fetchToken('entra', {}, { runCommand });
    await fetchToken('entra', {}, { runCommand, resource: 'management' });
    assert.deepEqual(
      asked.map(command => / --resource (\S+) /.exec(command)?.[1]),
      ['https://cognitiveservices.azure.com', 'https://management.azure.com'],
    );
    await fetchToken(
      'entra',
      { IDENTITY_ENDPOINT: `${origin}/token`, IDENTITY_HEADER: 'h' },
      { resource: 'management-china' },
    );
    assert.match(decodeURIComponent(requests.at(-1)?.url ?? ''), /resource=https:\/\/management\.chinacloudapi\.cn/);
  });

  it('comes of the identity of an app or a machine', async () => {
    const env = { IDENTITY_ENDPOINT: `${origin}/msi/token`, IDENTITY_HEADER: 'proof', AZURE_CLIENT_ID: 'mine' };
    assert.equal(await fetchToken('entra', env), 'a-token');
    assert.match(requests[0]?.url ?? '', /^\/msi\/token\?api-version=2019-08-01&resource=.*&client_id=mine$/);
    assert.equal(requests[0]?.headers['x-identity-header'], 'proof');
    assert.equal(await fetchToken('google', { GCE_METADATA_HOST: origin.slice('http://'.length) }), 'a-token');
    assert.equal(requests[1]?.headers['metadata-flavor'], 'Google');
  });

  it('that cannot be had is told with each way and why, and without a secret', async () => {
    reply = { status: 400, body: '{"error":"invalid_client","error_description":"Unknown client"}' };
    const env = { IDENTITY_ENDPOINT: `${origin}/msi`, IDENTITY_HEADER: 'proof-of-identity' };
    await assert.rejects(fetchToken('entra', env), (error: unknown) => {
      assert.ok(error instanceof WorkbenchError && error.code === 'secret-missing');
      assert.match(
        error.message,
        /workload identity .*: not set up\. Azure CLI: spawn az ENOENT\. managed identity of the app .*: HTTP 400, Unknown client\. managed identity of the machine: .*cannot be reached/,
      );
      assert.match(error.remedy ?? '', /az login/);
      assert.ok(!error.message.includes('proof-of-identity'));
      return true;
    });
    for (const body of ['not json', '[]', '{"access_token":3}', '']) {
      reply = { status: 200, body };
      await assert.rejects(fetchToken('google', { GCE_METADATA_HOST: origin.slice('http://'.length) }), /HTTP 200/);
    }
  });

  it('is not waited for once the run was stopped', async () => {
    const stopped = AbortSignal.abort(new Error('stop'));
    await assert.rejects(fetchIdentityToken('google', { env: {}, http, runCommand: noCommand }, stopped), /stop/);
  });
});
