import type { Artifact, DatasetLineage, Identity, Lineage } from '../../../schemas/generated/messages.ts';
import { validateLineage } from '../../../schemas/generated/validators.js';
import { omit } from '../../base/omit.ts';
import { keys } from '../keys.ts';
import { present, type Scalar } from './properties.ts';

/** What of a version's lineage has no property of its own, as JSON of a `Lineage`. */
export const lineageKey = 'aiw.lineage';

/** More than this is not kept in one property: without the environment, then not at all. */
const mostCharacters = 32_000;

/** As git writes people: `Ada <ada@example.com>`. */
export function formatIdentity({ name, email }: Identity): string {
  return name === undefined || name === '' ? email : `${name} <${email}>`;
}

/** Anybody may have written it, so nothing about who it was is proved. */
export function parseIdentity(text: string): Identity {
  const [, name = '', email] = /^\s*([^<>]*?)\s*<([^<>\s]+)>\s*$/.exec(text) ?? [];
  if (email === undefined) return { email: text.trim(), assurance: 'self-asserted' };
  return { ...(name === '' ? {} : { name }), email, assurance: 'self-asserted' };
}

export function lineageProperties(lineage: Lineage): Record<string, Scalar> {
  const { runId, job, base, trainer, ...others } = lineage;
  return present({
    [keys.trainRun]: runId,
    [keys.tuningJob]: job,
    [keys.baseName]: base?.name,
    [keys.baseDigest]: base?.digest,
    [keys.parentVersion]: others.parentVersion,
    [keys.trainer]: trainer === undefined ? undefined : formatIdentity(trainer),
    [lineageKey]: writeOthers(others),
  });
}

function writeOthers(others: Lineage): string | undefined {
  const { datasets, prompts, ...facts } = others;
  if (datasets.length + prompts.length + Object.keys(facts).length === 0) return undefined;
  return [others, omit(others, 'environment')]
    .map(one => JSON.stringify(one))
    .find(text => text.length <= mostCharacters);
}

/** Put together from a version's properties; data sets of others come from `addDatasets`. */
export function readLineage(properties: Readonly<Record<string, Scalar>>): Lineage {
  const text = (key: string): string | undefined => {
    const value = properties[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const others = readOthers(text(lineageKey));
  const [baseName, baseDigest, trainer] = [text(keys.baseName), text(keys.baseDigest), text(keys.trainer)];
  const [runId, job] = [text(keys.trainRun), text(keys.tuningJob)];
  // The property may hold the registry's own id of the parent.
  const parentVersion = others.parentVersion ?? text(keys.parentVersion);
  return {
    ...others,
    ...(runId === undefined ? {} : { runId }),
    ...(job === undefined ? {} : { job }),
    ...(baseName === undefined
      ? {}
      : { base: { name: baseName, ...(baseDigest === undefined ? {} : { digest: baseDigest }) } }),
    ...(parentVersion === undefined ? {} : { parentVersion }),
    ...(trainer === undefined ? {} : { trainer: parseIdentity(trainer) }),
  };
}

function readOthers(text: string | undefined): Lineage {
  const nothing: Lineage = { datasets: [], prompts: [] };
  if (text === undefined) return nothing;
  try {
    const parsed: unknown = JSON.parse(text);
    return validateLineage(parsed) ? parsed : nothing;
  } catch {
    return nothing; // Somebody else's property of this name.
  }
}

/** Lineage with the data sets that stand with the version as artifacts and say what they were used for. */
export function addDatasets(lineage: Lineage, artifacts: readonly Artifact[]): Lineage {
  const datasets: DatasetLineage[] = [...lineage.datasets];
  for (const artifact of artifacts) {
    if (artifact.artifactType !== 'dataset-artifact' || artifact.role === undefined) continue;
    const { role, digest = '', name, rows = 0, uri } = artifact;
    if (datasets.some(one => one.role === role && one.digest === digest)) continue;
    datasets.push({ role, path: uri ?? name, digest, rows });
  }
  return { ...lineage, datasets };
}
