import path from 'node:path';
import process from 'node:process';
import type { NetworkSettings } from '../schemas/generated/messages.ts';
import { toWorkbenchError, WorkbenchError } from '../engine/base/errors.ts';
import type { RunRecord, Store } from '../engine/ports/store.ts';
import { requireOrigins } from '../engine/runs/needed-origins.ts';
import { resolveNeededSecrets, type ResolvedSecret } from '../engine/tuning/needed-secrets.ts';
import type { RunPorts } from '../engine/runs/ports.ts';
import type { RunSpec } from '../engine/ports/run-spec.ts';
import { loadWorkspace } from '../engine/workspace/workspace.ts';
import { startDetachedRun } from '../platform/processes/detached.ts';
import { programPath } from './composition.ts';

/** What a run process is handed over its standard input: nothing of it is stored. */
export interface RunHandover {
  readonly secrets: readonly ResolvedSecret[];
  /** Programs the person lets the run start, each with its arguments. */
  readonly programs: readonly (readonly string[])[];
  /** Origins that registries name and the person lets the run send prompts and rows to. */
  readonly origins: readonly string[];
  readonly network: NetworkSettings;
}

export interface DetachOptions {
  /** Program that runs it; default: the one this process runs on. */
  readonly nodePath?: string;
}

/** The secrets a run's connections need, and where it may send something without one. Ask before the run is recorded: a refusal then leaves no trace. */
export async function collectSecrets(
  spec: RunSpec,
  ports: RunPorts,
  signal: AbortSignal,
): Promise<Pick<RunHandover, 'secrets' | 'origins'>> {
  const workspace = await loadWorkspace(ports.files, spec.folder, signal);
  const origins = await requireOrigins(spec, ports.secrets, signal);
  const secrets = await resolveNeededSecrets(spec, workspace, ports.secrets, signal);
  return { secrets, origins: origins.map(({ origin }) => origin) };
}

/** Starts a queued (or resumable) run in a process of its own that outlives this one. What it may use travels over its standard input. */
export async function startDetached(
  { spec, summary }: RunRecord,
  storeFolder: string,
  store: Store,
  handover: RunHandover,
  options: DetachOptions,
): Promise<void> {
  const logPath = path.join(storeFolder, 'logs', `${summary.id}.log`);
  const fail = (error: WorkbenchError): Promise<void> => {
    const { code, message, remedy } = error;
    return store.failQueued(summary.id, { code, message, ...(remedy === undefined ? {} : { remedy }) });
  };
  try {
    await store.setLogPath(summary.id, logPath);
    await startDetachedRun({
      nodePath: options.nodePath ?? process.execPath,
      aiwbPath: programPath,
      runId: summary.id,
      store: storeFolder,
      folder: spec.folder,
      input: handover,
      logPath,
      onExit: code => {
        const message = `The run process ended with ${String(code)} before it began.`;
        // The store may be closed by then: the run is found lost instead.
        fail(new WorkbenchError('run-failed', message, { remedy: `Its log is ${logPath}.` })).catch(() => undefined);
      },
    });
  } catch (error) {
    await fail(toWorkbenchError(error));
    throw error;
  }
}
