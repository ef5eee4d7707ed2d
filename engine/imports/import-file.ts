import type { RunSummary } from '../../schemas/generated/messages.ts';
import type { Inflate } from '../ports/inflate.ts';
import { readResults } from './detect.ts';
import { importRun, type ImportPorts } from './import-run.ts';
import type { ImportOptions } from './imported.ts';

/** A run that came in, or had come in before. */
export interface ImportedSummary {
  readonly summary: RunSummary;
  readonly isNew: boolean;
}

/** Imports every run a results file holds. `folder` is the workspace's. Throws `file-invalid` before anything is stored. */
export async function importFile(
  path: string,
  folder: string,
  options: ImportOptions,
  ports: ImportPorts & { readonly inflate: Inflate },
  signal: AbortSignal,
): Promise<readonly ImportedSummary[]> {
  const runs = await readResults(path, options, ports.files, ports.inflate, signal);
  const whole = ports.digest.startSha256();
  for await (const chunk of ports.files.stream(path, signal)) whole.update(chunk);
  // Other fields for input and target make other rows, so they belong to what decides whether a run is the same.
  if (Object.keys(options).length > 0) whole.update(JSON.stringify([options.input ?? null, options.target ?? null]));
  const digest = whole.hex();
  const imported: ImportedSummary[] = [];
  for (const run of runs) imported.push(await importRun(run, { path, digest, folder }, ports, signal));
  return imported;
}
