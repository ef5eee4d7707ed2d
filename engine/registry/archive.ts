import type { Identity, RegisteredModel } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { ModelRegistry } from '../ports/registry.ts';

export interface ArchiveStep {
  readonly model: string;
  /** Only this version (its name or an alias), where the registry can. */
  readonly version?: string | undefined;
  readonly archived: boolean;
}

/**
 * Takes a model or one of its versions out of use, or brings it back; nothing is deleted. Gives the model as it is then. Throws `usage`
 * where the registry cannot do so.
 */
export async function archive(
  registry: ModelRegistry,
  { model, version, archived }: ArchiveStep,
  actor: Identity,
  catalogue: Catalogue,
  signal: AbortSignal,
): Promise<RegisteredModel> {
  const { archivesModels, archivesVersions } = registry.capabilities;
  const can = version === undefined ? archivesModels : archivesVersions;
  if (!can) {
    const what = version === undefined ? 'models' : 'single versions';
    throw new WorkbenchError('usage', `The registry ${registry.name} cannot archive ${what}.`, {
      remedy: 'See what it can: `aiwb registry registries`.',
    });
  }
  if (version === undefined) {
    const changed = await registry.setArchived(model, archived, actor, signal);
    await keepModel(registry, changed, catalogue);
    return changed;
  }
  const found = await registry.getVersion(model, version, signal);
  const changed = await registry.setVersionArchived(model, found.version, archived, actor, signal);
  await catalogue.keepVersion(registry.name, changed, undefined);
  return registry.getModel(model, signal);
}

/** What was just changed elsewhere is known here at once. */
export async function keepModel(registry: ModelRegistry, model: RegisteredModel, catalogue: Catalogue): Promise<void> {
  if (registry.type !== 'local') await catalogue.keepModel(registry.name, model);
}
