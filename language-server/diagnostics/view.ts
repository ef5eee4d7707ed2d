import { jobsOf, scannerOf } from '../../engine/diagnostics/diagnose.ts';
import type { WorkspaceView } from '../../engine/diagnostics/workspace-view.ts';
import type { ServerContext } from '../context.ts';
import { createFactCache } from '../workspace.ts';
import { rememberDocument } from './remembered.ts';

/** The view from a document, with what reads many rows kept until the file changes. Absent for documents without a file. */
export type ViewDocument = (uri: string) => Promise<WorkspaceView | undefined>;

export function createViews(context: ServerContext): ViewDocument {
  const { workspace, ports } = context;
  const { files, digest } = ports;
  const remember = createFactCache(files);

  return async uri => {
    const base = workspace.folderOf(uri);
    const [folder, view] = await Promise.all([workspace.rootOf(uri), workspace.view(uri)]);
    if (base === undefined || folder === undefined || view === undefined) return undefined;
    const scan = scannerOf(files, digest, folder, base);
    return {
      ...view,
      remembered: rememberDocument(context, uri),
      async tuningJobs(asked) {
        const library = await workspace.library(uri);
        return library === undefined ? [] : jobsOf(library, asked);
      },
      sample: (path, format, part, columns, asked) =>
        remember(files.resolve(base, path), `sample ${JSON.stringify([format, part, columns])}`, async () =>
          view.sample?.(path, format, part, columns, asked),
        ),
      scan: (benchmark, limit, asked) =>
        remember(
          files.resolve(base, benchmark.dataset.path),
          `scan ${JSON.stringify([benchmark.dataset, limit])}`,
          () => scan(benchmark, limit, asked),
        ),
    };
  };
}
