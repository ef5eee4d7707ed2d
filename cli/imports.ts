import type { RunSummary } from '../schemas/generated/messages.ts';
import { importFile, type ImportedSummary } from '../engine/imports/import-file.ts';
import type { ImportOptions } from '../engine/imports/imported.ts';
import type { Store } from '../engine/ports/store.ts';
import { createInflate } from '../platform/files/inflate.ts';
import { describeHost } from '../platform/host/describe.ts';
import type { Host } from './composition.ts';
import { version } from './version.ts';

/** Brings one results file into an open store. */
export function importInto(
  store: Store,
  host: Host,
  folder: string,
  path: string,
  options: ImportOptions,
  signal: AbortSignal,
): Promise<readonly ImportedSummary[]> {
  const { host: name, node, platform, cpus } = describeHost();
  const { files, clock, digest, random, owner } = host;
  const ports = {
    ...{ store, files, clock, digest, random, owner },
    inflate: createInflate(),
    host: { workbench: version, node, platform, host: name, cpus },
  };
  return importFile(path, folder, options, ports, signal);
}

/** New runs and ones that were there before, apart. */
export function sortImported(imported: readonly ImportedSummary[]): { runs: RunSummary[]; known: RunSummary[] } {
  const pick = (isNew: boolean): RunSummary[] =>
    imported.filter(run => run.isNew === isNew).map(({ summary }) => summary);
  return { runs: pick(true), known: pick(false) };
}
