import type { AgentDesk } from '../../engine/agents/desk.ts';
import { createAgentDesk } from '../serve/agent-methods.ts';
import type { HostAccess } from '../serve/host-access.ts';
import { openSession, type Session } from '../serve/session.ts';

/** The workspace that a server works in. Its store is opened by the first call, and again after one that failed. */
export interface McpWorkspace {
  desk(signal: AbortSignal): Promise<AgentDesk>;
  close(): Promise<void>;
}

export function createMcpWorkspace(folder: string, store: string | undefined, access: HostAccess): McpWorkspace {
  let opened: Promise<Session> | undefined;

  function open(): Promise<Session> {
    // Not the signal of the call that happens to be the first: others wait for the same store.
    const opening = openSession(
      { folder, network: {}, ...(store === undefined ? {} : { store }) },
      access,
      new AbortController().signal,
    );
    opening.catch(() => {
      opened = undefined;
    });
    return opening;
  }

  return {
    async desk(signal) {
      opened ??= open();
      const session = await opened;
      signal.throwIfAborted();
      return createAgentDesk(session, signal);
    },
    async close() {
      const session = await opened?.catch(() => undefined);
      opened = undefined;
      await session?.store.close();
    },
  };
}
