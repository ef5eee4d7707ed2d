import type { Store } from '../ports/store.ts';
import { addressesOf } from '../registry/declared.ts';
import { createRegistries } from '../registry/registries.ts';
import { loadWorkspace } from '../workspace/workspace.ts';
import { modelsOf } from './asked-models.ts';
import type { RunPorts } from './ports.ts';
import { requireWeights, resolveRegistered, type Resolved } from './registered.ts';
import type { ResolveContext } from './resolve-context.ts';
import type { RegisteredModelReference, RunSpec, TrainedModelReference } from '../ports/run-spec.ts';
import { resolveCheckpoint } from './trained.ts';
import { parseTrainedName } from '../registry/trained-name.ts';

/** What checkpoints and registered versions stand for, by name; absent where there is none of a kind. */
export interface ResolvedModels {
  readonly trained?: Readonly<Record<string, TrainedModelReference>>;
  readonly registered?: Readonly<Record<string, RegisteredModelReference>>;
}

/**
 * What the checkpoints and registered versions that a run names stand for now. Asks registries and nobody else. Throws `model-unknown`,
 * `checkpoint-missing`, `blob-missing` and what `resolveRegistered` throws.
 */
export async function resolveModels(
  spec: RunSpec,
  store: Store,
  ports: RunPorts,
  signal: AbortSignal,
): Promise<ResolvedModels> {
  return withContext(spec, store, ports, true, signal, context => resolveNames(modelsOf(spec), spec, context, signal));
}

/**
 * The same as far as it can be told without asking anybody, for estimates: what cannot is left out, and is told when the run starts.
 */
export async function foreseeModels(
  spec: RunSpec,
  store: Store,
  ports: RunPorts,
  signal: AbortSignal,
): Promise<ResolvedModels> {
  return withContext(spec, store, ports, false, signal, async context => {
    let known: ResolvedModels = {};
    for (const name of modelsOf(spec)) {
      try {
        const one = await resolveNames([name], spec, context, signal);
        known = {
          trained: { ...known.trained, ...one.trained },
          registered: { ...known.registered, ...one.registered },
        };
      } catch {
        // The run itself says what is wrong with it; an estimate of the others is still worth having.
        signal.throwIfAborted();
      }
    }
    return known;
  });
}

async function withContext(
  spec: RunSpec,
  store: Store,
  ports: RunPorts,
  asks: boolean,
  signal: AbortSignal,
  use: (context: ResolveContext) => Promise<ResolvedModels>,
): Promise<ResolvedModels> {
  if (modelsOf(spec).every(name => parseTrainedName(name) === undefined)) return {};
  const workspace = await loadWorkspace(ports.files, spec.folder, signal);
  const registries = createRegistries(workspace, store.registry, ports);
  try {
    await store.catalogue.declare(addressesOf(registries.declared));
    return await use({ store, workspace, registries, ports, asks });
  } finally {
    await registries.close();
  }
}

/** The same over registries that are open. */
export async function resolveNames(
  names: readonly string[],
  { kind }: Pick<RunSpec, 'kind'>,
  context: ResolveContext,
  signal: AbortSignal,
): Promise<ResolvedModels> {
  const trained = new Map<string, TrainedModelReference>();
  const registered = new Map<string, RegisteredModelReference>();
  for (const name of names) {
    const parsed = parseTrainedName(name);
    if (parsed === undefined) continue;
    if (parsed.kind === 'checkpoint') {
      trained.set(name, await resolveCheckpoint(name, parsed, context.store, context.ports, signal));
    } else if (kind === 'tune') {
      trained.set(name, await requireWeights(name, parsed, context, signal));
    } else {
      const resolved: Resolved = await resolveRegistered(name, parsed, context, signal);
      if (resolved.kind === 'weights') trained.set(name, resolved.reference);
      else registered.set(name, resolved.reference);
    }
    signal.throwIfAborted();
  }
  return {
    ...(trained.size === 0 ? {} : { trained: Object.fromEntries(trained) }),
    ...(registered.size === 0 ? {} : { registered: Object.fromEntries(registered) }),
  };
}
