import process from 'node:process';
import type { Command } from 'commander';
import pc from 'picocolors';
import type { ExitCode } from '../../engine/base/errors.ts';
import type { DetectedServer } from '../../schemas/generated/messages.ts';
import { loadWorkspace } from '../../engine/workspace/workspace.ts';
import { createHost, workspaceFolderOf } from '../composition.ts';
import { detectOnThisMachine } from '../detect.ts';
import { watchInterrupts } from '../interrupts.ts';
import { globalOptions } from '../options.ts';
import { printJson, printResult } from '../output.ts';

export function addConnections(program: Command, run: (action: () => Promise<ExitCode>) => Promise<void>): void {
  const connections = program.command('connections').description('The models that benchmarks can ask');
  connections
    .command('detect')
    .description('Look for model servers on this machine and print the connections to add for them')
    .action((_options: unknown, command: Command) => run(() => detect(globalOptions(command).json === true)));
}

async function detect(json: boolean): Promise<ExitCode> {
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  try {
    const folder = await workspaceFolderOf(host, process.cwd());
    const workspace = await loadWorkspace(host.files, folder, interrupts.signal);
    const servers = await detectOnThisMachine(workspace, interrupts.signal);
    if (json) printJson({ servers });
    else printResult(renderServers(servers));
    return 0;
  } finally {
    interrupts.dispose();
  }
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
