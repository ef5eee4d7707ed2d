import type {
  AssessmentSummary,
  ModelDetails,
  RegisteredModel,
  VersionDetails,
} from '../../schemas/generated/messages.ts';
import { createEmitter, disposeAll, type Disposable, type Event, type Nothing } from '../base/emitter.ts';
import { toFailure } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import type { Engine } from '../engine/engine.ts';
import { followEngineState } from '../engine/follow-state.ts';
import type { BookState, EngineSource } from '../runs/run-book.ts';

/** A registered model with the workspace folder whose registry holds it. */
export interface ModelEntry {
  readonly folder: string;
  readonly details: ModelDetails;
}

export interface VersionEntry {
  readonly folder: string;
  readonly model: RegisteredModel;
  readonly details: VersionDetails;
}

/** Names one version; `folder` is absent where only the name is known. */
export interface VersionPlace {
  readonly folder?: string;
  readonly model: string;
  /** A version or an alias. */
  readonly version: string;
}

/** What this window knows of the registries of all its folders. Filled on first need, kept current by the engines. */
export interface RegistryBook extends Disposable {
  readonly state: BookState;
  /** By folder and name, archived ones included. */
  models(): readonly ModelEntry[];
  /** Newest first within a model. */
  versions(): VersionEntry[];
  find(place: VersionPlace): VersionEntry | undefined;
  findAssessment(assessmentId: string): (VersionEntry & { readonly assessment: AssessmentSummary }) | undefined;
  /** Loads once, and again only when asked with `again`. Never rejects: the outcome is `state`. */
  load(again?: boolean): Promise<void>;
  /** Fires when what is known, or `state`, changed. */
  readonly onChanged: Event<Nothing>;
}

export function createRegistryBook(engines: EngineSource, log: Log): RegistryBook {
  const changed = createEmitter<Nothing>();
  const subscriptions = new Map<Engine, Disposable>();
  let models: ModelEntry[] = [];
  let state: BookState = { kind: 'idle' };
  let loading: Promise<void> | undefined;
  /** Something changed while a list was on its way: the list may be older. */
  let isStale = false;

  function setState(next: BookState): void {
    state = next;
    changed.fire(undefined);
  }

  function follow(engine: Engine): void {
    if (subscriptions.has(engine)) return;
    const states = followEngineState(engine, {
      onFailed: failure => setState({ kind: 'failed', failure }),
      hasFailed: () => state.kind === 'failed',
      onBack: () => void load(true),
    });
    const registry = engine.onRegistryChanged(() => void load(true));
    subscriptions.set(engine, disposeAll(registry, states));
  }

  async function list(engine: Engine): Promise<ModelEntry[]> {
    const answer = await engine.request('registry/list', {});
    return answer.models.map(details => ({ folder: engine.folder, details }));
  }

  async function loadAll(): Promise<void> {
    if (state.kind !== 'loaded') setState({ kind: 'loading' });
    const sources = engines.all();
    for (const engine of sources) follow(engine);
    do {
      isStale = false;
      try {
        models = (await Promise.all(sources.map(list))).flat();
        setState({ kind: 'loaded' });
      } catch (error) {
        const failure = toFailure(error);
        log.warn(failure.message);
        setState({ kind: 'failed', failure });
        return;
      }
      // A change can come while the list is on its way.
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition
    } while (isStale);
  }

  function load(again = false): Promise<void> {
    if (loading !== undefined) {
      isStale ||= again;
      return loading;
    }
    if (!again && (state.kind === 'loaded' || state.kind === 'failed')) return Promise.resolve();
    loading = loadAll().finally(() => {
      loading = undefined;
    });
    return loading;
  }

  function versions(): VersionEntry[] {
    return models.flatMap(({ folder, details: { model, versions } }) =>
      versions.map(details => ({ folder, model, details })),
    );
  }

  const folders = engines.onChanged(() => {
    const present = new Set(engines.all());
    for (const [engine, subscription] of subscriptions) {
      if (present.has(engine)) continue;
      subscription.dispose();
      subscriptions.delete(engine);
    }
    if (state.kind !== 'idle') void load(true);
  });

  return {
    get state() {
      return state;
    },
    models: () => models,
    versions,
    find: place => versions().find(entry => isAt(entry, place)),
    findAssessment(assessmentId) {
      for (const entry of versions()) {
        const assessment = entry.details.assessments.find(({ id }) => id === assessmentId);
        if (assessment !== undefined) return { ...entry, assessment };
      }
      return undefined;
    },
    load,
    onChanged: changed.event,
    dispose() {
      folders.dispose();
      for (const subscription of subscriptions.values()) subscription.dispose();
      changed.dispose();
    },
  };
}

/** Tells when what a registry holds was read anew, and not of every change of the book's state. */
export function onModelsChanged(registry: RegistryBook, listener: () => void): Disposable {
  let known = registry.models();
  return registry.onChanged(() => {
    if (registry.models() === known) return;
    known = registry.models();
    listener();
  });
}

function isAt({ folder, model, details }: VersionEntry, place: VersionPlace): boolean {
  if (model.name !== place.model || (place.folder !== undefined && place.folder !== folder)) return false;
  const aliased = Object.hasOwn(model.aliases, place.version) ? model.aliases[place.version] : undefined;
  return details.version.version === (aliased ?? place.version);
}
