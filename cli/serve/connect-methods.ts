import type {
  DraftConnection,
  ListedModels,
  ProviderList,
  TestConnection,
  TestedConnection,
} from '../../schemas/generated/messages.ts';
import type { Connection } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { readDraft, readDraftWithoutModel } from '../../engine/models/connecting/draft.ts';
import { listModels } from '../../engine/models/connecting/list-models.ts';
import { providers } from '../../engine/models/connecting/providers.ts';
import { describeFailure, tryConnection } from '../../engine/models/connecting/try-connection.ts';
import { connectionNamed, type Workspace } from '../../engine/workspace/workspace.ts';
import { allowsOne } from '../access.ts';
import { createRunPorts } from '../composition.ts';
import { createDirectDesk } from './direct-lending.ts';
import type { Session } from './session.ts';

/** Ways to reach models, and the names that are taken. Throws `file-invalid` for a workbench.yaml that nothing can be added to. */
export async function listProviders(session: Session, signal: AbortSignal): Promise<ProviderList> {
  const { config } = await session.readWorkspace(signal);
  return { providers: [...providers], connections: Object.keys(config.connections ?? {}) };
}

/** The models of an endpoint. Throws a WorkbenchError whose code is, for what the endpoint did wrong, `endpoint-unreachable`. */
export async function listEndpointModels(
  { name, connection }: DraftConnection,
  session: Session,
  signal: AbortSignal,
): Promise<ListedModels> {
  const draft = readDraftWithoutModel(connection);
  const ports = await session.createPorts(signal);
  try {
    return await listModels(draft, name ?? draft.provider, ports, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof WorkbenchError) throw error;
    const { message, remedy } = describeFailure(error, name ?? draft.provider);
    throw new WorkbenchError('endpoint-unreachable', message, { ...(remedy === undefined ? {} : { remedy }) });
  }
}

/**
 * Asks a connection one small question: one of workbench.yaml by its name, or one that is not in it yet. A program is started and a lent
 * model asked only once the window's person has agreed.
 */
export async function testConnection(
  { name, connection }: TestConnection,
  session: Session,
  signal: AbortSignal,
): Promise<TestedConnection> {
  const workspace = await session.readWorkspace(signal);
  const tried = connection === undefined ? connectionNamed(workspace, name ?? '') : readDraft(connection);
  const called = name ?? tried.provider;
  await askPerson(tried, called, session, signal);
  return tryConnection(
    tried,
    {
      name: called,
      folder: session.folder,
      ports: await portsFor(tried, workspace, session, signal),
      runs: session.store,
      lent: createDirectDesk(called, (question, stop) => session.access.answerLent(question, stop)),
    },
    signal,
  );
}

/** Asks the window's person before a program is started or a lent model asked. */
export async function askPerson(
  connection: Connection,
  name: string,
  { access }: Session,
  signal: AbortSignal,
): Promise<void> {
  if (connection.provider === 'command') await access.allowPrograms([connection.command], signal);
  if (connection.provider !== 'vscode-lm') return;
  const { family, vendor } = connection;
  const use = { connection: name, family, ...(vendor === undefined ? {} : { vendor }), requests: 1 };
  await access.lend(name, [use], signal);
}

/** Nothing but the program that was just agreed to may be started. */
export function portsFor(
  connection: Connection,
  workspace: Workspace,
  { host, access, options }: Session,
  signal: AbortSignal,
) {
  const allowed = connection.provider === 'command' ? [connection.command] : [];
  const own = { secrets: access.secrets, allowsProgram: (command: readonly string[]) => allowsOne(allowed, command) };
  return createRunPorts(host, workspace, own, options.network, signal);
}
