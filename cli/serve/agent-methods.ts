import process from 'node:process';
import type { AgentAnswer, AgentCall, AgentEstimate, AgentRunInput } from '../../schemas/generated/messages.ts';
import { callTool } from '../../engine/agents/call.ts';
import type { AgentDesk } from '../../engine/agents/desk.ts';
import { estimateFor } from '../../engine/agents/dry-run.ts';
import { agreedBy } from '../../engine/agents/run.ts';
import type { Memory } from '../../engine/diagnostics/diagnose.ts';
import { rememberStore } from '../../engine/diagnostics/remembered.ts';
import { credentialOf } from '../../engine/models/connections.ts';
import { redact } from '../../platform/secrets/redact.ts';
import { startAssessment } from './governance-methods.ts';
import { listModels } from './model-methods.ts';
import { dryRun, startRun } from './run-methods.ts';
import type { Session } from './session.ts';

export async function callForAgent(
  { tool, input, agreed }: AgentCall,
  session: Session,
  signal: AbortSignal,
): Promise<AgentAnswer> {
  const options = agreed === undefined ? {} : { confirmed: agreed };
  return callTool(tool, input, await createAgentDesk(session, signal), options, signal);
}

export async function estimateForAgent(
  input: AgentRunInput,
  session: Session,
  signal: AbortSignal,
): Promise<AgentEstimate> {
  const estimate = await estimateFor(input, await createAgentDesk(session, signal), signal);
  return { estimate, agreed: agreedBy(estimate) };
}

/** The desk of a workspace: what is asked there is done as the session's host does it. */
export async function createAgentDesk(session: Session, signal: AbortSignal): Promise<AgentDesk> {
  const secrets = await secretsInEnvironment(session, signal);
  const { folder, store, host } = session;
  return {
    folder,
    store,
    files: host.files,
    clock: host.clock,
    memory: memoryOf(session),
    listModels: current => listModels(session, current),
    estimate: (request, current) => dryRun(request, session, current),
    start: (request, current) => startRun(request, session, current),
    assess: (request, current) => startAssessment(request, session, current),
    redact: text => redact(text, secrets),
  };
}

/** What the open store remembers of files of its own workspace. */
function memoryOf({ folder, store, host }: Session): Memory {
  return {
    digest: host.digest,
    of: async (asked, file) =>
      asked === folder ? rememberStore(store, file, host.digest, () => host.clock.now()) : undefined,
  };
}

/** Keys that the workspace's connections take from the environment, so that they can be kept out of answers. */
async function secretsInEnvironment(session: Session, signal: AbortSignal): Promise<readonly string[]> {
  const workspace = await session.readWorkspace(signal).catch(() => undefined);
  signal.throwIfAborted();
  return Object.values(workspace?.config.connections ?? {}).flatMap(connection => {
    const name = credentialOf(connection)?.env;
    const value = name === undefined ? undefined : process.env[name];
    return value === undefined || value === '' ? [] : [value];
  });
}
