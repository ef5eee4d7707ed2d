import type { NetworkSettings } from '../../schemas/generated/messages.ts';
import type { Files } from '../ports/files.ts';
import type { HttpOptions } from '../ports/http.ts';
import type { Workspace } from './workspace.ts';

export type NetworkFor = (origin: string) => Omit<HttpOptions, 'connections'>;

/**
 * How origins are reached. What workbench.yaml says wins over the host's settings (VS Code's proxy settings), and those over the
 * usual environment variables. Certificate files are read here, once.
 */
export async function readNetwork(
  workspace: Workspace,
  settings: NetworkSettings,
  environment: Readonly<Record<string, string | undefined>>,
  files: Files,
  signal: AbortSignal,
): Promise<NetworkFor> {
  const own = workspace.config.network;
  const read = (path: string): Promise<string> => files.readText(files.resolve(workspace.folder, path), signal);
  const extraCa = await Promise.all((own?.caCertificates ?? []).map(read));
  const certificate = own?.clientCertificate;
  const clientCertificate =
    certificate === undefined ? undefined : { cert: await read(certificate.cert), key: await read(certificate.key) };
  const noProxy = own?.noProxy ?? settings.noProxy ?? splitList(variable(environment, 'NO_PROXY'));
  const chosenProxy = own?.proxy ?? settings.proxy;
  return origin => {
    const { protocol, hostname } = new URL(origin);
    const proxy = chosenProxy ?? variable(environment, protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
    return {
      ...(proxy === undefined || proxy === '' || isExcepted(hostname, noProxy) ? {} : { proxy }),
      ...(extraCa.length === 0 ? {} : { extraCa }),
      ...(clientCertificate === undefined ? {} : { clientCertificate }),
    };
  };
}

function variable(environment: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  return environment[name] ?? environment[name.toLowerCase()];
}

function splitList(text: string | undefined): readonly string[] {
  return (text ?? '').split(/[\s,]+/).filter(entry => entry !== '');
}

const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/** Whether a host is reached directly: this machine always is, `*` means all, `.example` and `example` cover subdomains. */
export function isExcepted(hostname: string, noProxy: readonly string[]): boolean {
  if (loopback.has(hostname)) return true;
  return noProxy.some(entry => {
    const name = entry
      .replace(/^\*?\./, '')
      .replace(/:\d+$/, '')
      .toLowerCase();
    return entry === '*' || hostname === name || hostname.endsWith(`.${name}`);
  });
}
