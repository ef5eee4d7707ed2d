import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import pc from 'picocolors';
import type { ExitCode } from '../../engine/base/errors.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { DetectedServer } from '../../schemas/generated/messages.ts';
import { readDraft, readDraftWithoutModel } from '../../engine/models/connecting/draft.ts';
import { nameAfter } from '../../engine/models/connection-name.ts';
import { modelNameOf } from '../../engine/models/connections.ts';
import { addConnections as addToText } from '../../engine/workspace/add-connections.ts';
import { connectionNamed, loadWorkspace, type Workspace } from '../../engine/workspace/workspace.ts';
import { allowCommandsOption, type AccessOptions } from '../access.ts';
import { createHost, workspaceFolderOf, type Host } from '../composition.ts';
import { addDraftOptions, draftOf, type DraftOptions } from '../connecting/draft-options.ts';
import { describeAnswer, listFromTerminal, tryFromTerminal } from '../connecting/try.ts';
import { detectOnThisMachine } from '../detect.ts';
import { watchInterrupts } from '../interrupts.ts';
import { collect, globalOptions, type GlobalOptions } from '../options.ts';
import { printJson, printNote, printResult } from '../output.ts';

type Action = () => Promise<ExitCode>;

interface AddOptions extends DraftOptions, AccessOptions {
  readonly test?: boolean;
}

export function addConnections(program: Command, run: (action: Action) => Promise<void>): void {
  const connections = program.command('connections');
  connections
    .command('detect')
    .description('Look for model servers on this machine and print the connections to add for them')
    .action((_options: unknown, command: Command) => run(() => detect(globalOptions(command).json === true)));
  addAccess(addDraftOptions(connections.command('add')))
    .description('Add a connection to workbench.yaml; what is there stays as it is written')
    .argument('[name]', 'its name in workbench.yaml; default: after the model')
    .option('--test', 'ask it one small question first, and add nothing where that fails')
    .action((name: string | undefined, options: AddOptions, command: Command) =>
      run(() => add(name, options, globalOptions(command))),
    );
  addAccess(addDraftOptions(connections.command('models')))
    .description('Ask an endpoint which models it serves, before a connection names one')
    .action((options: AddOptions, command: Command) => run(() => list(options, globalOptions(command))));
  addAccess(connections.command('test'))
    .description('Ask a connection of workbench.yaml one small question: whether it answers, how fast, at what cost')
    .argument('<name>')
    .action((name: string, options: AccessOptions, command: Command) =>
      run(() => test(name, options, globalOptions(command))),
    );
}

function addAccess(command: Command): Command {
  return command
    .option('--allow-origin <origin>', 'let its key be sent to this address', collect)
    .option(...allowCommandsOption);
}

/** Runs an action in the workspace of the working folder, until it ends or is interrupted. */
async function inWorkspace(
  use: (host: Host, workspace: Workspace, signal: AbortSignal) => Promise<ExitCode>,
): Promise<ExitCode> {
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  try {
    const folder = await workspaceFolderOf(host, process.cwd());
    return await use(host, await loadWorkspace(host.files, folder, interrupts.signal), interrupts.signal);
  } finally {
    interrupts.dispose();
  }
}

function detect(json: boolean): Promise<ExitCode> {
  return inWorkspace(async (_host, workspace, signal) => {
    const servers = await detectOnThisMachine(workspace, signal);
    if (json) printJson({ servers });
    else printResult(renderServers(servers));
    return 0;
  });
}

function add(wanted: string | undefined, options: AddOptions, { json, store }: GlobalOptions): Promise<ExitCode> {
  return inWorkspace(async (host, workspace, signal) => {
    const draft = draftOf(options);
    const connection = readDraft(draft);
    const taken = new Set(Object.keys(workspace.config.connections ?? {}));
    const name = wanted === undefined ? nameAfter(modelNameOf(connection), taken) : requireFree(wanted, taken);
    const answer =
      options.test === true
        ? await tryFromTerminal(name, connection, { host, workspace, access: options, store }, signal)
        : undefined;
    const file = workspace.path ?? path.join(workspace.folder, 'workbench.yaml');
    const { after } = addToText(workspace.text, [JSON.stringify({ [name]: draft })], file);
    signal.throwIfAborted();
    await host.files.writeText(file, after);
    if (json === true) printJson({ path: file, name, connection: draft, ...(answer === undefined ? {} : { answer }) });
    else {
      if (answer !== undefined) printNote(describeAnswer(name, answer));
      printResult(`Added ${pc.bold(name)} to ${path.relative(process.cwd(), file)}.`);
    }
    return 0;
  });
}

function requireFree(name: string, taken: ReadonlySet<string>): string {
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) {
    throw new WorkbenchError('usage', `"${name}" is no name of a connection.`, {
      remedy: 'Begin with a letter; then letters, digits, "_" and "-", at most 64.',
    });
  }
  if (!taken.has(name)) return name;
  throw new WorkbenchError('usage', `workbench.yaml has a connection ${name} already; nothing was written.`, {
    remedy: 'Give another name.',
  });
}

function list(options: AddOptions, { json, store }: GlobalOptions): Promise<ExitCode> {
  return inWorkspace(async (host, workspace, signal) => {
    const connection = readDraftWithoutModel(draftOf(options));
    const context = { host, workspace, access: options, store };
    const listed = await listFromTerminal(connection.provider, connection, context, signal);
    if (json === true) printJson(listed);
    else if (listed.models.length === 0) printNote(`${connection.provider} has no list of models to ask for.`);
    else printResult(listed.models.map(({ id }) => id).join('\n'));
    return 0;
  });
}

function test(name: string, access: AccessOptions, { json, store }: GlobalOptions): Promise<ExitCode> {
  return inWorkspace(async (host, workspace, signal) => {
    const connection = connectionNamed(workspace, name);
    const answer = await tryFromTerminal(name, connection, { host, workspace, access, store }, signal);
    if (json === true) printJson({ name, answer });
    else printResult(describeAnswer(name, answer));
    return 0;
  });
}

/** Servers with what to write below `connections` in workbench.yaml. */
function renderServers(servers: readonly DetectedServer[]): string {
  if (servers.length === 0) {
    return 'No model server answers on this machine (Ollama, LM Studio, llama.cpp and vLLM were looked for on their usual ports).';
  }
  return servers
    .map(({ title, baseUrl, connections }) => {
      const entries = connections.flatMap(({ yaml }) => yaml.trimEnd().split('\n'));
      const found = entries.length === 0 ? '  It has no models yet.' : entries.map(line => `  ${line}`).join('\n');
      return `${pc.bold(title)} at ${baseUrl}\n${found}`;
    })
    .join('\n\n');
}
