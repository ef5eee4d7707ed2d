import type { Approval, ModelDetails, ModelVersion, VersionDetails } from '../../schemas/generated/messages.ts';
import { toWorkbenchError, type ErrorCode } from '../base/errors.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { ModelRegistry } from '../ports/registry.ts';
import { withCount } from '../registry/ask.ts';
import { keys } from '../registry/keys.ts';

/** Failures after which what was read earlier is shown: the registry could not be asked. */
const notAsked: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'registry-unreachable',
  'secret-missing',
  'secret-command-failed',
  'origin-not-allowed',
  'tls-invalid',
]);

/** Versions that are listed with a model. */
const mostVersions = 100;

/**
 * A version of a registry elsewhere with its artifacts, as it is now; where the registry cannot be asked, as it was read last, with
 * `cachedAt`. Throws what the registry throws where nothing is known either.
 */
export async function describeRemoteVersion(
  registry: ModelRegistry,
  model: string,
  versionOrAlias: string | undefined,
  catalogue: Catalogue,
  signal: AbortSignal,
): Promise<VersionDetails> {
  try {
    const { version, artifacts: listed } = await registry.readVersion(model, versionOrAlias, signal);
    const artifacts = [...listed];
    await catalogue.keepVersion(registry.name, version, artifacts);
    return { version, artifacts, approval: approvalSaid(version, registry.name), assessments: [] };
  } catch (error) {
    signal.throwIfAborted();
    if (!notAsked.has(toWorkbenchError(error).code)) throw error;
    const found = await catalogue.findVersion(registry.name, model, versionOrAlias);
    const known = found === undefined ? undefined : await catalogue.readVersion(registry.name, model, found.version);
    if (known === undefined) throw error;
    const { version, artifacts, readAt } = known;
    const approval = approvalSaid(version, registry.name);
    return { version, artifacts: [...artifacts], approval, assessments: [], cachedAt: readAt };
  }
}

/** A model of a registry elsewhere with its newest versions, without their artifacts. Falls back as `describeRemoteVersion` does. */
export async function describeRemoteModel(
  registry: ModelRegistry,
  name: string,
  catalogue: Catalogue,
  signal: AbortSignal,
): Promise<ModelDetails & { readonly cachedAt?: number }> {
  const describe = (version: ModelVersion): VersionDetails => ({
    ...{ version, artifacts: [], approval: approvalSaid(version, registry.name), assessments: [] },
  });
  try {
    const page = await registry.pageVersions({ model: name, limit: mostVersions, archived: true }, signal);
    const { items, next, models = [] } = page;
    const [model = await registry.getModel(name, signal)] = models;
    // Where all of them came, they need not be counted again.
    const [whole = model] =
      next === undefined ? [withCount(model, items)] : await registry.countVersions([model], signal);
    return { model: whole, versions: items.map(describe) };
  } catch (error) {
    signal.throwIfAborted();
    if (!notAsked.has(toWorkbenchError(error).code)) throw error;
    const known = await catalogue.readModel(registry.name, name);
    if (known === undefined) throw error;
    return {
      model: known.model,
      versions: known.versions.slice(0, mostVersions).map(describe),
      cachedAt: known.readAt,
    };
  }
}

/** Records of another registry's approvals are not here: all that is known is what it says. */
function approvalSaid({ status, customProperties }: ModelVersion, registry: string): Approval {
  const by = customProperties[keys.approvedBy];
  const who = typeof by === 'string' && by !== '' ? `, approved by ${by}` : '';
  return { state: 'none', sentence: `The registry ${registry} says: ${status}${who}. Its records are not kept here.` };
}
