import { spawn } from 'node:child_process';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { WorkbenchError } from '../../../engine/base/errors.ts';
import { quoteLine } from '../../../engine/models/command/quote.ts';
import { stopTree, watchTree } from '../process-tree.ts';
import { TextTail } from '../text-tail.ts';
import { installerVariables } from './variables.ts';

/** Characters of an installer's outputs that a failure is read from. */
const kept = 20_000;

/**
 * Runs a step of making an environment to its end and tells its lines. Throws `environment-unusable` or `store-full` with what to do, and the
 * signal's reason when aborted.
 */
export async function runStep(
  command: readonly [string, ...string[]],
  folder: string,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const [program, ...parameters] = command;
  const child = spawn(program, parameters, {
    cwd: folder,
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: installerVariables(process.env),
  });
  watchTree(child);
  const stop = (): void => {
    stopTree(child, 'SIGKILL');
  };
  signal.addEventListener('abort', stop, { once: true });
  const said = new TextTail(kept);
  createInterface({ input: child.stdout }).on('line', line => {
    said.add(`${line}\n`);
    onLine(line);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.add(text);
  });
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    signal.throwIfAborted();
    if (status !== 0) throw installFailed(said.text, status);
  } catch (error) {
    if (error instanceof WorkbenchError || signal.aborted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new WorkbenchError('environment-unusable', `${program} could not be started: ${reason}.`, {
      remedy: 'Check `python` of the platform in workbench.yaml.',
      cause: error,
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What an installer is doing, in the user's words; undefined for lines that tell nothing new. */
export function describeStep(line: string): string | undefined {
  const collecting = /^\s*Collecting ([A-Za-z0-9._-]+)(?:==([\w.+]+))?/.exec(line);
  if (collecting !== null) {
    const [, name = '', version] = collecting;
    return `Installing the trainer: ${name}${version === undefined ? '' : ` ${version}`}`;
  }
  const downloading = /^\s*Downloading (?:\S*\/)?([A-Za-z0-9._]+?)-[\w.+]+\S* \(([\d.]+ ?[kMG]?B)\)/.exec(line);
  if (downloading !== null) {
    const [, name = '', size = ''] = downloading;
    return `Installing the trainer: ${name} (${size})`;
  }
  return /^\s*Installing collected packages/.test(line) ? 'Installing the trainer: unpacking all libraries' : undefined;
}

interface Cause {
  readonly pattern: RegExp;
  readonly message: string;
  readonly remedy: string;
  readonly code?: 'store-full';
}

const causes: readonly Cause[] = [
  {
    pattern: /No space left on device|Errno 28|disk quota exceeded|There is not enough space on the disk/i,
    message: 'The disk is full: the trainer’s libraries were not installed.',
    remedy: 'Free some gigabytes, or set XDG_CACHE_HOME to a folder of a larger disk.',
    code: 'store-full',
  },
  {
    pattern:
      /ensurepip is not available|No module named (?:venv|ensurepip)|returned non-zero exit status 1.*ensurepip/is,
    message: 'This Python cannot make environments: its module venv is missing.',
    remedy:
      'Install it (on Debian and Ubuntu `sudo apt install python3-venv`), or name an interpreter that has the libraries with `python` of the platform.',
  },
  {
    pattern:
      /Temporary failure in name resolution|Name or service not known|getaddrinfo failed|nodename nor servname|NewConnectionError|ConnectTimeout|Network is unreachable|Connection refused|Max retries exceeded|ProxyError/i,
    message: 'The trainer’s libraries could not be fetched: the package index was not reached.',
    remedy:
      'Connect to a network, or set the proxy (HTTPS_PROXY) or your own index (PIP_INDEX_URL, pip.conf); without any, install them from files and name that interpreter with `python` of the platform.',
  },
  {
    pattern: /CERTIFICATE_VERIFY_FAILED|SSLError/i,
    message: 'The trainer’s libraries could not be fetched: the package index’s certificate is not trusted.',
    remedy: 'Name your certificates with PIP_CERT, or in pip.conf.',
  },
  {
    pattern: /No matching distribution found|Could not find a version that satisfies/i,
    message: 'The trainer’s libraries have no release for this Python or this machine.',
    remedy: 'Use Python 3.10 to 3.13 on a 64-bit machine, or check that your package index has them all.',
  },
  {
    pattern: /Permission denied|Access is denied/i,
    message: 'The trainer’s libraries could not be written.',
    remedy: 'Give your user permission to write in its cache folder, or set XDG_CACHE_HOME to another.',
  },
];

function installFailed(said: string, status: number | null): WorkbenchError {
  const known = causes.find(({ pattern }) => pattern.test(said));
  const errors = said.split('\n').filter(line => /^\s*(?:ERROR|error)\b/.test(line));
  const detail = quoteLine(errors.at(-1) ?? said.trim().split('\n').at(-1) ?? '', 600);
  if (known !== undefined) {
    return new WorkbenchError(known.code ?? 'environment-unusable', `${known.message} (${detail})`, {
      remedy: known.remedy,
    });
  }
  const how = status === null ? 'was stopped' : `ended with status ${String(status)}`;
  return new WorkbenchError('environment-unusable', `Installing the trainer’s libraries ${how}: ${detail}`, {
    remedy: 'Try again with `aiwb tune environment --create`, which prints all that the installer says.',
  });
}
