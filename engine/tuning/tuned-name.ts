import { toWorkbenchError, WorkbenchError } from '../base/errors.ts';
import { kindOfPath } from '../documents/kinds.ts';
import type { Files } from '../ports/files.ts';
import type { RunRecord, Store } from '../ports/store.ts';
import { formatReference, parseReference } from '../base/registry-reference.ts';
import type { Registries } from '../registry/registries.ts';
import { findJobResult } from './job-result.ts';

/** What a name of something tuned is looked up in. */
export interface TunedPorts {
  readonly store: Store;
  readonly registries: Registries;
  readonly files: Pick<Files, 'relative' | 'resolve'>;
  /** Absolute path of the workspace folder. */
  readonly folder: string;
  /** Where relative paths start. */
  readonly here: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A tuning run, found by what people call it. */
export interface Tuned {
  readonly runId: string;
  /** The version that was named, as benchmarks name it. */
  readonly model?: string;
}

/**
 * The tuning run that a name means: a run's id; `[registry:][REGISTRY/]MODEL@VERSION-OR-ALIAS`, by the version's lineage; a `.tune.yaml`
 * file, its newest succeeded run, of a search that has ended the best trial. Throws `run-not-found`, what asking a registry throws, and `usage` for a
 * version that came out of no tuning run.
 */
export async function findTuned(name: string, ports: TunedPorts, signal: AbortSignal): Promise<Tuned> {
  if (kindOfPath(name) === 'tune') return { runId: await resultOf(name, ports, signal) };
  if (name.startsWith(prefix) || name.includes('@')) return findVersionsRun(name, ports, signal);
  try {
    return { runId: (await ports.store.getRun(name)).summary.id };
  } catch (error) {
    const { code, message } = toWorkbenchError(error);
    if (code !== 'run-not-found') throw error;
    throw new WorkbenchError(code, message, {
      remedy:
        'Name a tuning run (`aiwb runs list` shows them), a registered version as MODEL@VERSION or MODEL@ALIAS, or a .tune.yaml file.',
      cause: error,
    });
  }
}

const prefix = 'registry:';

async function findVersionsRun(name: string, { store, registries }: TunedPorts, signal: AbortSignal): Promise<Tuned> {
  const reference = parseReference(name.startsWith(prefix) ? name.slice(prefix.length) : name);
  if (reference?.version === undefined) {
    throw new WorkbenchError('usage', `"${name}" names no model version.`, {
      remedy:
        'Write MODEL@VERSION or MODEL@ALIAS, such as ticket-triage@3; REGISTRY/MODEL@VERSION for another registry.',
    });
  }
  const { registry, model } = reference;
  const { version, lineage } = await registries.open(registry).getVersion(model, reference.version, signal);
  const exact = formatReference({ ...(registry === undefined ? {} : { registry }), model, version });
  const runId = lineage.runId;
  if (runId === undefined) {
    throw new WorkbenchError('usage', `${exact} came out of no tuning run: its lineage names none.`, {
      remedy: `Ask it in a benchmark of your own: \`models: [registry:${exact}]\`.`,
    });
  }
  const record = await findRun(runId, exact, store);
  if (record.summary.kind !== 'tune') {
    throw new WorkbenchError('usage', `${exact} came out of run ${runId}, which is no tuning run.`, {
      remedy: `Ask it in a benchmark of your own: \`models: [registry:${exact}]\`.`,
    });
  }
  return { runId: record.summary.id, model: `registry:${exact}` };
}

async function findRun(runId: string, version: string, store: Store): Promise<RunRecord> {
  try {
    return await store.getRun(runId);
  } catch (error) {
    if (toWorkbenchError(error).code !== 'run-not-found') throw error;
    throw new WorkbenchError(
      'run-not-found',
      `${version} came out of tuning run ${runId}, which the store ${store.path} does not have.`,
      {
        remedy: `Evaluate it where it was tuned (--store names another store), or ask it in a benchmark of your own: \`models: [registry:${version}]\`.`,
        cause: error,
      },
    );
  }
}

async function resultOf(
  name: string,
  { store, files, folder, here, now }: TunedPorts,
  signal: AbortSignal,
): Promise<string> {
  const file = files.relative(folder, files.resolve(here, name));
  const { run, newest, underWay } = await findJobResult({ file }, store, now, signal);
  if (run !== undefined) return run.id;
  if (underWay?.best !== undefined) {
    throw new WorkbenchError(
      'run-not-found',
      `The search ${underWay.run.id} of ${file} is ${underWay.run.state}: its best trial is known once it has ended.`,
      { remedy: `Wait for it, or name its best trial so far: \`${underWay.best}\`.` },
    );
  }
  const what =
    newest === undefined
      ? `No tuning job ${file} has run here.`
      : `No run of ${file} has succeeded yet; its newest, ${newest.id}, is ${newest.state}.`;
  throw new WorkbenchError('run-not-found', what, { remedy: `Run it: \`aiwb tune ${name}\`.` });
}
