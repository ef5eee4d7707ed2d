import type { Driver } from './driver.ts';
import { storeCorrupt, storeNewer } from './failures.ts';
import { fillCatalogue } from './local-index.ts';
import { migrations } from './migrations.ts';

/** Marks the file as ours: "aiwb" in ASCII. */
export const applicationId = 0x61697762;

/**
 * Every sample id holds its run: `id = run * samplesPerRun + position`. So the samples of a run lie together, in the
 * order they were stored, and need no index for it. Both parts together stay below 2^53.
 */
export const samplesPerRun = 2 ** 32;

export const schemaVersion = migrations.length;

/** The version that brought the catalogue. */
const catalogueVersion = 5;

/** The version of an open store: 0 for an empty file. Throws `store-corrupt` for somebody else's file, `store-newer`. */
export function checkVersion(driver: Driver, known = schemaVersion): number {
  // One question, so that all of it is from before or from after what another process does meanwhile.
  const row = driver.get(
    `SELECT (SELECT user_version FROM pragma_user_version) AS version,
      (SELECT application_id FROM pragma_application_id) AS id,
      (SELECT count(*) FROM sqlite_schema) AS tables`,
  );
  const version = Number(row?.['version'] ?? 0);
  const id = Number(row?.['id'] ?? 0);
  const tables = Number(row?.['tables'] ?? 0);
  if (id !== applicationId && (id !== 0 || tables > 0 || version > 0)) throw storeCorrupt(driver.path);
  if (version > known) throw storeNewer(driver.path, version, known);
  return version;
}

/** Brings the store to the newest version, all steps in one transaction; safe when several processes open at once. */
export function migrate(driver: Driver, steps: readonly string[] = migrations): void {
  if (checkVersion(driver, steps.length) === steps.length) return;
  driver.write(() => {
    const from = checkVersion(driver, steps.length);
    for (const step of steps.slice(from)) driver.exec(step);
    if (from < catalogueVersion && steps.length >= catalogueVersion) fillCatalogue(driver);
    driver.exec(`PRAGMA application_id = ${applicationId}`);
    driver.exec(`PRAGMA user_version = ${steps.length}`);
  });
}
