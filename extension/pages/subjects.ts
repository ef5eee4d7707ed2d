import type { VersionsSubject } from './registry-pages.ts';
import type { AssessmentSubject } from './scorecard-session.ts';

/** The page keeps `{runIds}` as its state. */
export function readRunIds(state: unknown): string[] | undefined {
  return readList(fieldOf(state, 'runIds'), value => (typeof value === 'string' ? value : undefined));
}

/** The page keeps `{versions: [{model, version}]}` as its state, with the `registry` of those that are not of the local one. */
export function readVersions(state: unknown): VersionsSubject | undefined {
  const versions = readList(fieldOf(state, 'versions'), value => {
    const model = fieldOf(value, 'model');
    const version = fieldOf(value, 'version');
    const registry = fieldOf(value, 'registry');
    if (typeof model !== 'string' || typeof version !== 'string') return undefined;
    return typeof registry === 'string' ? { model, version, registry } : { model, version };
  });
  return versions === undefined ? undefined : { versions };
}

/** The page keeps `{assessmentId}` as its state. */
export function readAssessment(state: unknown): AssessmentSubject | undefined {
  const assessmentId = fieldOf(state, 'assessmentId');
  return typeof assessmentId === 'string' ? { assessmentId } : undefined;
}

/** A list that is not empty and every entry of which could be read. */
function readList<T>(value: unknown, read: (entry: unknown) => T | undefined): T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const entries = value.map(read).filter(entry => entry !== undefined);
  return entries.length > 0 && entries.length === value.length ? entries : undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}
