import type {
  ComparedFigure,
  MetricArtifact,
  ModelVersionReference,
  SettingDifference,
  VersionComparison,
  VersionDetails,
} from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Store } from '../ports/store.ts';
import { readVersion } from './read-version.ts';
import type { Registries } from '../registry/registries.ts';

/** Versions side by side, of one model or of several, in one registry or in several. Throws `usage` for fewer than two, `registry-not-found`. */
export async function compareVersions(
  references: readonly ModelVersionReference[],
  registries: Registries,
  store: Store,
  signal: AbortSignal,
): Promise<VersionComparison> {
  if (references.length < 2) {
    throw new WorkbenchError('usage', 'A comparison needs two versions or more.', {
      remedy: 'Name them: `aiwb registry compare ticket-triage@1 ticket-triage@2`.',
    });
  }
  const versions: VersionDetails[] = [];
  for (const reference of references) {
    versions.push((await readVersion(reference, registries, store, signal)).details);
  }
  return { versions, figures: compareFigures(versions), settings: compareSettings(versions) };
}

/**
 * One row for each metric of each task on each set of rows: a figure on other rows, told by their digest, stands in a row of its
 * own. Of several runs of one task on the same rows the newest counts.
 */
export function compareFigures(versions: readonly Pick<VersionDetails, 'artifacts'>[]): ComparedFigure[] {
  const rows = new Map<string, { readonly figure: ComparedFigure; readonly timestamps: number[] }>();
  for (const [index, { artifacts }] of versions.entries()) {
    for (const artifact of artifacts) {
      if (artifact.artifactType !== 'metric') continue;
      const key = keyOf(artifact, index);
      let row = rows.get(key);
      if (row === undefined) rows.set(key, (row = emptyRow(artifact, versions.length)));
      if (artifact.timestamp < (row.timestamps[index] ?? -Infinity)) continue;
      row.figure.values[index] = artifact.value;
      row.timestamps[index] = artifact.timestamp;
    }
  }
  return [...rows.values()]
    .map(({ figure }) => figure)
    .sort((a, b) => (a.task < b.task ? -1 : a.task > b.task ? 1 : 0));
}

/** Rows nobody knows can be the same as no others. */
function keyOf({ task, metric, datasetDigest }: MetricArtifact, index: number): string {
  return JSON.stringify([task, metric, datasetDigest ?? index]);
}

function emptyRow({ task, metric, label, unit, direction, datasetDigest }: MetricArtifact, count: number) {
  const figure: ComparedFigure = {
    task,
    metric,
    label,
    unit,
    direction,
    ...(datasetDigest === undefined ? {} : { datasetDigest }),
    values: Array.from({ length: count }, () => null),
  };
  return { figure, timestamps: [] as number[] };
}

/** Settings in which the versions differ; what one of them does not have is shown as a dash. */
export function compareSettings(versions: readonly Pick<VersionDetails, 'version'>[]): SettingDifference[] {
  const settings = versions.map(settingsOf);
  const names = [...new Set(settings.flatMap(each => [...each.keys()]))];
  return names.flatMap(name => {
    const values = settings.map(each => each.get(name) ?? '–');
    return new Set(values).size === 1 ? [] : [{ name, values }];
  });
}

function settingsOf({ version: { lineage, author } }: Pick<VersionDetails, 'version'>): ReadonlyMap<string, string> {
  const { job, runId, epoch, base, parentVersion, trainer, datasets, hyperparameters, environment } = lineage;
  const settings = new Map<string, string>();
  const add = (name: string, value: string | number | boolean | undefined): void => {
    if (value !== undefined) settings.set(name, String(value));
  };
  add('tuning job', job);
  add('run', runId);
  add('epoch', epoch);
  add('base', base?.name);
  add('base weights', base?.digest?.slice(0, 12));
  add('parent version', parentVersion);
  add('author', author.email);
  add('trainer', trainer?.email);
  for (const { role, aspect, path, rows, digest } of datasets) {
    const name = aspect === undefined ? `${role} rows` : `${role} rows, ${aspect}`;
    add(name, `${path}: ${rows} (${digest.slice(0, 12)})`);
  }
  for (const [name, value] of Object.entries(hyperparameters ?? {})) add(name, value);
  add('seed', environment?.seed);
  add('workbench', environment?.workbench);
  add('platform', environment?.platform);
  return settings;
}
