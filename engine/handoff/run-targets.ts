import type { Report, VariantResult } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { trainedModelDigest } from '../models/trained.ts';
import type { LocalVersion, ModelRegistry } from '../ports/registry.ts';
import { digestsOf, findAsked, resultsOf } from '../registry/publish.ts';
import { formatReference, parseReference } from '../base/registry-reference.ts';
import { findThere, weightsOf } from './find-there.ts';
import type { HandoffPorts } from './ports.ts';
import { nameThere } from './publish-version.ts';

/** A version that a run's figures go to. */
export interface RunTarget {
  readonly registry: ModelRegistry;
  readonly model: string;
  readonly version: string;
  readonly results: readonly VariantResult[];
  /** Whether the weights that answered are the version's, by their digest. */
  readonly verified: boolean;
  readonly local?: { readonly model: string; readonly version: string };
}

/** The version that somebody named. Throws `registry-not-found`, and `usage` where the run asked several models and it is none of them. */
export async function namedTarget(
  reference: { readonly registry?: string; readonly model: string; readonly version: string },
  report: Report,
  { registries, digest }: HandoffPorts,
  signal: AbortSignal,
): Promise<RunTarget> {
  const registry = registries.open(reference.registry);
  const found = await registry.getVersion(reference.model, reference.version, signal);
  const weights = weightsOf(found);
  const known = weights === undefined ? found.modelDigest : trainedModelDigest(digest, weights);
  const own = known === undefined ? [] : resultsOf(report, known);
  const place = { registry, model: found.model, version: found.version };
  const local = registry.type === 'local' ? { local: { model: found.model, version: found.version } } : {};
  if (own.length > 0) return { ...place, ...local, results: own, verified: true };
  return { ...place, ...local, results: requireOneModel(report, place), verified: false };
}

/** Results of the model that was asked by the version's name, or of the only one. Loads of one model are told apart by their prompt. */
function requireOneModel(
  { variants }: Report,
  { registry, model, version }: Pick<RunTarget, 'registry' | 'model' | 'version'>,
): readonly VariantResult[] {
  const reference = formatReference({ registry: registry.name, model, version });
  const named = variants.filter(variant => variant.model === `registry:${reference}`);
  const models = new Set(variants.map(variant => variant.model));
  const chosen = named.length > 0 ? named : models.size === 1 ? variants : [];
  if (chosen.length > 0) {
    return chosen.filter(
      (result, index) => chosen.findIndex(({ promptDigest }) => promptDigest === result.promptDigest) === index,
    );
  }
  throw new WorkbenchError(
    'usage',
    `The run asked ${models.size} models, and none of them is ${reference} by its weights or name.`,
    { remedy: 'Publish a run that asked this model alone: `aiwb run FILE --model NAME`.' },
  );
}

/** Every version that the run asked, as one registry, or every registry that is known to hold it, has it. */
export async function askedTargets(
  report: Report,
  registry: string | undefined,
  ports: HandoffPorts,
  signal: AbortSignal,
): Promise<readonly RunTarget[]> {
  const { store, registries } = ports;
  const targets = new Map<string, RunTarget>();
  const add = (target: RunTarget): void => {
    targets.set(
      formatReference({ registry: target.registry.name, model: target.model, version: target.version }),
      target,
    );
  };
  const asked = new Set(report.variants.flatMap(digestsOf));
  const locals = await findAsked(store, asked, signal);
  for (const local of locals) {
    for (const name of registry === undefined ? await registriesOf(local, ports) : [registry]) {
      const opened = registries.open(name);
      const found = await locate(local, opened, ports, signal);
      if (found === undefined) continue;
      const { model, version } = found;
      const results = resultsOf(report, local.modelDigest);
      add({
        registry: opened,
        model,
        version,
        results,
        verified: true,
        local: { model: local.model, version: local.version },
      });
    }
  }
  for (const name of new Set(report.variants.map(({ model }) => model))) {
    const reference = parseReference(/^registry:(.+)$/.exec(name)?.[1] ?? '');
    if (reference?.registry === undefined || reference.version === undefined) continue;
    if (registry !== undefined && reference.registry !== registry) continue;
    const target = await namedTarget({ ...reference, version: reference.version }, report, ports, signal);
    const key = formatReference({ registry: target.registry.name, model: target.model, version: target.version });
    if (!targets.has(key)) add(target);
  }
  if (targets.size > 0) return [...targets.values()];
  throw nowhere(locals, registry);
}

async function registriesOf(local: LocalVersion, { store, registries }: HandoffPorts): Promise<readonly string[]> {
  const published = await store.publications.publishedTo(local.model);
  const names = new Set(published.filter(({ version }) => version === local.version).map(one => one.registry));
  if (local.origin !== undefined) names.add(local.origin.registry);
  const declared = new Set(registries.declared.map(({ name }) => name));
  return [...names].filter(name => declared.has(name));
}

/** By what it was published as, else by its weights. */
async function locate(
  local: LocalVersion,
  registry: ModelRegistry,
  { store }: HandoffPorts,
  signal: AbortSignal,
): Promise<{ readonly model: string; readonly version: string } | undefined> {
  if (registry.type === 'local') return local;
  const published = (await store.publications.ofVersion(local.model, local.version)).find(
    one => one.registry === registry.name && one.kind === 'version' && one.id !== undefined,
  );
  return findThere(local, published?.model ?? nameThere(local, registry), registry, signal);
}

function nowhere(locals: readonly LocalVersion[], registry: string | undefined): WorkbenchError {
  const [first] = locals;
  const where = registry ?? 'REGISTRY';
  if (first === undefined) {
    return new WorkbenchError('usage', 'The run asked no registered version: there is nothing to add its figures to.', {
      remedy: `Name the version: \`--version ${where}/MODEL@VERSION\`. Its figures are then marked "identity unverified".`,
    });
  }
  const name = `${first.model}@${first.version}`;
  const message =
    registry === undefined ? `${name} was not published anywhere yet.` : `${registry} does not have ${name}.`;
  return new WorkbenchError('registry-not-found', message, {
    remedy: `Publish it first: \`aiwb registry publish ${name} --to ${where}\`; or name another version: \`--version ${where}/MODEL@VERSION\`.`,
  });
}
