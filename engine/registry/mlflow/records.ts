import type { Artifact } from '../../../schemas/generated/messages.ts';
import { validateArtifact } from '../../../schemas/generated/validators.js';
import { WorkbenchError } from '../../base/errors.ts';
import type { Digest } from '../../ports/digest.ts';
import { orUndefined, type MlflowApi } from './api.ts';
import { inParallel } from '../rest/stretches.ts';
import { folderOf } from './content.ts';
import type { WireRun } from './wire.ts';

const folder = 'aiw/records';
const tagPrefix = 'aiw.artifact.';
/** Most artifacts in one file. */
const batch = 2000;
/** Most characters of a run's tag; MLflow cuts longer ones without a word. */
const tagLength = 8000;
const tagsAtOnce = 100;
/** Files read at once. */
const width = 4;

/**
 * A version's artifacts as they were added. Where the server stores files they are files that are written once and never again,
 * numbered so that the first of a name stays; elsewhere they are tags of the run.
 */
export async function readRecords(
  api: MlflowApi,
  digest: Digest,
  run: WireRun,
  signal: AbortSignal,
): Promise<Map<string, Artifact>> {
  const found = new Map<string, Artifact>();
  const keep = (record: unknown): void => {
    // What a later workbench wrote, and this one does not know, is left out.
    if (validateArtifact(record) && !found.has(keyOf(record))) found.set(keyOf(record), record);
  };
  for (const [tag, text] of run.tags) if (tag.startsWith(tagPrefix)) keep(parse(text));
  const place = folderOf(run);
  if (place === undefined) return found;
  const names = await fileNames(api, `${place}/${folder}`, signal);
  const files = await inParallel(names, width, name => orUndefined(api.readFile(`${place}/${folder}/${name}`, signal)));
  for (const [at, bytes] of files.entries()) {
    const name = names[at] ?? '';
    // A file that is not what its name says was not written to its end: who wrote it was told so, and writes it again.
    if (bytes === undefined || digest.sha256(bytes).slice(0, 16) !== /-([0-9a-f]{16})\./.exec(name)?.[1]) continue;
    const content = parse(new TextDecoder().decode(bytes)) as { artifacts?: unknown } | undefined;
    if (Array.isArray(content?.artifacts)) content.artifacts.forEach(keep);
  }
  return found;
}

export async function writeRecords(
  api: MlflowApi,
  digest: Digest,
  run: WireRun,
  artifacts: readonly Artifact[],
  signal: AbortSignal,
): Promise<void> {
  const place = folderOf(run);
  if (place === undefined) return writeTags(api, digest, run, artifacts, signal);
  const names = await fileNames(api, `${place}/${folder}`, signal);
  let number = Number(names.at(-1)?.split('-')[0] ?? 0);
  for (let at = 0; at < artifacts.length; at += batch) {
    const content = { schemaVersion: 1, artifacts: artifacts.slice(at, at + batch) };
    const bytes = new TextEncoder().encode(JSON.stringify(content));
    number += 1;
    const name = `${String(number).padStart(6, '0')}-${digest.sha256(bytes).slice(0, 16)}.json`;
    await api.writeFile(`${place}/${folder}/${name}`, bytes, signal);
  }
}

/** Throws `registry-refused` for what could not be read again as it is, such as a figure that is no finite number. */
export function requireReadable(artifacts: readonly Artifact[]): void {
  for (const artifact of artifacts) {
    if (validateArtifact(parse(JSON.stringify(artifact)))) continue;
    const message = `"${artifact.name}" is no ${artifact.artifactType} that can be kept: a number in it may not be finite.`;
    throw new WorkbenchError('registry-refused', message, {
      remedy: 'Leave out what could not be computed. Nothing was written.',
    });
  }
}

/** Throws `registry-refused` where the server stores no files and a tag of the run could not hold one of these. */
export function requireRoom(run: WireRun, artifacts: readonly Artifact[]): void {
  if (folderOf(run) !== undefined) return;
  for (const artifact of artifacts) {
    if (JSON.stringify(artifact).length <= tagLength) continue;
    const message = `"${artifact.name}" is too large for the server, which stores no files: ${tagLength} characters at most.`;
    throw new WorkbenchError('registry-refused', message, {
      remedy: 'Start the MLflow server with --serve-artifacts and --artifacts-destination.',
    });
  }
}

async function writeTags(
  api: MlflowApi,
  digest: Digest,
  run: WireRun,
  artifacts: readonly Artifact[],
  signal: AbortSignal,
): Promise<void> {
  for (let at = 0; at < artifacts.length; at += tagsAtOnce) {
    const tags = artifacts.slice(at, at + tagsAtOnce).map(artifact => ({
      key: tagPrefix + digest.sha256(keyOf(artifact)).slice(0, 32),
      value: JSON.stringify(artifact),
    }));
    await api.set('POST', '/runs/log-batch', { run_id: run.id, tags }, signal);
  }
}

/** In the order they were written; of two that were written at once, the same one is always first. */
async function fileNames(api: MlflowApi, place: string, signal: AbortSignal): Promise<string[]> {
  const names = (await orUndefined(api.listFiles(place, signal))) ?? [];
  return names.filter(name => /^\d{6,9}-[0-9a-f]{16}\.json$/.test(name)).sort();
}

/** Artifacts of one type and name are one. */
export function keyOf({ artifactType, name }: Artifact): string {
  return `${artifactType}\n${name}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
