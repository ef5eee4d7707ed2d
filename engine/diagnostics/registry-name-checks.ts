import { formatReference } from '../base/registry-reference.ts';
import { parseTrainedName } from '../registry/trained-name.ts';
import type { DocumentPath, RelatedPlace, ReportFinding } from '../documents/diagnostic.ts';
import { askDidYouMean, listWords, suggestWord } from '../documents/suggest.ts';
import { relatedPlaces, type WorkspaceView } from './workspace-view.ts';

/** Whether the registries before the slash in `registry:REGISTRY/MODEL@VERSION` are declared; `at` says where each model is written. */
export async function checkRegistryNames(
  models: readonly string[],
  at: (index: number) => DocumentPath,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  const named = models.map(parseTrainedName);
  if (view.registries === undefined || !named.some(name => name?.kind === 'registry' && name.registry !== undefined))
    return;
  const registries = await view.registries(signal);
  signal.throwIfAborted();
  if (registries.state === 'broken') return;
  const known = registries.state === 'known' ? registries.names : undefined;
  for (const [index, name] of named.entries()) {
    if (name?.kind !== 'registry' || name.registry === undefined || known?.includes(name.registry) === true) continue;
    const { registry, model, version } = name;
    const rename = (to: string): string => `registry:${formatReference({ registry: to, model, version })}`;
    reportRegistry({ registry, rename, at: at(index), related: relatedPlaces(registries) }, known, report);
  }
}

/** A registry that is named and not declared. */
interface UnknownRegistry {
  readonly registry: string;
  /** The whole text with another registry in it. */
  readonly rename: (to: string) => string;
  readonly at: DocumentPath;
  readonly related: readonly RelatedPlace[];
}

/** `known` are the declared ones; absent where there is no workbench.yaml. */
export function reportRegistry(
  { registry, rename, at, related }: UnknownRegistry,
  known: readonly string[] | undefined,
  report: ReportFinding,
): void {
  const suggestion = suggestWord(registry, [...(known ?? []), 'local']);
  const list =
    known === undefined
      ? `No \`workbench.yaml\` was found here or above, so there is no registry \`${registry}\`.`
      : `\`workbench.yaml\` declares no registry \`${registry}\`.${askDidYouMean(suggestion)} ${known.length === 0 ? 'It declares none.' : `It declares ${listWords(known)}.`}`;
  report('unknown-registry', 'error', at, list, {
    replacement: suggestion === undefined ? undefined : rename(suggestion),
    related,
  });
}
