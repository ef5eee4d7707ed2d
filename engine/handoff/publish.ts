import type {
  Publication,
  PublishRun,
  PublishVersion,
  Report,
  VersionReference,
} from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { omit } from '../base/omit.ts';
import type { OpenPublication } from '../ports/catalogue.ts';
import type { RunRecord } from '../ports/store.ts';
import { nameOfVersion } from '../base/version-name.ts';
import { publishRun as publishLocally, requireReport } from '../registry/publish.ts';
import { describeFailure, isDue, readRequest, recorded, type StoredRequest } from './outbox.ts';
import type { HandedOff, HandoffPorts } from './ports.ts';
import { nameThere, putVersion, requireElsewhere } from './publish-version.ts';
import { putRun } from './put-run.ts';
import { askedTargets, namedTarget, type RunTarget } from './run-targets.ts';
import { termsOf } from './version-parcels.ts';

interface InFolder {
  /** Absolute path of the workspace folder: who works there publishes. */
  readonly folder: string;
}

/**
 * Publishes a local version with all that is known of it, and then what else waits for that registry. Again adds only what is missing.
 * Throws `usage` for the local registry, `registry-unknown`, `registry-not-found`, `blob-missing`, and what `putVersion` throws.
 */
export async function publishVersion(
  request: PublishVersion & InFolder,
  ports: HandoffPorts,
  signal: AbortSignal,
): Promise<HandedOff> {
  const { store, registries, identities } = ports;
  const version = await store.registry.getVersion(request.model, request.version, signal);
  const registry = registries.open(request.registry);
  requireElsewhere(registry, version);
  requireTerms(request);
  const actor = await identities.whoAmI(request.folder, signal);
  const name = request.name ?? nameThere(version, registry);
  const { scope, useCase, tutorialKeys } = request;
  const stored: StoredRequest = {
    kind: 'version',
    ...(scope === undefined ? {} : { scope }),
    ...(useCase === undefined ? {} : { useCase }),
    ...(tutorialKeys === undefined ? {} : { tutorialKeys }),
  };
  const done = await recorded(
    {
      registry: registry.name,
      model: name,
      version: version.version,
      kind: 'version',
      local: { model: version.model, version: version.version },
      request: JSON.stringify(stored),
    },
    () => putVersion({ version, registry, name, actor, figures: stored, ...pick(stored) }, ports, signal),
    ports,
    signal,
  );
  return withDue({ publications: [done.publication], notes: done.notes }, registry.name, request, ports, signal);
}

function pick({ tutorialKeys }: StoredRequest): { readonly tutorialKeys?: boolean } {
  return tutorialKeys === undefined ? {} : { tutorialKeys };
}

function requireTerms({ scope, useCase }: Pick<PublishRun, 'scope' | 'useCase'>): void {
  if (scope !== 'baseline' || useCase === undefined) return;
  throw new WorkbenchError('usage', 'Baseline figures belong to no use case.', {
    remedy: 'Publish them as a baseline, or as results of a use case.',
  });
}

/**
 * Publishes a finished benchmark run's figures: to the version that is named; else to those it asked, in the registry that is named or
 * in every one that has them. Without registry, version and terms they go to the local registry alone. Throws `usage` for a run
 * without final figures and where it is not clear which version it measured, and `registry-not-found`.
 */
export async function publishRun(
  request: PublishRun & InFolder,
  ports: HandoffPorts,
  signal: AbortSignal,
): Promise<HandedOff> {
  const { store, identities, clock } = ports;
  const record = await store.getRun(request.runId);
  const report = requireReport(record);
  requireTerms(request);
  const { registry, model, version } = request;
  const actor = await identities.whoAmI(request.folder, signal);
  if (registry === undefined && model === undefined && !hasTerms(request)) {
    const versions = await publishLocally(record.summary.id, store, signal, actor);
    return {
      publications: versions.map(one => madeHere(one, record.summary.id, clock.now())),
      notes: [],
    };
  }
  const targets =
    model === undefined
      ? await askedTargets(report, registry, ports, signal)
      : [await namedTarget(requireNamed(registry, model, version), report, ports, signal)];
  const publications: Publication[] = [];
  const notes: string[] = [];
  for (const target of targets) {
    const done = await publishTo(target, { record, report }, storedOf(request, record), actor, ports, signal);
    publications.push(done.publication);
    notes.push(...done.notes);
  }
  const names = [...new Set(targets.map(target => target.registry.name))].filter(name => name !== 'local');
  let handed: HandedOff = { publications, notes };
  for (const name of names) handed = await withDue(handed, name, request, ports, signal);
  return handed;
}

/** In the store itself everything is written in one step: there is nothing to note before. */
function madeHere({ model, version }: VersionReference, runId: string, at: number): Publication {
  return { registry: 'local', model, version, kind: 'run', runId, state: 'done', at };
}

function hasTerms({ scope, useCase, private: kept, tutorialKeys, hardwareType }: PublishRun): boolean {
  return [scope, useCase, kept, tutorialKeys, hardwareType].some(one => one !== undefined);
}

function requireNamed(registry: string | undefined, model: string, version: string | undefined) {
  if (version !== undefined) return { model, version, ...(registry === undefined ? {} : { registry }) };
  throw new WorkbenchError('usage', `"${model}" names a model and no version of it.`, {
    remedy: `Name the version that the run measured: ${model}@VERSION.`,
  });
}

function storedOf(request: PublishRun, { summary }: RunRecord): Extract<StoredRequest, { kind: 'run' }> {
  const { hardwareType, hardwareCount, tutorialKeys } = request;
  const count = hardwareCount === undefined ? {} : { count: hardwareCount };
  return {
    kind: 'run',
    ...termsOf(request, summary.name),
    private: request.private ?? true,
    ...(hardwareType === undefined ? {} : { hardware: { type: hardwareType, ...count } }),
    ...(tutorialKeys === undefined ? {} : { tutorialKeys }),
  };
}

async function publishTo(
  target: RunTarget,
  { record, report }: { readonly record: RunRecord; readonly report: Report },
  terms: Extract<StoredRequest, { kind: 'run' }>,
  actor: Parameters<typeof putRun>[3],
  ports: HandoffPorts,
  signal: AbortSignal,
): ReturnType<typeof recorded> {
  const { registry, model, version, local } = target;
  if (registry.type === 'local') {
    const { notes } = await putRun(target, { record, report }, terms, actor, ports, signal);
    return { publication: madeHere({ model, version }, record.summary.id, ports.clock.now()), notes };
  }
  return recorded(
    {
      registry: registry.name,
      model,
      version,
      kind: 'run',
      runId: record.summary.id,
      request: JSON.stringify(terms),
      ...(local === undefined ? {} : { local }),
    },
    () => putRun(target, { record, report }, terms, actor, ports, signal),
    ports,
    signal,
  );
}

/** Which publications are done again. */
export interface PendingFilter {
  readonly registry?: string;
  readonly kind?: Publication['kind'];
  /** Only those whose time has come; else all that are open. */
  readonly due?: boolean;
}

/**
 * Does again what was broken off, failed or only noted. One that fails again keeps the others from nothing: it is told among the
 * publications, with its reason.
 */
export async function publishPending(
  filter: PendingFilter & InFolder,
  ports: HandoffPorts,
  signal: AbortSignal,
): Promise<HandedOff> {
  const publications: Publication[] = [];
  const notes: string[] = [];
  for (const open of await ports.store.publications.open()) {
    if (filter.registry !== undefined && open.registry !== filter.registry) continue;
    if (filter.kind !== undefined && open.kind !== filter.kind) continue;
    if (filter.due === true && !isDue(open, ports.clock.now())) continue;
    signal.throwIfAborted();
    try {
      const done = await publishAgain(open, filter.folder, ports, signal);
      publications.push(done.publication);
      notes.push(...done.notes);
    } catch (error) {
      signal.throwIfAborted();
      publications.push({
        ...omit(open, 'key', 'request', 'local'),
        state: 'failed',
        at: ports.clock.now(),
        failure: describeFailure(error),
      });
    }
  }
  return { publications, notes };
}

async function publishAgain(
  open: OpenPublication,
  folder: string,
  ports: HandoffPorts,
  signal: AbortSignal,
): ReturnType<typeof recorded> {
  const { store, registries, identities } = ports;
  const { registry: name, model, version, kind, runId } = open;
  const stored = readRequest(open);
  const actor = await identities.whoAmI(folder, signal);
  const local = await localOf(open, ports, signal);
  const again = { registry: name, model, version, kind, request: open.request };
  if (stored.kind === 'run') {
    return recorded(
      { ...again, runId: runId ?? '', ...(local === undefined ? {} : { local: nameOf(local) }) },
      async () => {
        const record = await store.getRun(runId ?? '');
        const report = requireReport(record);
        const target = await namedTarget({ registry: name, model, version }, report, ports, signal);
        return putRun(target, { record, report }, stored, actor, ports, signal);
      },
      ports,
      signal,
    );
  }
  if (local === undefined) {
    throw new WorkbenchError(
      'registry-not-found',
      `What was to be published to ${name} as ${model} is not here any more.`,
    );
  }
  const step = kind === 'status';
  return recorded(
    { ...again, local: nameOf(local) },
    () =>
      putVersion(
        { version: local, registry: registries.open(name), name: model, actor, figures: stored, step, ...pick(stored) },
        ports,
        signal,
      ),
    ports,
    signal,
  );
}

function nameOf({ model, version }: { readonly model: string; readonly version: string }) {
  return { model, version };
}

async function localOf(open: OpenPublication, { store }: HandoffPorts, signal: AbortSignal) {
  return open.local === undefined ? undefined : store.registry.getVersion(open.local.model, open.local.version, signal);
}

/** What else waits for a registry that answers just now. */
async function withDue(
  handed: HandedOff,
  registry: string,
  { folder }: InFolder,
  ports: HandoffPorts,
  signal: AbortSignal,
): Promise<HandedOff> {
  const more = await publishPending({ registry, due: true, folder }, ports, signal);
  return {
    publications: [...handed.publications, ...more.publications],
    notes: [...handed.notes, ...more.notes],
  };
}

/** `shared/granite@3` */
export function describePublication({ registry, model, version }: Publication): string {
  return registry === 'local' ? nameOfVersion({ model, version }) : `${registry}/${nameOfVersion({ model, version })}`;
}
