import type { Command } from 'commander';
import type { ExitCode } from '../../engine/base/errors.ts';
import { lineageGraph } from '../../engine/versions/lineage-graph.ts';
import { renderLineage, renderMermaid } from '../../engine/versions/lineage-text.ts';
import { allowOriginOption } from '../access.ts';
import { globalOptions, type GlobalOptions } from '../options.ts';
import { readVersionName } from '../version-reference.ts';
import { print, withRegistries, type Run } from './governed.ts';

interface LineageOptions {
  readonly mermaid?: boolean;
  readonly allowOrigin?: readonly string[];
}

/** `aiwb registry lineage`: what led to a version, and what came of it. */
export function addLineage(registry: Command, run: Run): void {
  registry
    .command('lineage')
    .description('What led to a version, and what came of it: data, prompts, runs, versions, policies')
    .argument('<version>', '[REGISTRY/]MODEL@V; without @V the newest')
    .option('--mermaid', 'as a Mermaid flow chart')
    .option(...allowOriginOption)
    .action((version: string, options: LineageOptions, command: Command) =>
      run(() => lineage(version, options, globalOptions(command))),
    );
}

function lineage(name: string, options: LineageOptions, global: GlobalOptions): Promise<ExitCode> {
  const reference = readVersionName(name);
  const access = { allowOrigin: options.allowOrigin };
  return withRegistries(global, access, async ({ store }, registries, _folder, signal) => {
    const graph = await lineageGraph(reference, registries, store, signal);
    print(graph, options.mermaid === true ? renderMermaid(graph) : renderLineage(graph), global);
    return 0;
  });
}
