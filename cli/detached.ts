import path from 'node:path';
import process from 'node:process';
import type { NetworkSettings } from '../schemas/generated/messages.ts';
import { toWorkbenchError } from '../engine/base/errors.ts';
import type { RunRecord, Store } from '../engine/ports/store.ts';
import { resolveNeededSecrets } from '../engine/runs/needed-secrets.ts';
import type { RunPorts } from '../engine/runs/ports.ts';
import { loadWorkspace } from '../engine/workspace/workspace.ts';
import { startDetachedRun } from '../platform/processes/detached.ts';
import { programPath } from './composition.ts';

export interface DetachOptions {
  readonly network: NetworkSettings;
  /** Program that runs it; default: the one this process runs on. */
  readonly nodePath?: string;
}

/** Starts a queued (or resumable) run in a process of its own that outlives this one. Its secrets travel over its standard input. */
export async function startDetached(
  { spec, summary }: RunRecord,
  storeFolder: string,
  store: Store,
  ports: RunPorts,
  options: DetachOptions,
  signal: AbortSignal,
): Promise<void> {
  const logPath = path.join(storeFolder, 'logs', `${summary.id}.log`);
  try {
    const workspace = await loadWorkspace(ports.files, spec.folder, signal);
    const secrets = await resolveNeededSecrets(spec, workspace, ports.secrets, signal);
    await store.setLogPath(summary.id, logPath);
    await startDetachedRun({
      nodePath: options.nodePath ?? process.execPath,
      aiwbPath: programPath,
      runId: summary.id,
      store: storeFolder,
      folder: spec.folder,
      input: { secrets, network: options.network },
      logPath,
    });
  } catch (error) {
    const { code, message, remedy, place } = toWorkbenchError(error);
    await store.failQueued(summary.id, {
      code,
      message,
      ...(remedy === undefined ? {} : { remedy }),
      ...(place === undefined ? {} : { place }),
    });
    throw error;
  }
}
