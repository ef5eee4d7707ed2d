import type {
  AssessmentSummary,
  LineageGraph,
  ListModels,
  ListVersions,
  ModelPage,
  RegistryEntry,
  VersionDetails,
  VersionPage,
} from '../../schemas/generated/messages.ts';
import { createEmitter, disposeAll, type Disposable, type Event, type Nothing } from '../base/emitter.ts';
import { FailureError, toFailure } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import { createThrottle } from '../base/throttle.ts';
import { t } from '../base/translate.ts';
import type { Engine } from '../engine/engine.ts';
import { followEngineState } from '../engine/follow-state.ts';
import type { BookState } from '../runs/run-book.ts';
import type { EngineSource } from '../engine/engine-source.ts';
import { followEngines } from '../trees/follow-engines.ts';

/** The name of the registry in the store, which every folder has. */
export const localRegistry = 'local';

/** One registry of one workspace folder. */
export interface RegistryPlace {
  /** Absolute path of the workspace folder. */
  readonly folder: string;
  readonly registry: string;
}

export interface FolderRegistries {
  readonly folder: string;
  /** The local one first. */
  readonly registries: readonly RegistryEntry[];
}

/** Names one version; `folder` is absent where only the name is known, `registry` where it is the local one. */
export interface VersionPlace {
  readonly folder?: string;
  readonly registry?: string;
  readonly model: string;
  /** A version or an alias. */
  readonly version: string;
}

export interface VersionEntry extends RegistryPlace {
  readonly details: VersionDetails;
}

export interface AssessmentEntry {
  readonly folder: string;
  readonly assessment: Pick<AssessmentSummary, 'id' | 'model' | 'version'>;
}

/**
 * What this window knows of the registries of all its folders: which there are. Models and versions are asked for when somebody
 * looks at them, and kept nowhere here. Every question but `load` fails with a `FailureError`.
 */
export interface RegistryBook extends Disposable {
  readonly state: BookState;
  /** In the order of the folders; empty until loaded. */
  folders(): readonly FolderRegistries[];
  entry(place: RegistryPlace): RegistryEntry | undefined;
  /**
   * Lists the registries once, and again only when asked with `again`: then what lies in them counts as changed, too. Asks no registry.
   * Never rejects: the outcome is `state`.
   */
  load(again?: boolean): Promise<void>;
  /** Reads a registry anew. */
  sync(place: RegistryPlace): Promise<void>;
  models(folder: string, query: ListModels, signal?: AbortSignal): Promise<ModelPage>;
  versions(folder: string, query: ListVersions, signal?: AbortSignal): Promise<VersionPage>;
  lineage(place: VersionPlace & { readonly folder: string }, signal?: AbortSignal): Promise<LineageGraph>;
  /** A version with everything known of it, of whichever folder has it first. */
  find(place: VersionPlace, signal?: AbortSignal): Promise<VersionEntry>;
  findAssessment(assessmentId: string): Promise<AssessmentEntry>;
  /** Every version of the local registries. Large: for what nothing smaller answers. */
  localVersions(): Promise<VersionEntry[]>;
  /** Fires when `state`, or what `folders` gives, changed. */
  readonly onChanged: Event<Nothing>;
  /** Fires when models, versions or assessments may be others than before; at most once in a while. */
  readonly onContentChanged: Event<Nothing>;
}

/** Reading a registry tells of every stretch: looking again this often is enough. */
const contentIntervalMs = 500;

export function createRegistryBook(engines: EngineSource, log: Log): RegistryBook {
  const changed = createEmitter<Nothing>();
  const contentChanged = createEmitter<Nothing>();
  let folders: FolderRegistries[] = [];
  let state: BookState = { kind: 'idle' };
  let loading: Promise<void> | undefined;
  /** Something changed while a list was on its way: the list may be older. */
  let isStale = false;

  function setState(next: BookState): void {
    state = next;
    changed.fire(undefined);
  }

  const content = createThrottle<'content', undefined>(contentIntervalMs, () => {
    contentChanged.fire(undefined);
    if (state.kind !== 'idle') void list(true);
  });
  const touch = (): void => content.push('content', undefined);

  const following = followEngines(engines, engine =>
    disposeAll(
      engine.onRegistryChanged(touch),
      followEngineState(engine, {
        onFailed: failure => {
          if (state.kind !== 'idle') setState({ kind: 'failed', failure });
        },
        hasFailed: () => state.kind === 'failed',
        onBack: touch,
      }),
    ),
  );

  async function loadAll(): Promise<void> {
    if (state.kind !== 'loaded') setState({ kind: 'loading' });
    do {
      isStale = false;
      try {
        folders = await Promise.all(
          engines.all().map(async engine => {
            const { registries } = await engine.request('registries/list', {});
            return { folder: engine.folder, registries };
          }),
        );
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

  function list(again: boolean): Promise<void> {
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

  function engineAt(folder: string): Engine {
    const engine = engines.all().find(one => one.folder === folder);
    if (engine !== undefined) return engine;
    throw new FailureError({
      code: 'untrusted',
      message: t('The registry cannot be read here.'),
      remedy: t('Open its folder and trust the workspace.'),
    });
  }

  /** The first engine's answer; the next is asked only where the one before has nothing of that name. */
  async function askEach<T>(
    folder: string | undefined,
    notFound: string,
    ask: (engine: Engine) => Promise<T>,
    missing: FailureError,
  ): Promise<T> {
    const asked = folder === undefined ? engines.all() : [engineAt(folder)];
    for (const engine of asked) {
      try {
        return await ask(engine);
      } catch (error) {
        if (toFailure(error).code !== notFound) throw error;
      }
    }
    throw missing;
  }

  const changedFolders = engines.onChanged(() => {
    if (state.kind === 'idle') return;
    touch();
  });

  return {
    get state() {
      return state;
    },
    folders: () => folders,
    entry: ({ folder, registry }) =>
      folders.find(one => one.folder === folder)?.registries.find(({ name }) => name === registry),
    async load(again = false) {
      const done = list(again);
      if (again) contentChanged.fire(undefined);
      await done;
    },
    async sync({ folder, registry }) {
      await engineAt(folder).request('registries/sync', { registry });
    },
    models: async (folder, query, signal) => await engineAt(folder).request('registry/models', query, signal),
    versions: async (folder, query, signal) => await engineAt(folder).request('registry/versions', query, signal),
    lineage: async ({ folder, ...place }, signal) =>
      await engineAt(folder).request('registry/lineage', referenceTo(place), signal),
    find: async (place, signal) =>
      await askEach(
        place.folder,
        'registry-not-found',
        async engine => ({
          folder: engine.folder,
          registry: place.registry ?? localRegistry,
          details: await engine.request('registry/version', referenceTo(place), signal),
        }),
        new FailureError({
          code: 'registry-not-found',
          message: t('There is no {0} in the registry of this workspace.', nameOfPlace(place)),
        }),
      ),
    findAssessment: async assessmentId =>
      await askEach(
        undefined,
        'record-not-found',
        async engine => {
          const { scorecard } = await engine.request('assessments/get', { assessmentId });
          const { id, subject } = scorecard.record;
          return { folder: engine.folder, assessment: { id, model: subject.model, version: subject.version } };
        },
        new FailureError({
          code: 'record-not-found',
          message: t('There is no assessment {0} in this workspace.', assessmentId),
          remedy: t('It may lie in another store or folder.'),
        }),
      ),
    async localVersions() {
      const lists = await Promise.all(
        engines.all().map(async engine => {
          const { models } = await engine.request('registry/list', {});
          return models.flatMap(({ versions }) =>
            versions.map(details => ({ folder: engine.folder, registry: localRegistry, details })),
          );
        }),
      );
      return lists.flat();
    },
    onChanged: changed.event,
    onContentChanged: contentChanged.event,
    dispose() {
      changedFolders.dispose();
      following.dispose();
      content.dispose();
      changed.dispose();
      contentChanged.dispose();
    },
  };
}

/** `{model, version, registry}`, as requests name a version; the local registry goes without saying. */
export function referenceTo({ registry, model, version }: Omit<VersionPlace, 'folder'>): {
  model: string;
  version: string;
  registry?: string;
} {
  return { model, version, ...(registry === undefined || registry === localRegistry ? {} : { registry }) };
}

/** `triage@3`, or `shared/triage@3` where another registry than the local one has it. */
export function nameOfPlace({ registry, model, version }: Omit<VersionPlace, 'folder'>): string {
  const name = `${model}@${version}`;
  return registry === undefined || registry === localRegistry ? name : `${registry}/${name}`;
}
