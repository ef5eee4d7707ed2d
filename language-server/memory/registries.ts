import { rememberRegistry, type RememberedRegistry } from '../../engine/diagnostics/remembered.ts';
import type { HeadlineFigure, VersionRow } from '../../schemas/generated/messages.ts';
import { formatNumber } from '../../engine/reports/format.ts';
import type { ServerContext } from '../context.ts';
import { mappingOf, type Workspace } from '../workspace.ts';

/** A registry that the workbench.yaml around a document declares, as far as it is written. */
export interface DeclaredRegistry {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

export async function registriesAround(
  workspace: Workspace,
  uri: string,
  signal: AbortSignal,
): Promise<readonly DeclaredRegistry[]> {
  return registriesIn((await workspace.readWorkbench(uri, signal))?.draft);
}

/** The same of one draft of a workbench.yaml. */
export function registriesIn(draft: unknown): readonly DeclaredRegistry[] {
  const { registry, registries } = mappingOf(draft);
  const single = mappingOf(registry);
  const all = [
    ...(typeof single['type'] === 'string' ? [{ name: single['type'], settings: single }] : []),
    ...Object.entries(mappingOf(registries)).map(([name, settings]) => ({ name, settings: mappingOf(settings) })),
  ];
  return all.filter(({ settings }) => settings['type'] !== 'local');
}

/** What was read of a registry; absent where it never was. */
export function readRegistry(
  { history }: Pick<ServerContext, 'history'>,
  uri: string,
  registry: string,
  signal: AbortSignal,
): Promise<RememberedRegistry | undefined> {
  return rememberRegistry((question, read) => history.catalogue(uri, question, read, signal), registry);
}

/** A figure with what it may be compared by: without it, it says too little. */
export function wordFigure({ label, value, unit, hardware, dataset, datasetDigest, n }: HeadlineFigure): string {
  const rows = dataset ?? (datasetDigest === undefined ? undefined : `rows ${datasetDigest.slice(0, 8)}`);
  const beside = [hardware, rows, n === undefined ? undefined : `n ${String(n)}`].filter(each => each !== undefined);
  return `${label} ${formatNumber(value, unit)}${beside.length === 0 ? '' : ` (${beside.join(', ')})`}`;
}

/** A version in a few words: its status, and its first figures. */
export function wordVersion({ status, figures }: VersionRow, most: number): string {
  return [status, ...figures.slice(0, most).map(wordFigure)].join(', ');
}
