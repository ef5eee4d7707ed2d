import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { blobFolderName, isDigest, unfinishedEnding } from './blobs.ts';
import type { StoreContext } from './context.ts';
import type { Driver } from './driver.ts';

/** Milliseconds a blob is left alone although nobody refers to it: its writer may be about to. */
const grace = 3_600_000;

/**
 * Digests of the blobs that something in the database refers to, and that must be there for it to be complete. What an artifact says
 * lies elsewhere need not.
 */
export function listUsedBlobs(driver: Driver): string[] {
  const rows = driver.all(
    `SELECT digest FROM training_states
      UNION SELECT digest FROM checkpoints WHERE coalesce(json_extract(details, '$.format'), '') <> 'service'
      UNION SELECT json_extract(value, '$.digest') FROM checkpoints, json_each(details, '$.files')
      UNION SELECT json_extract(outcome, '$.answersDigest') FROM training_jobs WHERE outcome IS NOT NULL
      UNION SELECT weights_digest FROM model_versions WHERE NOT EXISTS (
        SELECT 1 FROM artifacts WHERE artifacts.version = model_versions.key AND type = 'model-artifact'
          AND json_extract(content, '$.digest') = weights_digest AND json_extract(content, '$.uri') NOT LIKE 'blob:%')
      UNION SELECT json_extract(content, '$.digest') FROM artifacts
        WHERE type IN ('model-artifact', 'doc-artifact') AND json_extract(content, '$.uri') LIKE 'blob:%'
      UNION SELECT found.atom FROM runs
        JOIN run_records ON run_records.run = runs.key, json_tree(spec, '$.trained') AS found
        WHERE state <> 'succeeded' AND found.key IN ('weightsDigest', 'digest')
          AND coalesce(json_extract(spec, found.path || '.format'), '') <> 'service'
      UNION SELECT json_extract(payload, kept.value) FROM ledger JOIN audit_log USING (sequence)
        JOIN audit_payloads ON audit_payloads.digest = payload_digest,
          json_each('["$.payload.digest", "$.payload.textDigest"]') AS kept
        WHERE kind IN ('source-document', 'scan')`,
  );
  return rows.map(row => String(row['digest'])).filter(isDigest);
}

/** Removes blobs nobody refers to, and what killed writers left, unless they are young. */
export function removeUnusedBlobs(context: StoreContext): void {
  const used = new Set(listUsedBlobs(context.driver));
  for (const file of listBlobFiles(context.folder)) {
    const name = path.basename(file);
    const isOurs = isDigest(name) || name.endsWith(unfinishedEnding);
    if (!isOurs || used.has(name)) continue;
    const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    if (written !== undefined && context.now() - written > grace) rmSync(file, { force: true });
  }
}

/** Bytes of all blobs. */
export function measureBlobs(folder: string): number {
  return listBlobFiles(folder).reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}

function listBlobFiles(folder: string): string[] {
  const root = path.join(folder, blobFolderName);
  return listEntries(root).flatMap(part => listEntries(path.join(root, part)).map(name => path.join(root, part, name)));
}

/** Names in a folder; none where there is no folder. */
function listEntries(folder: string): string[] {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(folder) : [];
}
