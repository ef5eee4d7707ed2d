import type { Publication, VersionDetails } from '../../schemas/generated/messages.ts';
import { formatReference } from '../base/registry-reference.ts';
import { tutorialLinks } from './tutorial-keys.ts';

/** What of a version is said about other registries: where it comes from, where it was published, and links to results. */
export function handoffFacts({
  version,
  publications = [],
}: Pick<VersionDetails, 'version' | 'publications'>): (readonly [name: string, value: string | undefined])[] {
  const { origin } = version;
  const published = publications.filter(({ kind, state }) => kind !== 'run' || state !== 'done');
  const links = tutorialLinks(version).map(({ label, url, scope }) => `${label} (${scope}): ${url}`);
  return [
    ['Pulled from', origin === undefined ? undefined : formatReference(origin)],
    ['Published', published.length === 0 ? undefined : published.map(describePublication).join('; ')],
    ['Results', links.length === 0 ? undefined : links.join(', ')],
  ];
}

/** `shared/granite@3 as approved`, or what keeps it from being there. */
function describePublication({ registry, model, version, kind, runId, state, status, failure }: Publication): string {
  const where = formatReference({ registry, model, version });
  const what =
    kind === 'run' ? `figures of run ${runId ?? ''} to ${where}` : kind === 'status' ? `status at ${where}` : where;
  if (state === 'pending') return `${what} (still to be done: \`aiwb registry publish --pending\`)`;
  if (state === 'failed') return `${what} (failed: ${failure?.message ?? 'no reason is known'})`;
  return status === undefined ? what : `${what} as ${status}`;
}
