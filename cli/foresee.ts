import type { RunPorts } from '../engine/runs/ports.ts';
import type { RunSpec } from '../engine/ports/run-spec.ts';
import { foreseeSpec } from '../engine/runs/start.ts';
import { loadWorkspace } from '../engine/workspace/workspace.ts';
import { openStoreToRead, storeFolderOf, type Host } from './composition.ts';

/** The specification with what its trained models stand for, as far as the workspace's store knows it. Asks nobody, and makes no store. */
export async function foresee(
  spec: RunSpec,
  storeOverride: string | undefined,
  host: Host,
  ports: RunPorts,
  signal: AbortSignal,
): Promise<RunSpec> {
  const workspace = await loadWorkspace(host.files, spec.folder, signal);
  const store = await openStoreToRead(host, storeFolderOf(workspace, storeOverride));
  if (store === undefined) return spec;
  try {
    return await foreseeSpec(spec, store, ports, signal);
  } finally {
    await store.close();
  }
}
