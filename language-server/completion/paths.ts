import { CompletionItemKind } from 'vscode-languageserver';
import type { DocumentPath } from '../../engine/documents/diagnostic.ts';
import { describeDataset } from '../help/describe-dataset.ts';
import { fileSorts, type FileSort } from '../names/file-sorts.ts';
import type { Scene, ValueOffer } from './offers.ts';
import { draftAt } from '../tree.ts';
import { mappingOf } from '../workspace.ts';

/** A sort of file that is told by names. */
type OfferedSort = FileSort & Required<Pick<FileSort, 'fits'>>;

export function isOffered(sort: FileSort | undefined): sort is OfferedSort {
  return sort?.fits !== undefined;
}

/** Files of a sort and folders, where a path is written, step by step. */
export async function offerPaths(scene: Scene, sort: OfferedSort, signal: AbortSignal): Promise<readonly ValueOffer[]> {
  const { workspace, uri, typed } = scene;
  const folder = workspace.folderOf(uri);
  if (folder === undefined) return [];
  const step = typed.slice(0, typed.lastIndexOf('/') + 1);
  if (step !== '') return offerStep(scene, sort, step, signal);
  const near = sort.isFolder === true ? [] : await scene.files.below(folder, sort.fits, signal);
  return [
    ...near.map(value => offerFile(scene, sort, value)),
    ...(await offerStep(scene, sort, '', signal)).filter(({ value }) => value.endsWith('/')),
    { value: '../', detail: 'folder above', kind: CompletionItemKind.Folder, isBeginning: true },
  ];
}

/** What one folder holds. Paths of other machines are left alone: looking would sign in there. */
async function offerStep(
  scene: Scene,
  sort: OfferedSort,
  step: string,
  signal: AbortSignal,
): Promise<readonly ValueOffer[]> {
  const folder = /^[\\/]{2}/.test(step) ? undefined : scene.workspace.resolve(scene.uri, step === '' ? '.' : step);
  if (folder === undefined) return [];
  const entries = await scene.files.inside(folder, signal);
  const folders = entries
    .filter(({ isFolder }) => isFolder)
    .map(({ name }): ValueOffer => ({
      value: `${step}${name}/`,
      detail: 'folder',
      kind: CompletionItemKind.Folder,
      isBeginning: true,
    }));
  const files = entries.filter(({ name, isFolder }) => !isFolder && sort.fits.test(name));
  const above = /^(\.\.\/)+$/.test(step)
    ? [{ value: `${step}../`, detail: 'folder above', kind: CompletionItemKind.Folder, isBeginning: true }]
    : [];
  // A long list is cut at its end: the way up comes before the folders.
  return [...files.map(({ name }) => offerFile(scene, sort, `${step}${name}`)), ...above, ...folders];
}

function offerFile(scene: Scene, sort: OfferedSort, value: string): ValueOffer {
  const { context, uri } = scene;
  return {
    value,
    detail: sort.noun,
    kind: CompletionItemKind.File,
    ...(sort === fileSorts.dataset && {
      describe: () => describeDataset(context, uri, { path: value }, new AbortController().signal),
    }),
  };
}

/** Files of a dataset's folder, which splits name; absent where the dataset is none. */
export async function offerSplitFiles(
  scene: Scene,
  at: DocumentPath,
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  const { path } = mappingOf(draftAt(scene.parsed.draft, at));
  const folder = typeof path === 'string' && path !== '' ? scene.workspace.resolve(scene.uri, path) : undefined;
  if (folder === undefined || /^[\\/]{2}/.test(String(path))) return undefined;
  const files = (await scene.files.inside(folder, signal)).filter(
    ({ name, isFolder }) => !isFolder && fileSorts.dataset.fits.test(name),
  );
  if (files.length === 0) return undefined;
  return files.map(({ name }) => ({ value: name, detail: 'file of the dataset', kind: CompletionItemKind.File }));
}
