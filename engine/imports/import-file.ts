import type { RunSummary } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Inflate } from '../ports/inflate.ts';
import { readResults } from './detect.ts';
import { importRun } from './import-run.ts';
import type { ImportPorts } from './ports.ts';
import type { ImportedRun, ImportOptions } from './imported.ts';

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
  const { about, ...fields } = options;
  if (Object.keys(fields).length > 0) whole.update(JSON.stringify([fields.input ?? null, fields.target ?? null]));
  // And so does what they are said to be of.
  if (about !== undefined) whole.update(JSON.stringify(['about', about.model, about.version]));
  const digest = whole.hex();
  if (about !== undefined) for (const run of runs) requireOneModel(run, path);
  const imported: ImportedSummary[] = [];
  for (const run of runs)
    imported.push(
      await importRun(run, { path, digest, folder, ...(about === undefined ? {} : { about }) }, ports, signal),
    );
  return imported;
}

/** A person's word is of one model: of several it would say that all of them are the version. */
function requireOneModel({ variants }: ImportedRun, path: string): void {
  const models = [...new Set(variants.map(({ model }) => model))];
  if (models.length === 1) return;
  throw new WorkbenchError(
    'usage',
    `${path} has results of ${models.slice(0, 5).join(', ')}: one version cannot be all of them.`,
    {
      remedy: 'Import it without --about, or write the results of one model into a file of their own.',
      place: { path },
    },
  );
}
