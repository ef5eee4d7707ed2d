import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

export interface PageServer {
  readonly origin: string;
  /** Adds a document under `/name`, with the content security policy a webview host sets; returns its address. */
  publish(name: string, document: { readonly policy: (origin: string) => string; readonly html: string }): string;
  close(): Promise<void>;
}

export const nonce = 'dGVzdC1ub25jZQ';

/** What VS Code's host of the page sets, its `cspSource` being this server. */
export function webviewPolicy(origin: string): string {
  return `default-src 'none'; img-src ${origin} data:; font-src ${origin}; style-src ${origin} 'nonce-${nonce}'; script-src 'nonce-${nonce}' ${origin}`;
}

/** A loopback server for built bundles (`/dist/…`) and the documents of a test. */
export async function startPageServer(): Promise<PageServer> {
  const documents = new Map<string, { policy: string; html: string }>();
  let origin = '';
  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const document = documents.get(url.pathname);
      if (document !== undefined) {
        response.writeHead(200, {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': document.policy,
        });
        response.end(document.html);
        return;
      }
      if (url.pathname === '/favicon.ico') {
        response.writeHead(204).end();
        return;
      }
      const file = path.join(root, path.normalize(url.pathname));
      if (!file.startsWith(path.join(root, 'dist') + path.sep)) {
        response.writeHead(404).end();
        return;
      }
      try {
        const text = await readFile(file);
        response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(text);
      } catch {
        response.writeHead(404).end();
      }
    })();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    origin,
    publish(name, { policy, html }) {
      documents.set(`/${name}`, { policy: policy(origin), html });
      return `${origin}/${name}`;
    },
    close: () => new Promise(resolve => server.close(() => resolve())),
  };
}
