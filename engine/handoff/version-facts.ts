import type { Lineage, ModelVersion, RegisteredModel } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { LocalRegistry, LocalVersion, ModelRegistry, NewRegisteredModel, Properties } from '../ports/registry.ts';
import { keys } from '../registry/keys.ts';
import { originOf } from '../registry/origin.ts';
import { parseReference } from '../base/registry-reference.ts';
import { findThere } from './find-there.ts';

/** What of a model travels with its versions. */
export function modelFacts(model: RegisteredModel, name: string): NewRegisteredModel {
  const { description, owner, provider, license, tasks, language } = model;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(owner === undefined ? {} : { owner }),
    ...(provider === undefined ? {} : { provider }),
    ...(license === undefined ? {} : { license }),
    ...(tasks === undefined ? {} : { tasks }),
    ...(language === undefined ? {} : { language }),
  };
}

/**
 * Where a version comes from, for others: paths of this workspace say nothing to them, and its datasets travel as artifacts. The parent
 * is the version there.
 */
export function lineageFacts(
  { runId, job, epoch, base, trainer, hyperparameters }: Lineage,
  parent: ModelVersion | undefined,
): Lineage {
  return {
    ...(runId === undefined ? {} : { runId }),
    ...(job === undefined ? {} : { job }),
    ...(epoch === undefined ? {} : { epoch }),
    ...(base === undefined ? {} : { base }),
    ...(trainer === undefined ? {} : { trainer }),
    ...(hyperparameters === undefined ? {} : { hyperparameters }),
    ...(parent === undefined ? {} : { parentVersion: parent.version }),
    datasets: [],
    prompts: [],
  };
}

/** Never published as they are here: the status goes last, the others mean something here alone. */
const ownKeys: ReadonlySet<string> = new Set<string>([keys.status, keys.origin, keys.parentVersion]);

export function versionProperties(
  { customProperties, weightsDigest, modelDigest, lineage }: LocalVersion,
  parent: ModelVersion | undefined,
): Properties {
  const { runId, job, base, trainer } = lineage;
  const own = Object.entries(customProperties).filter(([name]) => !ownKeys.has(name));
  return {
    ...Object.fromEntries(own),
    [keys.weightsDigest]: weightsDigest,
    [keys.modelDigest]: modelDigest,
    ...(runId === undefined ? {} : { [keys.trainRun]: runId }),
    ...(job === undefined ? {} : { [keys.tuningJob]: job }),
    ...(base === undefined ? {} : { [keys.baseName]: base.name }),
    ...(base?.digest === undefined ? {} : { [keys.baseDigest]: base.digest }),
    ...(trainer === undefined ? {} : { [keys.trainer]: trainer.email }),
    ...(parent === undefined ? {} : { [keys.parentVersion]: parent.id ?? parent.version }),
  };
}

/** The version there that a tuned one's parent is: published there, or pulled from there, or asked there by name. */
export async function findParent(
  { model, lineage }: LocalVersion,
  target: { readonly registry: ModelRegistry; readonly model: string },
  local: LocalRegistry,
  signal: AbortSignal,
): Promise<ModelVersion | undefined> {
  const named = /^registry:(.+)$/.exec(lineage.base?.name ?? '')?.[1];
  const base = named === undefined ? undefined : parseReference(named);
  try {
    if (base?.registry !== undefined) {
      return base.registry === target.registry.name
        ? await target.registry.getVersion(base.model, base.version, signal)
        : undefined;
    }
    const [name, version] =
      lineage.parentVersion === undefined ? [base?.model, base?.version] : [model, lineage.parentVersion];
    if (name === undefined || version === undefined) return undefined;
    const parent = await local.getVersion(name, version, signal);
    const origin = originOf(parent);
    // A parent of this model is published under the child's name there, one of another model under its own.
    const candidates = [
      ...(origin?.registry === target.registry.name ? [origin.model] : []),
      name === model ? target.model : name,
    ];
    for (const candidate of candidates) {
      const found = await findThere(parent, candidate, target.registry, signal);
      if (found !== undefined) return found;
    }
  } catch (error) {
    if (!(error instanceof WorkbenchError) || error.code !== 'registry-not-found') throw error;
  }
  return undefined;
}
