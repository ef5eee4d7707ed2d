import { parseDocument } from 'yaml';
import type { Benchmarks } from '../engine/ingest/ports.ts';
import type { Store } from '../engine/ports/store.ts';
import type { RunPorts } from '../engine/runs/ports.ts';
import { createRun, specifyRun } from '../engine/runs/start.ts';
import { checkPrograms, type Access } from './access.ts';
import { neededPrograms } from '../engine/runs/needed-programs.ts';
import type { Workspace } from '../engine/workspace/workspace.ts';
import { runInForeground } from './commands/attempt.ts';
import type { Host } from './composition.ts';
import type { GlobalOptions } from './options.ts';

/** Benchmarks of an ingestion: ordinary runs of this process, in which the model that comes in stands in place of the file's own. */
export function createIngestBenchmarks(
  store: Store,
  workspace: Workspace,
  access: Access,
  ports: RunPorts,
  host: Host,
  options: GlobalOptions,
): Benchmarks {
  return {
    async create(file, model, trained, signal) {
      const text = askOnly(model, await host.files.readText(file, signal));
      const spec = await specifyRun(
        { path: file, text, folder: workspace.folder, origin: 'terminal' },
        host.files,
        host.identities,
        signal,
      );
      checkPrograms(neededPrograms(spec, workspace), access);
      const complete = trained === undefined ? spec : { ...spec, trained: { [model]: trained } };
      return (await createRun(complete, store, ports, signal)).summary;
    },
    async execute(id, signal) {
      const record = await store.getRun(id);
      if (record.summary.state === 'succeeded') return record;
      return runInForeground(record, { store, workspace, access, host, options }, signal);
    },
  };
}

/** A benchmark's text with one model alone. Gates that name a model are about that one; what compares it with others falls away. */
function askOnly(model: string, text: string): string {
  const document = parseDocument(text);
  // What cannot be read is told by whoever checks the benchmark.
  if (document.errors.length > 0) return text;
  const written: unknown = document.toJS({ maxAliasCount: 100 });
  if (typeof written !== 'object' || written === null) return text;
  document.set('models', [model]);
  document.deleteIn(['compare', 'baseline']);
  const { gate } = written as { readonly gate?: unknown };
  if (Array.isArray(gate)) {
    for (const [index, rule] of (gate as unknown[]).entries())
      if (typeof rule === 'object' && rule !== null && 'model' in rule) document.setIn(['gate', index, 'model'], model);
  }
  return document.toString();
}
