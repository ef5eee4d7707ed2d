import type {
  ListModels,
  ListVersions,
  ModelPage,
  ModelRow,
  RegistryEntry,
  VersionPage,
  VersionRow,
} from '../../schemas/generated/messages.ts';

export function makeVersionRow(changes: Partial<VersionRow> = {}): VersionRow {
  return {
    registry: 'local',
    model: 'triage',
    version: '1',
    status: 'candidate',
    state: 'LIVE',
    aliases: [],
    createdAt: 1,
    figures: [],
    ...changes,
  };
}

export function makeModelRow(changes: Partial<ModelRow> = {}): ModelRow {
  return {
    registry: 'local',
    name: 'triage',
    state: 'LIVE',
    aliases: {},
    versions: 1,
    statuses: [],
    updatedAt: 1,
    ...changes,
  };
}

/** A registry that can do everything, changed where it matters. */
export function makeRegistryEntry(changes: Partial<RegistryEntry> = {}): RegistryEntry {
  return {
    name: 'local',
    type: 'local',
    capabilities: {
      archivesModels: true,
      archivesVersions: true,
      aliases: 'native',
      keepsContent: true,
      serverFilters: [],
      atomic: true,
    },
    cache: { models: 0, versions: 0 },
    ...changes,
  };
}

/** A page of what matches, as the engine gives it: `after` is where it starts. */
export function pageOfModels(rows: readonly ModelRow[], { after, limit = 100 }: ListModels): ModelPage {
  const [start, end] = stretch(rows.length, after, limit);
  const next = end < rows.length ? { next: String(end) } : {};
  return { models: rows.slice(start, end), total: rows.length, ...next };
}

export function pageOfVersions(rows: readonly VersionRow[], { after, limit = 100 }: ListVersions): VersionPage {
  const [start, end] = stretch(rows.length, after, limit);
  const next = end < rows.length ? { next: String(end) } : {};
  return { versions: rows.slice(start, end), total: rows.length, ...next };
}

function stretch(length: number, after: string | undefined, limit: number): [start: number, end: number] {
  const start = after === undefined ? 0 : Number(after);
  return [start, Math.min(length, start + limit)];
}
