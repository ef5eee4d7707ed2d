import { Pool, ProxyAgent } from 'undici';
import type { Dispatcher } from 'undici';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { HttpOptions } from '../../engine/ports/http.ts';
import { createTlsContext } from './certificates.ts';

const connectTimeout = 10_000;

/** How requests to one origin go out: straight, through a proxy's tunnel (https), or by way of the proxy (http). */
export interface Route {
  readonly dispatcher: Dispatcher;
  /** The request target of a path: the path, or the whole URL when a proxy forwards it. */
  target(path: string): string;
  /** Headers every request needs on this route. */
  readonly headers: Readonly<Record<string, string>>;
}

/** HTTP/1.1 without pipelining over at most `options.connections` kept-alive sockets. Touches no global of undici. */
export function createRoute(origin: string, options: HttpOptions): Route {
  if (options.proxy) return createProxyRoute(origin, options.proxy, options);
  const dispatcher = new Pool(origin, { ...poolOptions(options), connect: connectOptions(origin, options, true) });
  return { dispatcher, target: path => path, headers: {} };
}

function poolOptions(options: HttpOptions) {
  return { connections: options.connections, pipelining: 1, allowH2: false } as const;
}

function connectOptions(origin: string, options: HttpOptions, withClientCertificate: boolean) {
  const timeout = connectTimeout;
  return origin.startsWith('https:')
    ? { timeout, secureContext: createTlsContext(options, withClientCertificate) }
    : { timeout };
}

function createProxyRoute(origin: string, proxy: string, options: HttpOptions): Route {
  const url = readProxyUrl(proxy);
  const proxyTls = connectOptions(url.origin, options, false);
  if (origin.startsWith('https:')) {
    const requestTls = connectOptions(origin, options, true);
    const dispatcher = new ProxyAgent({ uri: url.href, ...poolOptions(options), proxyTls, requestTls });
    return { dispatcher, target: path => path, headers: {} };
  }
  // Plain http goes to the proxy with the whole URL as its target, as proxies expect; many refuse tunnels to port 80.
  const dispatcher = new Pool(url.origin, { ...poolOptions(options), connect: proxyTls });
  const headers: Record<string, string> = { host: new URL(origin).host };
  if (url.username) headers['proxy-authorization'] = `Basic ${basicCredentials(url)}`;
  return { dispatcher, target: path => origin + path, headers };
}

function basicCredentials(url: URL): string {
  return Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString('base64');
}

function readProxyUrl(proxy: string): URL {
  const url = URL.canParse(proxy) ? new URL(proxy) : undefined;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new WorkbenchError('file-invalid', 'The proxy address is not an http:// or https:// URL.', {
    remedy: 'Write it like http://proxy.example:3128, in workbench.yaml or HTTPS_PROXY.',
  });
}
