import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import type { ServerOptions } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { createAuthority } from '../../test/fakes/certificates.ts';
import { startFakeProxy } from '../../test/fakes/proxy.ts';
import type { FakeProxy } from '../../test/fakes/proxy.ts';
import { HttpFailure } from '../../engine/ports/http.ts';
import type { HttpOptions } from '../../engine/ports/http.ts';
import { createHttpClient } from './client.ts';

const { signal } = new AbortController();
const authority = createAuthority('Test authority');
const identity = authority.issue('127.0.0.1');
const clientCertificate = authority.issue('client');

describe('enterprise network', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const clean of cleanups.splice(0).reverse()) await clean();
  });

  async function listen(server: Server, scheme: string): Promise<string> {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => new Promise(resolve => server.close(resolve)));
    return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  function listenTls(options: ServerOptions = {}): Promise<string> {
    const server = createServer({ ...identity, ...options }, (request, response) => {
      response.setHeader('x-authorization', request.headers.authorization ?? '');
      response.end(request.url);
    });
    server.on('tlsClientError', () => undefined);
    return listen(server, 'https');
  }

  async function startProxy(credentials?: string): Promise<FakeProxy> {
    const proxy = await startFakeProxy(credentials);
    cleanups.push(() => proxy.close());
    return proxy;
  }

  async function get(
    origin: string,
    options: Partial<HttpOptions>,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; text: string }> {
    const client = createHttpClient(origin, { connections: 2, ...options });
    cleanups.push(() => client.close());
    let status = 0;
    let text = '';
    const receiver = {
      head: (code: number) => void (status = code),
      data: (chunk: Uint8Array) => void (text += Buffer.from(chunk).toString()),
    };
    await client.send({ method: 'GET', url: `${origin}/path`, headers }, receiver, signal);
    return { status, text };
  }

  describe('TLS', () => {
    it('refuses a certificate of an unknown authority, in clear words', async () => {
      await assert.rejects(get(await listenTls(), {}), isTls(/authority|self-signed/));
    });

    it('accepts it with the authority given, also among others in one file', async () => {
      const origin = await listenTls();
      assert.equal((await get(origin, { extraCa: [authority.cert] })).text, '/path');
      assert.equal(
        (await get(origin, { extraCa: [`# ours\n${createAuthority('Other').cert}\n${authority.cert}`] })).text,
        '/path',
      );
    });

    it('refuses a certificate for another host', async () => {
      await assert.rejects(
        get(await listenTls(authority.issue('other.example')), { extraCa: [authority.cert] }),
        isTls(/another host/),
      );
    });

    it('tells a server that does not speak TLS', async () => {
      const origin = await listen(
        createHttpServer((_, response) => response.end()),
        'https',
      );
      await assert.rejects(get(origin, {}), isTls(/http:\/\/ address/));
    });

    it('shows its client certificate where one is asked for', async () => {
      const origin = await listenTls({ ca: authority.cert, requestCert: true, rejectUnauthorized: true });
      assert.equal((await get(origin, { extraCa: [authority.cert], clientCertificate })).text, '/path');
      await assert.rejects(get(origin, { extraCa: [authority.cert] }), HttpFailure);
    });

    it('refuses certificates it cannot read before anything is sent', () => {
      const broken = [
        { extraCa: ['no certificate'] },
        { extraCa: [authority.cert, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'] },
        { clientCertificate: { cert: 'x', key: 'y' } },
        { clientCertificate: { cert: clientCertificate.cert, key: identity.key } },
      ];
      for (const options of broken) {
        assert.throws(() => createHttpClient('https://x.example', { connections: 1, ...options }), {
          code: 'tls-invalid',
        });
      }
    });
  });

  describe('proxy', () => {
    it('tunnels https, so that the proxy sees neither path nor key', async () => {
      const origin = await listenTls();
      const proxy = await startProxy('user:p@ss');
      const url = proxy.url.replace('//', '//user:p%40ss@');
      const response = await get(origin, { proxy: url, extraCa: [authority.cert] }, { authorization: 'Bearer secret' });
      assert.equal(response.text, '/path');
      assert.equal(proxy.seen.length, 1);
      assert.equal(proxy.seen[0]?.line, `CONNECT ${new URL(origin).host}`);
      assert.equal(proxy.seen[0].headers.authorization, undefined);
    });

    it('forwards http with the whole URL and the right host', async () => {
      let seen: Record<string, unknown> = {};
      const origin = await listen(
        createHttpServer((request, response) => ((seen = request.headers), response.end(request.url))),
        'http',
      );
      const proxy = await startProxy('user:pass');
      const headers = { 'x-a': 'b' };
      const response = await get(origin, { proxy: proxy.url.replace('//', '//user:pass@') }, headers);
      assert.equal(response.text, '/path');
      assert.equal(proxy.seen[0]?.line, `GET ${origin}/path`);
      assert.equal(seen['host'], new URL(origin).host);
      assert.equal(seen['proxy-authorization'], undefined);
      assert.deepEqual(headers, { 'x-a': 'b' });
    });

    it('tells a proxy that refuses', async () => {
      const proxy = await startProxy('user:pass');
      const tunnel = get('https://127.0.0.1:9', { proxy: proxy.url });
      await assert.rejects(
        tunnel,
        (error: unknown) => error instanceof HttpFailure && error.fault === 'refused' && /proxy/.test(error.message),
      );
      assert.equal((await get('http://127.0.0.1:9', { proxy: proxy.url })).status, 407);
    });

    it('tells a proxy that is not there', async () => {
      const proxy = await startFakeProxy();
      await proxy.close();
      for (const origin of ['http://127.0.0.1:9', 'https://127.0.0.1:9']) {
        await assert.rejects(
          get(origin, { proxy: proxy.url }),
          (error: unknown) => error instanceof HttpFailure && error.fault === 'refused',
        );
      }
    });

    it('refuses an address that is no proxy', () => {
      for (const proxy of ['proxy:3128', 'ftp://proxy.example', '']) {
        const options = { connections: 1, proxy };
        if (proxy === '') assert.doesNotThrow(() => createHttpClient('http://x.example', options));
        else assert.throws(() => createHttpClient('http://x.example', options), { code: 'file-invalid' }, proxy);
      }
    });
  });
});

function isTls(words: RegExp): (error: unknown) => boolean {
  return error => {
    assert.ok(error instanceof HttpFailure, String(error));
    assert.equal(error.fault, 'tls', error.message);
    assert.match(error.message, words);
    return true;
  };
}
