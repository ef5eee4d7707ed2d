import type { Artifact, Identity, Report } from '../../schemas/generated/messages.ts';
import { formatReference } from '../base/registry-reference.ts';
import type { RunRecord } from '../ports/store.ts';
import { deliver, type Place } from './content.ts';
import type { StoredRequest } from './outbox.ts';
import type { HandoffPorts, VersionThere } from './ports.ts';
import { describeKept, writeTutorialKeys } from './publish-version.ts';
import { runParcels } from './run-parcels.ts';
import type { RunTarget } from './run-targets.ts';
import { requireDelivered, settleProperties } from './settle.ts';
import { summarise } from './summary.ts';

/** Adds a run's results to a version: settings, dataset and raw results first, then the figures, and last the summary to filter by. */
export async function putRun(
  target: RunTarget,
  { record, report }: { readonly record: RunRecord; readonly report: Report },
  terms: Extract<StoredRequest, { kind: 'run' }>,
  actor: Identity,
  ports: HandoffPorts,
  signal: AbortSignal,
): Promise<VersionThere> {
  const { registry, model, version, results, verified } = target;
  const reference = formatReference({ registry: registry.name, model, version });
  ports.onProgress?.(`Adding the figures of run ${record.summary.id} to ${reference}.`);
  const place: Place = { registry, model, version, actor };
  const before = await registry.listArtifacts(model, version, signal);
  const parcels = runParcels({ record, report, results, verified }, terms, before, ports, signal);
  const kept = await deliver(parcels, place, ports, signal);
  const artifacts = parcels.map(({ artifact }) => artifact);
  await requireDelivered(artifacts, place, signal);
  const found = await registry.getVersion(model, version, signal);
  const notes = verified
    ? []
    : [`The weights that answered could not be matched to ${reference}: its figures are marked "identity unverified".`];
  // The local registry's figures are its artifacts; nothing is summed up beside them.
  if (registry.type === 'local') return { version: found, notes };
  const there = await settleProperties(
    place,
    ({ customProperties }) => summarise(artifacts, customProperties, { now: ports.clock.now(), digest: ports.digest }),
    signal,
  );
  const url = registry.pageOf(await registry.getModel(model, signal), there);
  const written: readonly Artifact[] = await registry.listArtifacts(model, version, signal);
  const tutorial = terms.tutorialKeys === true ? await writeTutorialKeys(written, place, url, signal) : [];
  return {
    version: await registry.getVersion(model, version, signal),
    ...(url === undefined ? {} : { url }),
    notes: [...notes, ...describeKept(kept, registry), ...tutorial],
  };
}
