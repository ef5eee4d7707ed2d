import type { Ingestion } from '../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { loadLinearClassifier } from '../../models/embedded/linear-file.ts';
import type { NewLocalVersion } from '../../ports/registry.ts';
import { publishRun } from '../../registry/publish.ts';
import { weightsManifest } from '../../models/weights-manifest.ts';
import { contentOf, pathOf, placesOf } from '../places.ts';
import type { IngestPorts } from '../ports.ts';
import { isRefusing, reportOf, verdictOf } from '../report.ts';
import { describeVersion, isKept } from '../version.ts';
import type { StepContext, StepOutcome } from './step.ts';
import { countOf } from '../../reports/format.ts';

/** Says what the checks come to, and refuses what is unsafe. */
export async function giveVerdict({ ingestion }: StepContext): Promise<StepOutcome> {
  const { findings, request } = ingestion;
  const verdict = verdictOf(findings);
  const refusing = findings.filter(isRefusing).length;
  const isRefused = verdict === 'unsafe' || (request.strict === true && verdict === 'warnings');
  const sentence =
    verdict === 'unsafe'
      ? `It is unsafe: ${countOf(refusing, 'finding')} that nobody has accepted.`
      : verdict === 'warnings'
        ? `There are warnings${isRefused ? ', and --strict takes none' : ''}.`
        : 'It is clean.';
  return { state: isRefused ? 'refused' : 'done', sentence, changes: { verdict } };
}

/** Files that a garbage collection took for forgotten while benchmarks ran are put back: quarantine still has them. */
async function restoreFiles(context: StepContext): Promise<void> {
  const { ingestion, ports } = context;
  for (const file of ingestion.files ?? []) {
    if (isKept(ingestion, file) && !(await ports.store.blobs.has(file.sha256))) {
      await keepFiles(context);
      return;
    }
  }
}

/** Moves the files into the store, each under its digest: what was changed since it was checked is found out here. */
export async function keepFiles({ ingestion, ports, signal }: StepContext): Promise<StepOutcome> {
  const { blobs } = ports.store;
  const { files = [], request, weightsDigest } = ingestion;
  const isOurs = contentOf(ingestion, ports).root === placesOf(ingestion.id, ports).content;
  let kept = 0;
  for (const file of files) {
    signal.throwIfAborted();
    if (!isKept(ingestion, file)) continue;
    ports.onProgress(file.path, 0, file.bytes);
    await blobs.adopt(pathOf(ingestion, file.path, ports), file.sha256, isOurs);
    kept += 1;
  }
  // Where the weights are several files, their digest is that of this text.
  const manifest = new TextEncoder().encode(weightsManifest(files));
  if (files.filter(({ role }) => role === 'weights').length > 1) await blobs.put(manifest);
  return {
    state: 'done',
    sentence: `${String(kept)} files are in the store${request.reference === true ? '; the weights stay where they are' : ''}.`,
    ...(weightsDigest === undefined ? {} : { evidence: weightsDigest }),
  };
}

/** Measures it with the benchmarks that were named, where it can be asked. */
export async function runBenchmarks({ ingestion, ports, signal, save }: StepContext): Promise<StepOutcome> {
  const { request, weightsDigest = '' } = ingestion;
  const { benchmarks = [], connection, model } = request;
  if (benchmarks.length === 0) return { state: 'skipped', sentence: 'No benchmark was named.' };
  const askable = connection === undefined ? await isAskable(ingestion, ports) : undefined;
  if (askable !== undefined) return { state: 'skipped', sentence: askable };
  const runs = [...(ingestion.runs ?? [])];
  const failed: string[] = [];
  for (const [index, file] of benchmarks.entries()) {
    const name = connection ?? `registry:${model}@ingested`;
    const trained = connection === undefined ? { weightsDigest, model } : undefined;
    const id = runs[index] ?? (await ports.benchmarks.create(file, name, trained, signal)).id;
    if (runs[index] === undefined) {
      runs.push(id);
      // Before it starts: a kill goes on with this run and begins no other.
      await save({ runs });
    }
    const { summary } = await ports.benchmarks.execute(id, signal);
    if (summary.state !== 'succeeded')
      throw new WorkbenchError('run-failed', `The benchmark run ${id} is ${summary.state}.`, {
        remedy: summary.failure?.message ?? 'Go on with it by --resume.',
      });
    if (summary.gate === 'not-met' || summary.gate === 'not-computed') failed.push(summary.name);
  }
  return {
    state: 'done',
    sentence: `It was measured by ${runs.join(', ')}.`,
    changes: { runs },
    findings: failed.map(name => ({
      rule: 'benchmark-gate',
      severity: 'unsafe' as const,
      message: `The gate of the benchmark ${name} is not met.`,
      remedy: 'Take another model, or accept this finding.',
    })),
  };
}

/** Why the weights themselves cannot be asked; undefined where they can. */
async function isAskable(
  { files = [], weightsDigest = '', request }: Ingestion,
  { store }: IngestPorts,
): Promise<string | undefined> {
  const sentence =
    'The benchmarks were left out: these weights run in no embedded model, and no --connection serves them.';
  const weights = files.filter(({ role }) => role === 'weights');
  if (request.reference === true || weights.length !== 1 || weights[0]?.format !== 'safetensors') return sentence;
  if (weights[0].bytes > 512 * 2 ** 20) return sentence;
  try {
    loadLinearClassifier(await store.blobs.read(weightsDigest), 'the weights');
    return undefined;
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'file-invalid') return sentence;
    throw error;
  }
}

/** Registers the version with its report, and publishes it where that was asked for. Repeating it doubles nothing. */
export async function registerVersion(context: StepContext): Promise<StepOutcome> {
  const { ingestion, ports, signal, save } = context;
  const refusing = ingestion.findings.filter(isRefusing);
  if (refusing.length > 0)
    return {
      state: 'refused',
      sentence: `It is not registered: ${refusing
        .map(({ message }) => message)
        .slice(0, 3)
        .join(' ')}`,
    };
  await restoreFiles(context);
  const { registry, blobs } = ports.store;
  const { request, by } = ingestion;
  const report = reportOf(ingestion, ports.workbench);
  const text = `${JSON.stringify(report, undefined, 2)}\n`;
  const kept = await blobs.put(new TextEncoder().encode(text));
  await ports.files.writeText(placesOf(ingestion.id, ports).report, text);
  await save({ reportDigest: kept.digest });
  const { version, model } = describeVersion(ingestion, kept, ports);
  const alias = request.alias ?? ((await isKnown(version, ports, signal)) ? undefined : 'candidate');
  const made = await registry.createVersion({ ...version, ...(alias === undefined ? {} : { alias }) }, model, by);
  const reference = { model: made.model, version: made.version };
  await save({ version: reference });
  for (const run of ingestion.runs ?? [])
    if (request.connection === undefined) await publishRun(run, ports.store, signal, by);
  let publication: string | undefined;
  if (request.registry !== undefined) publication = await ports.publish(reference, request.registry);
  await ports.quarantine.remove(placesOf(ingestion.id, ports).quarantine);
  return {
    state: 'done',
    sentence: `It is ${made.model}@${made.version}${publication === undefined ? '' : `, and ${publication}`}.`,
    evidence: kept.digest,
    changes: { version: reference, ...(publication === undefined ? {} : { publication }) },
  };
}

/** Weights that are registered already keep their place: no alias moves back to them by itself. */
async function isKnown(
  { model, weightsDigest }: NewLocalVersion,
  { store }: IngestPorts,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const versions = await store.registry.listVersions(model, signal);
    return versions.some(one => one.weightsDigest === weightsDigest && one.lineage.runId === undefined);
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'registry-not-found') return false;
    throw error;
  }
}
