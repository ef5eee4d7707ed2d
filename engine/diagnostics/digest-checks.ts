import { readsOtherFiles, type PinnedDataset } from '../datasets/pinned.ts';
import type { DocumentPath, ReportFinding } from '../documents/diagnostic.ts';
import type { WorkspaceView } from './workspace-view.ts';

/** Whether a dataset still is what its digest pins. `kind` is what lies at its path. Nothing where nobody can tell the digest. */
export async function checkDigest(
  dataset: PinnedDataset,
  kind: 'file' | 'folder',
  at: DocumentPath,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  const { path, digest } = dataset;
  if (digest === undefined) return;
  const place = [...at, 'digest'];
  if (kind === 'folder' || readsOtherFiles(dataset)) {
    const why = kind === 'folder' ? `\`${path}\` is a folder` : 'the split names files of its own';
    const message = `Only a single file can be pinned, and ${why}. Remove \`digest\`.`;
    report('dataset-digest-mismatch', 'error', place, message);
    return;
  }
  const actual = await view.fileDigest?.(path, signal);
  signal.throwIfAborted();
  if (actual === undefined || actual === digest) return;
  const message = `\`${path}\` is not the file that was pinned: its digest is \`${actual}\`. Restore the file, or pin it as it is now when the change is wanted.`;
  report('dataset-digest-mismatch', 'error', place, message, { replacement: actual });
}
