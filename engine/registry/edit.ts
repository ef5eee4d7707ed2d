import type { Identity, ModelVersion, RegisteredModel } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { ModelRegistry, RegistryEdit } from '../ports/registry.ts';
import { keepModel } from './archive.ts';
import { isSealedKey } from './sealed-keys.ts';

/**
 * Changes description and properties of a model, or of one of its versions (a name or an alias). What was registered, measured or
 * decided is refused (`usage`), in every registry. Throws `registry-not-found`.
 */
export async function editEntry(
  registry: ModelRegistry,
  { model, version }: { readonly model: string; readonly version?: string | undefined },
  edit: RegistryEdit,
  actor: Identity,
  catalogue: Catalogue,
  signal: AbortSignal,
): Promise<RegisteredModel | ModelVersion> {
  const sealed = Object.keys(edit.customProperties ?? {}).find(isSealedKey);
  if (sealed !== undefined) {
    throw new WorkbenchError(
      'usage',
      `${sealed} cannot be edited: it tells what was registered, measured or decided.`,
      {
        remedy: 'Register a new version where it is wrong. Properties of your own can be edited.',
      },
    );
  }
  if (version === undefined) {
    const changed = await registry.updateModel(model, edit, actor, signal);
    await keepModel(registry, changed, catalogue);
    return changed;
  }
  const found = await registry.getVersion(model, version, signal);
  const changed = await registry.updateVersion(model, found.version, edit, actor, signal);
  await catalogue.keepVersion(registry.name, changed, undefined);
  return changed;
}
