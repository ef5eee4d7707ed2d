import type { Files } from '../ports/files.ts';

export const workbenchFileNames: readonly string[] = ['workbench.yaml', 'workbench.yml'];

/** The workbench.yaml of `start` or of the nearest folder above it; absent when there is none. */
export async function findWorkbenchFile(files: Files, start: string): Promise<string | undefined> {
  for (let folder = start; ; folder = files.parent(folder)) {
    for (const name of workbenchFileNames) {
      const path = files.resolve(folder, name);
      if ((await files.facts(path))?.kind === 'file') return path;
    }
    if (files.parent(folder) === folder) return undefined;
  }
}
