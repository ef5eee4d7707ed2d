import type { NewRegisteredModel } from '../../engine/ports/registry.ts';
import type { RegisteredModel } from '../../schemas/generated/messages.ts';
import type { Driver, Row } from './driver.ts';

/** What a model's `details` column holds. */
export type ModelDetails = Omit<NewRegisteredModel, 'name'>;

/** A model as it is shown. */
export function toModel({ driver }: { readonly driver: Driver }, row: Row): RegisteredModel {
  const key = Number(row['key']);
  const { customProperties, tasks, language, ...details } = JSON.parse(String(row['details'])) as ModelDetails;
  const counted = driver.get('SELECT count(*) AS n, max(version) AS latest FROM model_versions WHERE model = ?', key);
  const latest = counted?.['latest'] ?? undefined;
  return {
    name: String(row['name']),
    ...details,
    ...(tasks === undefined ? {} : { tasks: [...tasks] }),
    ...(language === undefined ? {} : { language: [...language] }),
    state: row['archived'] === 1 ? 'ARCHIVED' : 'LIVE',
    createdAt: Number(row['created_at']),
    updatedAt: Number(row['updated_at']),
    aliases: readAliases(driver, key),
    versions: Number(counted?.['n']),
    ...(latest === undefined ? {} : { latest: String(latest) }),
    customProperties: { ...customProperties },
  };
}

/** Alias to version, by alias. */
function readAliases(driver: Driver, model: number): RegisteredModel['aliases'] {
  const rows = driver.all(
    `SELECT alias, model_versions.version AS version FROM model_aliases
      JOIN model_versions ON model_versions.key = model_aliases.version WHERE model_aliases.model = ? ORDER BY alias`,
    model,
  );
  return Object.fromEntries(rows.map(row => [String(row['alias']), String(row['version'])]));
}
