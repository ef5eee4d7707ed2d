import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stripVTControlCharacters } from 'node:util';
import type { BridgeRequest, BridgeResponse, WorkbenchActions } from '../protocol.ts';

export interface Bridge {
  url: string;
  token: string;
  /** Names who acts from now on; until then a request is answered with an error. */
  connect(actions: WorkbenchActions): void;
  close(): void;
}

/** Opens a loopback endpoint through which code in the extension host drives the browser. */
export async function openBridge(): Promise<Bridge> {
  const token = randomBytes(24).toString('hex');
  let actions: WorkbenchActions | undefined;
  const server = createServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(401).end();
      return;
    }
    void answer(request, actions).then(result => {
      // A connection that is kept is closed after a while, perhaps just when the next request is on its way.
      const headers = { 'content-type': 'application/json', connection: 'close' };
      response.writeHead(200, headers).end(JSON.stringify(result));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    token,
    connect: connected => void (actions = connected),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(request: IncomingMessage, actions: WorkbenchActions | undefined): Promise<BridgeResponse> {
  try {
    const { action, arguments: given } = JSON.parse(await readBody(request)) as BridgeRequest;
    if (!actions) throw new Error('The workbench is not open yet.');
    if (!Object.hasOwn(actions, action)) throw new Error(`There is no action "${action}".`);
    const act = actions[action] as (...values: unknown[]) => Promise<unknown>;
    return { value: (await act(...given.map(value => value ?? undefined))) ?? null };
  } catch (error) {
    return { error: stripVTControlCharacters(error instanceof Error ? error.message : String(error)) };
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
