import type { LocalVersion, NewLocalVersion } from '../../engine/ports/registry.ts';
import { originOf } from '../../engine/registry/origin.ts';
import { shownStatus } from '../../engine/registry/status.ts';
import type { VersionStatus } from '../../schemas/generated/messages.ts';
import type { Driver, Row } from './driver.ts';

/** What a version's `details` column holds. */
export type VersionDetails = Pick<NewLocalVersion, 'description' | 'author' | 'lineage' | 'customProperties'>;

/** A version as it is shown. It is archived with its model, or alone. */
export function toVersion({ driver }: { readonly driver: Driver }, model: Row, row: Row): LocalVersion {
  const details = JSON.parse(String(row['details'])) as VersionDetails;
  const aliases = driver.all('SELECT alias FROM model_aliases WHERE version = ? ORDER BY alias', Number(row['key']));
  const weightsDigest = String(row['weights_digest']);
  const customProperties = { ...details.customProperties };
  const origin = originOf({ customProperties });
  return {
    model: String(model['name']),
    version: String(row['version']),
    ...(details.description === undefined ? {} : { description: details.description }),
    state: model['archived'] === 1 || row['archived'] === 1 ? 'ARCHIVED' : 'LIVE',
    status: readStatus(driver, model, row),
    author: details.author,
    createdAt: Number(row['created_at']),
    externalId: `aiw:${weightsDigest}`,
    weightsDigest,
    modelDigest: String(row['model_digest']),
    aliases: aliases.map(alias => String(alias['alias'])),
    lineage: details.lineage,
    customProperties,
    ...(origin === undefined ? {} : { origin }),
  };
}

/** The column holds what governance decided; what was measured and assessed before that is told by what is there. */
function readStatus(driver: Driver, model: Row, row: Row): VersionStatus {
  const stored = row['status'] as VersionStatus;
  if (stored !== 'candidate') return stored;
  const facts = driver.get(
    `SELECT EXISTS (SELECT 1 FROM artifacts WHERE version = ?1 AND type = 'metric' AND json_valid(content)
        AND json_extract(content, '$.scope') IN ('baseline', 'custom')) AS measured,
      EXISTS (SELECT 1 FROM ledger WHERE kind = 'assessment' AND model = ?2 AND version = ?3) AS assessed`,
    ...[Number(row['key']), String(model['name']), String(row['version'])],
  );
  return shownStatus(stored, { measured: facts?.['measured'] === 1, assessed: facts?.['assessed'] === 1 });
}
