import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from '@modelcontextprotocol/client';
import type { ElicitResult } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { people, root } from './aiwb.ts';

const program = path.join(root, 'dist', 'aiwb.mjs');

/** Revisions up to 2025-11-25 with their handshake, or the one of 2026-07-28 without. */
export type Era = 'legacy' | 'modern';

export interface McpOptions {
  readonly era?: Era;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What the person answers; absent: the client cannot ask. */
  readonly person?: (question: string) => ElicitResult;
}

export interface Answered {
  readonly text: string;
  readonly content: Record<string, unknown>;
  readonly failed: boolean;
}

export interface McpConnection {
  readonly client: Client;
  readonly questions: readonly string[];
  readonly pid: number;
  call(tool: string, input: object, options?: Parameters<Client['callTool']>[1]): Promise<Answered>;
  close(): Promise<void>;
}

function environment(folder: string, env: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { PATH = '' } = process.env;
  return { PATH, HOME: folder, XDG_CONFIG_HOME: path.join(folder, '.config'), ...people.author, ...env };
}

/** The official client against the built server. No code may be made from strings in it. */
export async function connectMcp(folder: string, options: McpOptions = {}): Promise<McpConnection> {
  const { era = 'legacy', args = [], person } = options;
  const client = new Client(
    { name: 'test', version: '1' },
    {
      capabilities: person === undefined ? {} : { elicitation: {} },
      ...(era === 'modern' ? { versionNegotiation: { mode: 'auto' } } : {}),
    },
  );
  const questions: string[] = [];
  if (person !== undefined) {
    client.setRequestHandler('elicitation/create', ({ params: { message } }) => {
      questions.push(message);
      return person(message);
    });
  }
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['--disallow-code-generation-from-strings', program, 'mcp', '--stdio', ...args],
    cwd: folder,
    env: environment(folder, options.env),
    stderr: 'pipe',
  });
  await client.connect(transport);
  return {
    client,
    questions,
    pid: transport.pid ?? 0,
    async call(name, input, how) {
      const result = await client.callTool({ name, arguments: { ...input } }, how);
      const [part] = result.content;
      return {
        text: part?.type === 'text' ? part.text : '',
        content: result.structuredContent as Record<string, unknown>,
        failed: result.isError === true,
      };
    },
    close: () => client.close(),
  };
}

/** The server's streams, for what no client of the protocol would send. */
export interface RawServer {
  readonly child: ChildProcessWithoutNullStreams;
  /** Everything it wrote. */
  readonly lines: string[];
  send(message: unknown): void;
  /** The answer to a request. */
  answer(
    id: number,
  ): Promise<{ readonly result?: Record<string, unknown>; readonly error?: { readonly code: number } }>;
  end(): Promise<number | null>;
}

export function startRawMcp(folder: string, args: readonly string[] = []): RawServer {
  const child = spawn(process.execPath, [program, 'mcp', '--stdio', ...args], {
    cwd: folder,
    env: environment(folder),
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', line => void lines.push(line));
  child.stderr.resume();
  const closed = once(child, 'close');
  return {
    child,
    lines,
    send: message => void child.stdin.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`),
    async answer(id) {
      for (;;) {
        const found = lines.find(line => (JSON.parse(line) as { id?: number }).id === id);
        if (found !== undefined) return JSON.parse(found) as Awaited<ReturnType<RawServer['answer']>>;
        await Promise.race([
          once(reader, 'line'),
          closed.then(() => Promise.reject(new Error('The server has ended.'))),
        ]);
      }
    },
    async end() {
      child.stdin.end();
      const [code] = (await closed) as [number | null];
      return code;
    },
  };
}

/** The handshake of earlier revisions. */
export function initialize(id: number, protocolVersion = '2025-11-25'): object {
  const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'raw', version: '1' } };
  return { jsonrpc: '2.0', id, method: 'initialize', params };
}
