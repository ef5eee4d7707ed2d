import { isCollection, isMap, isScalar } from 'yaml';
import type { DocumentPath } from '../../engine/documents/diagnostic.ts';
import { digestOfFile, readsOtherFiles, type PinnedDataset } from '../../engine/datasets/pinned.ts';
import { rootSchema, schemaAt } from '../../engine/documents/schema.ts';
import { addFields } from '../../engine/edits/fields.ts';
import { followAlias, nodeAt } from '../../engine/edits/places.ts';
import { changeStyle } from '../../engine/edits/style.ts';
import { writeFlow } from '../../engine/edits/write-value.ts';
import { datasetOf, draftAt, matchesPath } from '../tree.ts';
import { mappingOf } from '../workspace.ts';
import { actionKinds, inTitle, type Edits, type Offer, type Scene } from './offer.ts';
import { pathAtOffset } from './spots.ts';

/** Writes the innermost mapping or list at the cursor the other way, where it can be. */
export function offerStyle(scene: Scene): readonly Offer[] {
  const whole = pathAtOffset(scene, scene.start);
  for (let length = whole.length; length > 0; length--) {
    const path = whole.slice(0, length);
    const node = followAlias(scene.parsed, nodeAt(scene.parsed, path));
    if (!isCollection(node)) continue;
    const changed = changeStyle(scene.parsed, path);
    if (changed === undefined) return [];
    const what = isMap(node) ? 'mapping' : 'list';
    const title = changed.to === 'lines' ? `Write this ${what} on lines of its own` : `Write this ${what} on one line`;
    return [{ title, kind: actionKinds.rewrite, edits: { changes: changed.changes } }];
  }
  return [];
}

/** Gives a metric's name the parameters to change, or takes parameters away that say nothing. */
export function offerParameters(scene: Scene): readonly Offer[] {
  const path = pathAtOffset(scene, scene.start).slice(0, 2);
  const node = nodeAt(scene.parsed, path);
  if (scene.parsed.kind !== 'bench' || !matchesPath(path, 'metrics.*') || !node?.range) return [];
  const [start, end] = node.range;
  if (isScalar(node) && typeof node.value === 'string') {
    const [example] = schemaAt('bench', [...path, node.value])?.examples ?? [];
    if (example === undefined || Object.keys(mappingOf(example)).length === 0) return [];
    const list = nodeAt(scene.parsed, ['metrics']);
    const written = writeFlow({ [node.value]: example });
    const text = isCollection(list) && list.flow !== true ? written.slice(1, -1) : written;
    return [
      {
        title: `Give \`${node.value}\` parameters`,
        kind: actionKinds.rewrite,
        edits: { changes: [{ start, end, text }] },
      },
    ];
  }
  const [name, ...others] = Object.keys(mappingOf(draftAt(scene.parsed.draft, path)));
  if (!isMap(node) || name === undefined || others.length > 0 || !saysNothing(scene, [...path, name])) return [];
  const text = scene.parsed.text.slice(start, end);
  const rest = text.length - text.trimEnd().length;
  return [
    {
      title: `Write \`${name}\` without parameters`,
      kind: actionKinds.rewrite,
      edits: { changes: [{ start, end: end - rest, text: name }] },
    },
  ];
}

/** Whether every parameter has the value it has anyway. */
function saysNothing({ parsed }: Scene, path: DocumentPath): boolean {
  const value = draftAt(parsed.draft, path);
  const schema = schemaAt('bench', path);
  if (typeof value !== 'object' || value === null || (schema?.required ?? []).length > 0) return false;
  if (schema?.anyOf !== undefined) return false;
  return Object.entries(value).every(([field, given]) => {
    const usual = schema?.properties?.[field]?.default;
    return usual !== undefined && JSON.stringify(usual) === JSON.stringify(given);
  });
}

/** Pins the dataset at the cursor as its file is now. */
export async function offerPin(scene: Scene): Promise<readonly Offer[]> {
  const { kind, draft } = scene.parsed;
  const at = datasetOf(kind, pathAtOffset(scene, scene.start))?.at;
  if (at === undefined) return [];
  const dataset = mappingOf(draftAt(draft, at));
  const { path, digest } = dataset;
  if (typeof path !== 'string' || digest !== undefined) return [];
  if (readsOtherFiles({ split: readSplit(dataset['split']) })) return [];
  const absolute = scene.server.workspace.resolve(scene.uri, path);
  const { files } = scene.server.ports;
  if (absolute === undefined || (await files.facts(absolute))?.kind !== 'file') return [];
  return [
    {
      title: `Pin the content of ${inTitle(path)} by its digest`,
      kind: actionKinds.rewrite,
      edits: signal => pin(scene, at, absolute, signal),
    },
  ];
}

function readSplit(value: unknown): PinnedDataset['split'] {
  const { field, train, test } = mappingOf(value);
  if (typeof test !== 'string') return undefined;
  return {
    test,
    ...(typeof field === 'string' ? { field } : {}),
    ...(typeof train === 'string' ? { train } : {}),
  };
}

async function pin(scene: Scene, at: DocumentPath, file: string, signal: AbortSignal): Promise<Edits | undefined> {
  const { files, digest } = scene.server.ports;
  const value = await digestOfFile(files, digest, file, signal);
  const order = Object.keys(rootSchema('bench').properties?.['dataset']?.properties ?? {});
  const changes = addFields(scene.parsed, at, [{ name: 'digest', value }], order);
  return changes && { changes };
}
