import type { LineageNode, ModelVersion } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { RunRecord, Store } from '../ports/store.ts';
import { countOf } from '../reports/format.ts';
import type { LineageDraft } from './lineage-draft.ts';
import { formatReference } from '../base/registry-reference.ts';

/** Id of a version's node. */
export function idOf(registry: string | undefined, model: string, version: string): string {
  return `version:${formatReference({ ...(registry === undefined ? {} : { registry }), model, version })}`;
}

export function addVersion(
  version: ModelVersion,
  { draft, registry }: { readonly draft: LineageDraft; readonly registry: string | undefined },
): string {
  const { model, version: name, status, weightsDigest } = version;
  const id = idOf(registry, model, name);
  draft.add({
    id,
    kind: registry === undefined ? 'version' : 'registry-version',
    label: formatReference({ ...(registry === undefined ? {} : { registry }), model, version: name }),
    detail: status,
    ...(weightsDigest === undefined ? {} : { digest: weightsDigest }),
    open: { kind: 'version', id: model, version: name, ...(registry === undefined ? {} : { registry }) },
  });
  return id;
}

/** A version of another registry that is known by name alone. */
export function addElsewhere(
  { registry, model, version }: { readonly registry: string; readonly model: string; readonly version: string },
  { draft }: { readonly draft: LineageDraft },
): string {
  const id = idOf(registry, model, version);
  const label = formatReference({ registry, model, version });
  draft.add({ id, kind: 'registry-version', label, open: { kind: 'version', id: model, version, registry } });
  return id;
}

export function addRun(
  runId: string,
  label: string,
  what: string,
  record: RunRecord | undefined,
  draft: LineageDraft,
): string {
  const id = `run:${runId}`;
  const open: Pick<LineageNode, 'open'> = record === undefined ? {} : { open: { kind: 'run', id: runId } };
  draft.add({ id, kind: 'run', label, detail: `${what} ${runId}`, ...open });
  return id;
}

export function addDataset(
  { path, digest, rows }: { readonly path: string; readonly digest?: string; readonly rows?: number },
  draft: LineageDraft,
): string {
  const id = `dataset:${digest ?? path}:${path}`;
  draft.add({
    id,
    kind: 'dataset',
    label: path,
    ...(rows === undefined ? {} : { detail: countOf(rows, 'row') }),
    ...(digest === undefined ? {} : { digest }),
    // Addresses elsewhere lead to no file of the workspace.
    ...(/^(?:[a-z][a-z0-9+.-]+:|\/|\.\.)/i.test(path) || digest === undefined
      ? {}
      : { open: { kind: 'file', id: path } }),
  });
  return id;
}

export function addPrompt(path: string, digest: string | undefined, draft: LineageDraft): string {
  const id = `prompt:${digest ?? path}`;
  const print = digest === undefined ? {} : { digest };
  draft.add({ id, kind: 'prompt', label: path, ...print, open: { kind: 'file', id: path } });
  return id;
}

/** A run of exactly this id; absent where the store has none. */
export async function findRun(runId: string, store: Store): Promise<RunRecord | undefined> {
  try {
    const record = await store.getRun(runId);
    // A beginning of an id finds a run as well, and names another one.
    return record.summary.id === runId ? record : undefined;
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'run-not-found') return undefined;
    throw error;
  }
}
