import type {
  DatasetDetails,
  DatasetList,
  DatasetPreview,
  DatasetReference,
  DraftBenchmark,
  DraftedBenchmark,
  PolicyDetails,
  PolicyReference,
  PreviewDataset,
  PromptList,
} from '../../schemas/generated/messages.ts';
import { describeDataset } from '../../engine/catalogue/describe-dataset.ts';
import { describePolicy } from '../../engine/catalogue/describe-policy.ts';
import { draftBenchmark } from '../../engine/catalogue/draft-benchmark.ts';
import { listDatasets } from '../../engine/catalogue/list-datasets.ts';
import { listPrompts } from '../../engine/catalogue/list-prompts.ts';
import { previewDataset } from '../../engine/catalogue/preview-dataset.ts';
import { memoryOf } from './assessment-methods.ts';
import type { Session } from './session.ts';

export function listWorkspaceDatasets({ host, folder }: Session, signal: AbortSignal): Promise<DatasetList> {
  return listDatasets(host.files, folder, signal);
}

export function describeWorkspaceDataset(
  reference: DatasetReference,
  { host, folder }: Session,
  signal: AbortSignal,
): Promise<DatasetDetails> {
  return describeDataset(reference, folder, host, signal);
}

export function previewWorkspaceDataset(
  request: PreviewDataset,
  { host, folder }: Session,
  signal: AbortSignal,
): Promise<DatasetPreview> {
  return previewDataset(request, folder, host.files, signal);
}

export function listWorkspacePrompts({ host, store, folder }: Session, signal: AbortSignal): Promise<PromptList> {
  return listPrompts({ files: host.files, store }, folder, signal);
}

/** A broken workbench.yaml leaves the embedded models. */
export async function draftNewBenchmark(
  request: DraftBenchmark,
  session: Session,
  signal: AbortSignal,
): Promise<DraftedBenchmark> {
  const workspace = await session.readWorkspace(signal).catch(() => undefined);
  signal.throwIfAborted();
  return draftBenchmark(request, session.folder, workspace?.config.connections ?? {}, session.host, signal);
}

export function describeWorkspacePolicy(
  { path }: PolicyReference,
  { host, store, folder }: Session,
  signal: AbortSignal,
): Promise<PolicyDetails> {
  return describePolicy(path, folder, { files: host.files, store }, signal, memoryOf(store, host));
}
